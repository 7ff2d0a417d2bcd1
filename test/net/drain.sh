#!/bin/bash
# Drains under running downloads: none is cut before the deadline, all are reset behind it.
. "$(dirname "$0")/_init.sh"

files 8000
behind_nat
# A client that takes its time, and has no buffer to make up for it.
lab_in client sysctl -qw net.ipv4.tcp_rmem="4096 65536 65536"
head -c 3M /dev/urandom > "$LAB_DIR/body"
lab_conf "$(lab_service dr tcp 8000 rr 1 1 1)" \
	"$(by nat lab_service nat tcp 8001 rr 1 1 1 | sed 's/port = 8001; weight/port = 8000; weight/g')"
start

# slow NAME PORT RATE: begin a download, which says how it ended in a file of that name.
slow()
{
	{
		lab_in client curl -q -sS --noproxy '*' -m 60 --limit-rate "$3" -o "$LAB_DIR/$1.body" \
			"http://$LAB_VIP:$2/body" 2> "$LAB_DIR/$1.said"
		echo $? > "$LAB_DIR/$1.end"
	} &
}

# ended STATUS NAME...: these downloads have ended so.
ended()
{
	local status=$1 name
	shift
	for name; do
		lab_until 40 test -s "$LAB_DIR/$name.end" &&
			equal "$name $(cat "$LAB_DIR/$name.end")" "$name $status" || {
			cat "$LAB_DIR/$name.said"
			return 1
		}
	done
}

# drains SERVICE STATE CONNECTIONS: what service.get says of s1.
drains()
{
	equal "$(ctl -j service show "$1" | python3 -c '
import json, sys
drain = json.load(sys.stdin)["servers"][0]["drain"]
print(drain["state"], drain["connections"])')" "$2 $3"
}

# begin SERVICE PORT MS [OPTION...]: six downloads of 5 s, two of them from s1, which then drains.
begin()
{
	local i

	for i in 1 2 3 4 5 6; do slow "$1$i" "$2" 600K; done
	lab_until 10 counted "$1" 6
	ctl server drain "$1" "$(lab_address s1):8000" --timeout "$3" "${@:4}" &&
		drains "$1" draining 2
}

# shown SERVICE PATTERN: a line of service show is like it.
shown()
{
	ctl service show "$1" | grep -Eq "$2"
}

counted()
{
	equal "$(ctl connection count --service "$1" | tr -cd 0-9)" "$2"
}

nothing_new()
{
	local i

	for i in 1 2 3 4; do
		lab_in client curl -q -sS --noproxy '*' -m 10 -o /dev/null "http://$LAB_VIP:$1/body" || return 1
	done
	drains "$2" draining 2
}

all_whole()
{
	local i

	ended 0 "$1"{1..6} || return 1
	for i in 1 2 3 4 5 6; do
		equal "$(checksum "$LAB_DIR/$1$i.body")" "$(checksum "$LAB_DIR/body")" || return 1
	done
}

# Two of six are reset (curl's 56), the others come whole.
two_are_reset()
{
	local i reset=0

	for i in 1 2 3 4 5 6; do
		lab_until 40 test -s "$LAB_DIR/$1$i.end" || return 1
		[ "$(cat "$LAB_DIR/$1$i.end")" != 56 ] || reset=$((reset + 1))
	done
	cat "$LAB_DIR/$1"?.said
	equal "$(cat "$LAB_DIR/$1"?.end | sort | xargs) $reset" "0 0 0 0 56 56 2"
}

forget()
{
	rm -f "$LAB_DIR/$1"?.*
	ctl connection flush --service "$1" > /dev/null
}

for way in "dr 8000" "nat 8001"; do
	set -- $way
	check "$1: a drained server with six downloads under way takes nothing new" begin "$1" "$2" 30000 --reset
	check "$1: connections go on and new ones go elsewhere" nothing_new "$2" "$1"
	check "$1: service show marks it" shown "$1" "^drain +$(lab_address s1):8000 "
	check "$1: and tells how many are left, and until when" \
		shown "$1" "^  -> +$(lab_address s1):8000 +draining +2 +00:[0-9]+ +00:[0-9]+"
	check "$1: no download is cut before the deadline" all_whole "$1"
	check "$1: the drain ends by cancel" ctl server drain "$1" "$(lab_address s1):8000" --cancel
	forget "$1"
	check "$1: another one with a deadline of 2 s begins" begin "$1" "$2" 2000 --reset
	check "$1: downloads that are left are reset behind it" two_are_reset "$1"
	ctl server drain "$1" "$(lab_address s1):8000" --cancel > /dev/null
	forget "$1"
done

now_resets()
{
	local i

	for i in 1 2 3 4 5 6; do slow "nat$i" 8001 600K; done
	lab_until 10 counted nat 6
	ctl server delete nat "$(lab_address s1):8000" --now && two_are_reset nat
}

told_both()
{
	ctl stats | awk '$2 == "reset_client" { c = $3 } $2 == "reset_server" { s = $3 }
		END { print "client", c, "server", s; exit !(c >= 6 && s >= 4) }'
}

check "a server that is deleted now has its downloads reset" now_resets
check "clients and, under NAT, servers were told" told_both
finish
