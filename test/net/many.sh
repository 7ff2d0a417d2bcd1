#!/bin/bash
# time-bar
# 64 instances with 10 ms between adverts, on a pair: while the Active reads its file again and again, no
# advert of any instance is late, nothing is announced anew, and nobody changes his state (V64).
. "$(dirname "$0")/_init.sh"
. "$HERE/_gaps.sh"

N=64
INTERVALS=1000 # of each instance
LIMIT=120      # percent of an interval
ONCE="garp = { repeat = 1; delay_ms = 0; refresh_ms = 0; };" # with the takeover

# conf WEIGHT: both files; the instances are the same each time.
conf()
{
	local i vrrp=

	for ((i = 0; i < N; i++)); do
		vrrp+="${vrrp:+, }$(lab_vrrp wan $((51 + i)) 10.1.0.$((100 + i)) "$ONCE" | sed "s/\"wan\"; port/\"r$i\"; port/")"
	done
	lab_conf_pair "${vrrp//interval_ms = 100/interval_ms = 10}" "$(lab_service one tcp 80 wrr "$1" 1 1)"
}

# all LOG STATE: that is what all instances say last.
all()
{
	awk -v want="$2" -v n=$N '/vrrp "r[0-9]+": [a-z]+ after / { state[$5] = $6 }
		END { for (i in state) good += state[i] == want; exit good != n }' "$LAB_DIR/$1.log"
}

other_weight()
{
	conf $((RANDOM % 9 + 1))
}

measure()
{
	rm -f "$LAB_DIR/over"
	changes=$(changes)
	announcements=$(announcements)
	reload_again_and_again other_weight &
	local reload=$!

	gaps 51-$((50 + N)) $INTERVALS $LIMIT
	touch "$LAB_DIR/over"
	wait $reload
}

no_gap()
{
	cat "$LAB_DIR/gaps"
	equal "$(figure intervals) $(figure above)" "$((N * INTERVALS)) 0"
}

changes()
{
	cat "$LAB_DIR/polluxd.log" "$LAB_DIR/second.log" | grep -c 'vrrp ".*": .* after ' || :
}

announcements()
{
	grep -c "tell 10.1.0.1[0-9][0-9]" "$LAB_DIR/announced" || :
}

nothing_happened()
{
	equal "$(($(changes) - changes)) changes, $(($(announcements) - announcements)) announcements" \
		"0 changes, 0 announcements"
}

# Those of the start, of the port's own address, are over; what a reload announces, it does at once.
reloads_silently()
{
	capture "$LAB_DIR/own" director-wan arp
	reload_by other_weight && reload_by other_weight || return 1
	! grep "tell 10.1.0.11," "$LAB_DIR/own" | grep "who-has 10.1.0.11 "
}

lab_pair
conf 1
check "a pair has $N instances at 10 ms, all Active on one director" eval \
	'start && lab_until 20 all polluxd active && lab_start_second "$POLLUXD" && lab_until 20 all second backup'
capture "$LAB_DIR/announced" router-wan "arp and src host not 10.1.0.1 and arp[14:4] = arp[24:4]"
measure
# A shared machine is late now and then, a fault always.
is_measurable $((N * INTERVALS)) && no_gap > /dev/null && nothing_happened > /dev/null || measure
echo "# $(cat "$LAB_DIR/gaps"), $(said) reloads"
if is_measurable $((N * INTERVALS)); then
	check "V64: no advert of any comes later than $LIMIT % of an interval while the file is read again" no_gap
else
	echo "# not measurable: the machine took the CPU from the bare loop too often"
fi
check "it was read again at least 20 times" reloaded 20
check "V64: no instance changed its state, and nothing was announced" nothing_happened
check "nor does a reload announce the port's own address" reloads_silently
check "the second director ends well" eval 'lab_stop_second TERM || { tail "$LAB_DIR/second.log"; false; }'
finish
