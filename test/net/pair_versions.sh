#!/bin/bash
# Two directors that speak version 2, both versions, or by unicast: in each way one is Active, and the
# other takes over when it ends and when it is killed.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_pair.sh"
. "$(dirname "$0")/_vrrp.sh"

VIRTUAL=00:00:5e:00:01:33

# conf KEYS: the files of both. PEER is the other director's address.
conf()
{
	lab_conf_pair "{ name = \"wan\"; port = \"wan\"; vrid = 51; priority = PRIORITY;
		addresses = [ \"$LAB_VIP/24\" ]; $1 }" "$(lab_service web udp 7000 rr 1 1 1)"
	sed -i 's/PEER/10.1.0.12/' "$LAB_DIR/pollux.conf"
	sed -i 's/PEER/10.1.0.11/' "$LAB_DIR/second.conf"
}

# reason TEXT: why the second became Active last.
reason()
{
	equal "$(grep 'wan": active after' "$LAB_DIR/second.log" | tail -n 1 | sed 's/.*backup: //; s/ for .*//')" \
		"10.1.0.11 has $1"
}

# said PATTERN N: since the watch began, N adverts of the first director or more are such.
said()
{
	[ "$(grep -c "advert 10.1.0.11 $1" "$LAB_DIR/seen")" -ge "$2" ]
}

says()
{
	lab_until 10 said "$@" || { grep advert "$LAB_DIR/seen" | tail -n 3; return 1; }
}

# one_answers MAC: one of them has the VIP, and this is where.
one_answers()
{
	equal "$(arp router wan0 $LAB_VIP)" "3 $1"
}

end_second()
{
	lab_stop_second TERM || { cat "$LAB_DIR/second.log"; return 1; }
	! grep -A 30 -E 'Sanitizer|runtime error:' "$LAB_DIR/second.log"
}

# mac WHO: of the wan port.
mac()
{
	lab_in "$1" cat /sys/class/net/wan0/address
}

# pair NAME KEYS FIRST_MAC SECOND_MAC ADVERT: ADVERT is what those of the first look like.
pair()
{
	local name=$1 first=$3 other=$4

	conf "$2"
	check "$name: the first director becomes Active" eval 'start && lab_until 20 is polluxd active'
	check "$name: the second one stays Backup" eval \
		'lab_start_second "$POLLUXD" && roles active backup'
	watch
	check "$name: adverts are as they should be" says "$5" 3
	check "$name: the VIP is at the first" one_answers "$first"
	check "$name: it ends well" ends_well
	check "$name: the second one takes over" eval 'lab_until 20 is second active && reason left'
	check "$name: the VIP is at the second" one_answers "$other"
	check "$name: the first one takes the VIP back" eval 'start && roles active backup'
	check "$name: and has it" one_answers "$first"
	check "$name: it is killed" killed
	check "$name: the second one takes over again" eval \
		'lab_until 20 is second active && reason "been silent"'
	check "$name: the VIP is at the second again" one_answers "$other"
	check "$name: it ends well, too" end_second
	unwatch
}

lab_pair
pair "version 2" "version = 2; interval_ms = 1000;" $VIRTUAL $VIRTUAL \
	"$VIRTUAL 51 150 1000 version=2 to=224.0.0.18"
pair "version 2 with a password" "version = 2; interval_ms = 1000; auth_pass = \"s3cret12\";" \
	$VIRTUAL $VIRTUAL "$VIRTUAL 51 150 1000 version=2 to=224.0.0.18"

# knows PASSWORD: an advert with it is refused because of it.
knows()
{
	inject --version 2 --interval 1 --addresses $LAB_VIP --auth-type 1 --auth-data "$1" &&
		lab_until 10 grep -q "its password is not ours" "$LAB_DIR/polluxd.log"
}
check "version 2 with a password: the first starts once more" eval 'start && lab_until 20 is polluxd active'
check "version 2 with a password: another is refused" knows s3cret13
check "version 2 with a password: and it ends" ends_well
pair "both versions" "interval_ms = 100; compat = { both_versions = true; };" $VIRTUAL $VIRTUAL \
	"$VIRTUAL 51 150 1000 version=2 to=224.0.0.18"
check "both versions: version 3 was said too" said "$VIRTUAL 51 150 100 version=3" 3
pair "unicast" "interval_ms = 100; unicast = { peers = [ \"PEER\" ]; };" "$(mac director)" \
	"$(mac second)" "$(mac director) 51 150 100 version=3 to=10.1.0.12"
check "unicast: nothing was sent to the group" eval '! grep "advert.*to=224" "$LAB_DIR/seen"'
finish
