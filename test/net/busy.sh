#!/bin/bash
# time-bar
# Two directors with 10 ms between adverts and workers that sleep, on CPUs that other processes use up:
# the Backup hears the Active in time and never takes over. BUSY_SECONDS=600 makes it last.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_pair.sh"

DURATION=${BUSY_SECONDS:-15}
LOOPS=12 # on each CPU
BUSY=()

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
	sleep "$DURATION"
	after=$(transitions)
	equal "$after" "$before"
}

lab_pair
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP | sed 's/interval_ms = 100/interval_ms = 10/')" \
	"$(lab_service dr tcp 80 rr 1 1 1)"
check "one is Active, one Backup" eval \
	'start && lab_until 20 is polluxd active && lab_start_second "$POLLUXD" && lab_until 20 is second backup'
use_up
# A shared machine may stand still for more than three intervals; a director that is late is late again.
check "nobody takes over within $DURATION s while all CPUs are busy" eval 'stays || stays'
give_up
lab_stop_second TERM
finish
