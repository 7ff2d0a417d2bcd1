#!/bin/bash
# Two directors; the Active crashes, in its control loop or in a worker, on ports whose TX queue is
# shared and on ports where each sender has its own. It says that it leaves, so the Backup takes over
# at once. How it does so in every state of a queue is tested by test/graph/crash.c.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_pair.sh"

# crash THREAD: a fatal signal to one thread of the first director, by its name.
crash()
{
	local task

	for task in /proc/"$LAB_POLLUXD"/task/*; do
		if grep -q "^$1" "$task/comm"; then
			python3 -c 'import ctypes, sys
ctypes.CDLL(None).syscall(234, int(sys.argv[1]), int(sys.argv[2]), 11)' "$LAB_POLLUXD" "${task##*/}"
			return
		fi
	done
	echo "polluxd has no thread $1"
	return 1
}

# A crash is no clean end, nor one that we have to help with.
has_died()
{
	local status=0

	lab_until 20 lab_is_dead "$LAB_POLLUXD" || return
	wait "$LAB_POLLUXD" || status=$?
	LAB_POLLUXD=
	[ $status != 0 ]
}

takes_over()
{
	lab_until 20 is second active && grep -q 'vrrp "wan": active after backup: 10.1.0.11 has left' "$LAB_DIR/second.log"
}

# crash_case WHAT THREAD
crash_case()
{
	check "$1: the first director is Active" eval 'start && lab_until 20 is polluxd active'
	check "$1: the second one stays Backup" lab_start_second "$POLLUXD"
	check "$1: the first one dies" eval "crash $2 && has_died"
	check "$1: it has said that it leaves, and the second one takes over" takes_over
	lab_stop_second TERM
}

own_queues()
{
	sed -i 's/"net_af_xdp\([01]\),iface=\([a-z0-9]*\)"/"net_af_packet\1,iface=\2,qpairs=2"/' \
		"$LAB_DIR/pollux.conf"
}

queues()
{
	start && equal "$(ctl -j port list | grep -o '"tx_shared": [a-z]*' | sort -u)" "\"tx_shared\": $1"
	lab_stop TERM
}

lab_pair
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP)" "$(lab_service dr tcp 80 rr 1 1 1)"

check "AF_XDP has one queue for all" queues true
crash_case "control loop, shared queue" polluxd
crash_case "worker, shared queue" rte-worker
own_queues
check "AF_PACKET with two queues has one for each sender" queues false
crash_case "control loop, own queue" polluxd
crash_case "worker, own queue" rte-worker
finish
