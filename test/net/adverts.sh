#!/bin/bash
# time-bar
# Adverts leave on time whatever control has to do beside: at 10 ms, while connections are listed and
# the file is read again without a pause. No CPU is idle: each has the control loop of one director and
# a worker of the other that never sleeps.
. "$(dirname "$0")/_init.sh"
. "$HERE/_gaps.sh"

POLLUXCTL=${POLLUX_BUILD:-$ROOT/build}/app/polluxctl/polluxctl
INTERVALS=10000
PORTS=50000 # client ports; with two services twice as many connections

# conf WEIGHT...: both files.
conf()
{
	lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP)" "$(lab_service one udp 7001 wrr "$@")" \
		"$(lab_service two udp 7002 wrr "$@")"
	sed -i -e "s/interval_ms = 100;/interval_ms = 10;/" -e 's/idle = "sleep"/idle = "spin"/' \
		-e "s/connections = 65536/connections = 131072/" "$LAB_DIR"/{pollux,second}.conf
	sed -i "s/^cpu: .*/cpu: { control = $LAST; workers = [ $FIRST ]; other = $LAST;/" \
		"$LAB_DIR/second.conf"
}

ctl()
{
	"$POLLUXCTL" -s "$LAB_DIR/pollux.sock" "$@"
}

are_backup_and_active()
{
	[[ $(ctl vrrp list) == *active* ]] && grep -q 'vrrp "wan": backup' "$LAB_DIR/second.log"
}

# The lab's links lose a datagram now and then, for no CPU is idle: what is missing is sent again.
many_flows()
{
	local try

	for try in 1 2 3 4; do
		lab_in client "$HERE/udp_flows.py" $LAB_VIP $PORTS 7001 7002
		lab_until 5 has_flows && return
		echo "after $try times: $(ctl connection count)"
	done
	ctl drops
	return 1
}

has_flows()
{
	[ "$(ctl connection count)" = $((2 * PORTS)) ]
}

# Until the file "over" is there. All that serves a list has real-time priority, and the kernel's own
# threads, which carry frames between namespaces, have not: they get their turn in between.
list_again_and_again()
{
	while [ ! -e "$LAB_DIR/over" ]; do
		ctl -j connection list > "$LAB_DIR/list" && echo listed >> "$LAB_DIR/lists"
		sleep 1
	done
}

other_weights()
{
	conf $((RANDOM % 9 + 1)) $((RANDOM % 9 + 1)) $((RANDOM % 9 + 1))
}

# One run; its figures go to the file "gaps".
measure()
{
	rm -f "$LAB_DIR/over"
	list_again_and_again &
	local list=$!
	reload_again_and_again other_weights &
	local reload=$!

	gaps 51 $INTERVALS 150
	touch "$LAB_DIR/over"
	wait $list $reload || :
}

no_gap()
{
	cat "$LAB_DIR/gaps"
	equal "$(figure intervals) $(figure above)" "$INTERVALS 0"
}

# An Active answers a Backup that advertises, so only without one are its adverts those of its timer.
no_drift()
{
	cat "$LAB_DIR/gaps"
	[ "$(figure others)" != 0 ] ||
		awk -v mean="$(figure mean)" 'BEGIN { exit !(mean > 9980 && mean < 10020) }'
}

happened()
{
	local lists reloads

	lists=$(wc -l < "$LAB_DIR/lists")
	reloads=$(said)
	echo "$lists lists, $reloads reloads"
	[ "$lists" -ge 5 ] && [ "$reloads" -ge 50 ]
}

active_stays()
{
	equal "$(grep -c 'vrrp "wan": .* after ' "$LAB_DIR/polluxd.log")" 2
}

ends_second()
{
	lab_stop_second TERM || { tail "$LAB_DIR/second.log"; return 1; }
}

lab_pair
conf 1 1 1
check "a pair at 10 ms has one Active" eval \
	'start && lab_start_second "$POLLUXD" && lab_until 10 are_backup_and_active'
check "the Active has $((2 * PORTS)) connections" many_flows
# The bare loop does not see pauses of the other CPU. A director that is late is late again.
measure
is_measurable $INTERVALS && no_gap > /dev/null || measure
echo "# $(cat "$LAB_DIR/gaps")"
if is_measurable $INTERVALS; then
	check "V12: no gap between $INTERVALS adverts is above 1.5 intervals" no_gap
	check "V12: and they do not drift" no_drift
else
	echo "# not measurable: the machine took the CPU from the bare loop too often"
fi
check "all the while connections were listed and the file was read again" happened
echo "# $(happened)"
check "and the Active was Active" active_stays
check "the second director ends well" ends_second
finish
