#!/bin/bash
# Tunnels: servers take requests out of IP in IP and answer the client by themselves.
. "$(dirname "$0")/_init.sh"

# The example: servers are behind the router, in networks of their own.
far_server()
{
	ip -n "$LAB-$1" address add "$2/32" dev lo
	ip -n "$LAB-$1" route add 10.1.0.11 via 10.2.0.1
	ip -n "$LAB-router" route add "$2" via "$(lab_address "$1")"
	lab_tunnel "$1" lb "$2" 10.1.0.11
}

lab_web
files 8000
head -c 20M /dev/urandom > "$LAB_DIR/body"
far_server s1 192.0.2.21
far_server s2 198.51.100.21
example tun 's/iface=eth1/iface=wan0/; s/10\.1\.0\.200/10.1.0.100/'
check "the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
start

check "the example's service spreads 30 requests 1:2 over servers behind the router" example_answers
check "servers see the client's own address" client_seen "$LAB_DIR/answers"
check "polluxd ends well" ends_well

# On the lan: the tunnel's end is another address of the server, and of the director.
lab_tunnel s3 lb "$(lab_address s3)" 10.2.0.11
lab_conf "$(by tun lab_service upload tcp 8000 rr 0 0 1)"
start

# The servers offer an MSS for 1500, so the client learns of less in mid-stream, by ICMP alone.
arrives_whole()
{
	equal "$(upload "$LAB_DIR/body" 8000)" "$1 $(checksum "$LAB_DIR/body")"
}

check "an upload of full frames has the same checksum at both ends" arrives_whole s3
check "the client has learned that 1480 bytes fit" knows_mtu 1480
check "polluxd ends well" ends_well

# A router on the way of the tunnel takes 1400 bytes, and says so to the director.
ip -n "$LAB-router" link set lan0 mtu 1400
lab_conf "$(by tun lab_service upload tcp 8000 rr 1 0 0 | sed 's/10\.2\.0\.21/192.0.2.21/')"
start
check "an upload through a narrow link in the tunnel arrives whole, too" arrives_whole s1
check "the client has learned that 1380 bytes fit" knows_mtu 1380
finish
