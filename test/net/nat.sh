#!/bin/bash
# Network address translation: servers have the director as gateway and see the clients' addresses;
# requests and answers both pass it.
. "$(dirname "$0")/_init.sh"

behind_nat
lab_web
files 8000
files 8001
own_echoes 7000
head -c 100M /dev/urandom > "$LAB_DIR/body"

# The example: servers listen on 8080 and have the weights 1 and 2. The lab's router has 10.2.0.1.
example nat 's/iface=eth1/iface=wan0/; s/iface=eth2/iface=lan0/; s,10\.2\.0\.1/24,10.2.0.11/24,
	s/10\.1\.0\.200/10.1.0.100/'
check "the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
start

# The example routes what is no answer, and the router knows the way back.
servers_reach_out()
{
	ip -n "$LAB-router" route replace 10.2.0.0/24 via 10.1.0.11 &&
		lab_in s1 ping -q -c 3 -i 0.2 -W 5 10.9.0.2
}

check "the example's service spreads 30 requests 1:2, to another port of the servers" example_answers
check "servers see the client's own address" client_seen "$LAB_DIR/answers"
check "servers reach others through the director, with transit = \"route\"" servers_reach_out
check "polluxd ends well" ends_well

lab_conf "$(by nat lab_service upload tcp 8000 rr 1 1 1)" \
	"$(by nat lab_service download tcp 8001 rr 1 1 1)" \
	"$(by nat lab_service echo udp 7000 wrr 3 2 1)" \
	"$(by nat lab_service nobody udp 7999 rr 1 1 1)"
start

arrives_whole()
{
	equal "$(upload "$LAB_DIR/body" 8000)" "s1 $(checksum "$LAB_DIR/body")"
}

comes_whole()
{
	equal "$(download 8001)" "$(checksum "$LAB_DIR/body")"
}

flows_spread()
{
	ask 7000 --flows 60 > "$LAB_DIR/answers" &&
		equal "$(spread < "$LAB_DIR/answers")" "s1 30 s2 20 s3 10"
}

flow_stays()
{
	equal "$(ask 7000 --count 100 | sort | uniq -c | xargs)" "100 s1 10.9.0.2 72"
}

# The address behind the error is who sent it.
refused()
{
	equal "$(ask 7999)" "unreachable 3 0 $LAB_VIP"
}

check "an upload of 100 MB has the same checksum at both ends" arrives_whole
check "so has a download" comes_whole
check "wrr spreads 60 flows of UDP 3:2:1, all answered from the VIP" flows_spread
check "servers of UDP see the client's own address" client_seen "$LAB_DIR/answers"
check "100 datagrams of one flow reach one server" flow_stays
check "a server's port unreachable reaches the client as from the VIP" refused
finish
