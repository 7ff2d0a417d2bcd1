#!/bin/bash
# A server's cable is pulled and plugged in again: its neighbour is probed, given up, and found again;
# flows of the other servers go on.
. "$(dirname "$0")/_init.sh"

# asked MAC-PATTERN: an ARP request for s1 left the director for such a MAC since the capture began.
asked()
{
	grep -q "> $1, .* who-has 10.2.0.21 " "$LAB_DIR/arp"
}

received()
{
	lab_in "$1" cat /sys/class/net/lan0/statistics/rx_bytes
}

# grows SERVER BYTES: the server has received 100 kB more than that.
grows()
{
	[ "$(received "$1")" -gt $(($2 + 100000)) ]
}

others_receive()
{
	lab_until 10 grows s2 "$(received s2)" && lab_until 10 grows s3 "$(received s3)"
}

# Of three new connections one goes to each server.
new_flows()
{
	local i

	for i in 1 2 3; do
		lab_in client curl -q -sS --noproxy '*' -m 1 "http://$LAB_VIP/" || echo none
	done | spread
}

all_serve()
{
	equal "$(new_flows)" "s1 1 s2 1 s3 1"
}

others_serve()
{
	equal "$(new_flows)" "none 1 s2 1 s3 1"
}

uploads_whole()
{
	wait "$@" && equal "$(sort "$LAB_DIR"/upload.*)" "$(for s in $LAB_SERVERS; do
		echo "$s $(checksum "$LAB_DIR/body")"
	done)"
}

lab_web
files 8000
lab_conf "$(lab_service web tcp 80 rr 1 1 1)" "$(lab_service upload tcp 8000 rr 1 1 1)"
start
s1=$(lab_mac s1 lan0)
head -c 4M /dev/urandom > "$LAB_DIR/body"
pids=
for i in 1 2 3; do
	upload "$LAB_DIR/body" 8000 --limit-rate 200k > "$LAB_DIR/upload.$i" &
	pids="$pids $!"
done

check "each of three servers takes new connections" all_serve
capture "$LAB_DIR/arp" director-lan arp
check "a server in use is probed by unicast" lab_until 15 asked "$s1"
ip -n "$LAB-net" link set s1-lan down
check "without its cable it becomes unresolved: it is asked for by broadcast" \
	lab_until 20 asked ff:ff:ff:ff:ff:ff
check "then new connections reach the others alone" others_serve
check "meanwhile uploads to the others go on" others_receive
ip -n "$LAB-net" link set s1-lan up
check "with its cable back it takes new connections" lab_until 20 all_serve
# shellcheck disable=SC2086 # a list of ids
check "all long uploads arrive whole, also the one that was cut off" uploads_whole $pids
finish
