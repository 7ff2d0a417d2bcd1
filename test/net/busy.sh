#!/bin/bash
# time-bar
# Two directors with 10 ms between adverts, on CPUs that other processes use up: the Backup hears the
# Active in time, whether its worker sleeps or spins, and never takes over.
# BUSY_SECONDS=600 test/net/busy.sh is the measurement that doc/architecture.md tells of.
. "$(dirname "$0")/_init.sh"

SECONDS_EACH=${BUSY_SECONDS:-15}
LOOPS=12 # on each CPU
BUSY=()

state()
{
	sed -n 's/.*vrrp "wan": \([a-z]*\) after .*/\1/p' "$LAB_DIR/$1.log" | tail -n 1
}

# is LOG STATE
is()
{
	[ "$(state "$1")" = "$2" ]
}

transitions()
{
	cat "$LAB_DIR/polluxd.log" "$LAB_DIR/second.log" | grep -c ' after '
}

use_up()
{
	local cpu i

	for cpu in $(sed -n 's/^processor[[:space:]]*: //p' /proc/cpuinfo); do
		for ((i = 0; i < LOOPS; i++)); do
			taskset -c "$cpu" sh -c 'while kill -0 $PPID 2> /dev/null; do for i in 1 2 3 4 5 6 7 8 9; do :; done; done' &
			BUSY+=($!)
		done
	done
}

give_up()
{
	kill "${BUSY[@]}"
	wait "${BUSY[@]}" || :
	BUSY=()
} 2> /dev/null

# Time passes; that nothing happens in it is what is looked at.
stays()
{
	local before after

	before=$(transitions)
	sleep "$SECONDS_EACH"
	after=$(transitions)
	equal "$after" "$before"
}

# busy_case IDLE
busy_case()
{
	sed -i "s/idle = \"[a-z]*\"/idle = \"$1\"/" "$LAB_DIR/pollux.conf" "$LAB_DIR/second.conf"
	check "$1: one is Active, one Backup" eval \
		'start && lab_until 20 is polluxd active && lab_start_second "$POLLUXD" && lab_until 20 is second backup'
	use_up
	check "$1: nobody takes over within $SECONDS_EACH s while all CPUs are busy" stays
	give_up
	lab_stop_second TERM
	lab_stop TERM
}

lab_pair
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP | sed 's/interval_ms = 100/interval_ms = 10/')" \
	"$(lab_service dr tcp 80 rr 1 1 1)"

busy_case sleep
# Spinning workers of two directors share a CPU: what is seen is the harder case.
busy_case spin
finish
