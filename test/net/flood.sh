#!/bin/bash
# time-bar
# A pair with 10 ms between adverts, while both ports are flooded with packets, at rates up to what this
# machine can send (V67): the Active's adverts leave in time whatever the rate, and the Backup does not
# take over at any rate that its port receives without loss. It would take a NIC with a queue or a flow
# rule for VRRP of its own to hear adverts beyond that.
. "$(dirname "$0")/_init.sh"
. "$HERE/_pair.sh"
. "$HERE/_gaps.sh"

FLOOD=${POLLUX_BUILD:-$ROOT/build}/test/net/udp-flood
CTL=${POLLUX_BUILD:-$ROOT/build}/app/polluxctl/polluxctl
SECONDS_EACH=3
INTERVALS=$((SECONDS_EACH * 90)) # a little less than the flood lasts
RATES="1000 10000 50000 0" # to each port; 0: as many as can be

# lost: what came to the second director's port, and it did not take.
lost()
{
	local missed
	missed=$("$CTL" -s "$LAB_DIR/second.sock" port list | awk '$1 == "wan" { print $NF }')

	echo $((missed + $(ip netns exec "$LAB-net" cat /sys/class/net/second-wan/statistics/tx_dropped)))
}

takeovers()
{
	grep -c 'vrrp "wan": active after' "$LAB_DIR/second.log" || :
}

# flood ADDRESS RATE: how many were sent goes to the file "sent".
flood()
{
	lab_in router "$FLOOD" "$1" 7001 "$2" $SECONDS_EACH >> "$LAB_DIR/sent"
}

# flooded RATE: both, while adverts are looked at, which goes to the file "gaps".
flooded()
{
	local taken lost_before lost_now

	: > "$LAB_DIR/sent"
	taken=$(takeovers)
	lost_before=$(lost)
	gaps 51 $INTERVALS 150 &
	local gaps=$!
	flood $LAB_VIP "$1" &
	local first=$!
	flood 10.1.0.12 "$1" && wait $first $gaps || return 1
	lost_now=$(lost)
	LOSS=$((lost_now - lost_before))
	TAKEN=$(($(takeovers) - taken))
	echo "# $1/s asked, $(paste -sd + "$LAB_DIR/sent") sent, $LOSS lost at the Backup, $TAKEN takeovers;" \
		"$(cat "$LAB_DIR/gaps")" >&3
}

# Without loss the Backup stays what it is.
stays()
{
	[ "$LOSS" != 0 ] || equal "$TAKEN" 0
}

in_time()
{
	! is_measurable $INTERVALS || equal "$(figure above)" 0
}

healed()
{
	roles active backup
}

lab_pair
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP | sed 's/interval_ms = 100/interval_ms = 10/')" \
	"$(lab_service udp udp 7001 rr 1 1 1)"
check "a pair at 10 ms has one Active" eval \
	'start && lab_until 20 is polluxd active && lab_start_second "$POLLUXD" && lab_until 20 is second backup'
for rate in $RATES; do
	name="$rate packets a second"
	[ "$rate" != 0 ] || name="as many packets as can be"
	check "V67: the ports are flooded with $name" flooded "$rate"
	check "V67: the Active's adverts leave in time" in_time
	check "V67: the Backup does not take over, if its port loses nothing" stays
done
check "after the flood one is Active" healed
check "the second director ends well" eval 'lab_stop_second TERM || { tail "$LAB_DIR/second.log"; false; }'
finish
