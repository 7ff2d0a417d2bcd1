#!/bin/bash
# UDP by direct routing: a flow is an address and port of the client.
. "$(dirname "$0")/_init.sh"

lab_echo 7000
lab_conf "$(lab_service echo udp 7000 wrr 3 2 1)"
start

flows_spread()
{
	ask 7000 --flows 60 > "$LAB_DIR/answers" &&
		equal "$(spread < "$LAB_DIR/answers")" "s1 30 s2 20 s3 10"
}

client_seen()
{
	equal "$(awk '{ print $2 }' "$LAB_DIR/answers" | sort -u)" 10.9.0.2
}

# Which one it is depends on the client's port, which may be that of a flow before.
flow_stays()
{
	local answers
	answers=$(ask 7000 --count 100 | sort | uniq -c | xargs)

	equal "${answers/ s[123] / one }" "100 one 10.9.0.2 72"
}

check "wrr spreads 60 flows of UDP 3:2:1, all answered from the VIP" flows_spread
check "servers see the client's own address" client_seen
check "100 datagrams of one flow reach one server" flow_stays
finish
