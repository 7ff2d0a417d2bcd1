#!/bin/bash
# A script says whether a director is well: its word moves the priority, and with it the VIP.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_pair.sh"

# term: what the first director tells of the script.
term()
{
	ctl vrrp show wan | awk '$1 == "script"' | xargs
}

kill_helper()
{
	pkill -KILL -P "$LAB_POLLUXD"
}

lab_pair
chmod 755 "$LAB_DIR"
touch "$LAB_DIR/well"
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP 'track = ( { script = "well"; weight = -100; } );') );
	scripts = ( { name = \"well\"; command = [ \"/usr/bin/test\", \"-e\", \"$LAB_DIR/well\" ];
		interval_ms = 100; rise = 2; fall = 2; }" "$(lab_service dr tcp 80 rr 1 1 1)"
sed -i 's|/well"|/second-well"|' "$LAB_DIR/second.conf"
touch "$LAB_DIR/second-well"

check "with both well the first is Active" eval \
	'start && lab_until 20 is polluxd active && lab_start_second "$POLLUXD" && roles active backup'
check "the script is up" equal "$(term)" "script -100 up 0 well"
rm "$LAB_DIR/well"
check "when its script says no the other one takes over" roles backup active
check "vrrp show tells why" equal "$(term)" "script -100 down -100 well"
touch "$LAB_DIR/well"
check "when it says yes again it takes the VIP back" roles active backup
check "the helper dies" kill_helper
check "then nobody says yes, and the other one takes over" roles backup active
finish
