#!/bin/bash
# Many short connections at once.
. "$(dirname "$0")/_init.sh"

all_answered()
{
	lab_in client "$ROOT/scripts/lab-requests" "http://$LAB_VIP/" 1200 300 > "$LAB_DIR/answers" &&
		cat "$LAB_DIR/answers" && grep -qx "failed 0" "$LAB_DIR/answers"
}

each_served()
{
	for host in $LAB_SERVERS; do
		grep "^$host " "$LAB_DIR/answers" || return 1
	done
}

lab_web
lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
start
check "1200 connections, 300 a second, are all answered" all_answered
check "by all servers" each_served
finish
