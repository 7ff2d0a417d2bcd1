#!/bin/bash
# time-bar
# An idle director costs next to nothing: two ports without traffic, idle = "sleep".
. "$(dirname "$0")/_init.sh"

MEASURE_S=10

# CPU time of all threads of polluxd, in clock ticks: utime and stime of proc(5).
ticks()
{
	sed 's/.*) //' "/proc/$LAB_POLLUXD/stat" | awk '{ print $12 + $13 }'
}

under_5_percent()
{
	local before used bar

	before=$(ticks)
	sleep $MEASURE_S
	used=$(($(ticks) - before))
	bar=$(($(getconf CLK_TCK) * MEASURE_S * 5 / 100))
	echo "$used ticks in $MEASURE_S s, bar $bar"
	[ $used -lt $bar ]
}

lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
start
check "polluxd on two idle ports uses less than 5 % of a CPU" under_5_percent
finish
