#!/bin/bash
# What polluxd leaves behind: nothing after SIGTERM, nothing in its own way after SIGKILL.
. "$(dirname "$0")/_init.sh"

# links PATTERN: how many of the director's two interfaces have it in their details.
links()
{
	ip -n "$LAB-director" -d -o link show | grep -E ' (wan|lan)0@' | grep -c "$1"
}

served()
{
	equal "$(get 3 | spread)" "s1 1 s2 1 s3 1"
}

programs_held()
{
	equal "$(links prog/xdp)" 2
}

nothing_left()
{
	equal "$(links xdp)" 0 && equal "$(links ' promiscuity 0 ')" 2
}

lab_web
lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
start
check "polluxd holds both interfaces by an XDP program" programs_held
check "it serves" served
check "on SIGTERM it ends with status 0" ends_well
check "no XDP program and no promiscuity is left" nothing_left
check "it starts again" start
check "and serves" served
lab_stop KILL || :
check "after SIGKILL it starts again" start
check "and serves" served
check "on SIGTERM it ends with status 0" ends_well
check "what SIGKILL left is gone too" nothing_left
finish
