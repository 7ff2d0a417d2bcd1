#!/bin/bash
# Packets that cannot go on: too large for the servers' link, or at the end of their TTL. The sender is
# told by ICMP from the address of the port that the packet came in by.
. "$(dirname "$0")/_init.sh"

lab_echo 7000
files 8000
LAB_LAN_MTU=1400
lab_conf "$(lab_service echo udp 7000 rr 1 1 1)" "$(lab_service upload tcp 8000 rr 1 1 1)"
start
head -c 5M /dev/urandom > "$LAB_DIR/body"

becomes()
{
	local want=$1
	shift
	equal "$(ask "$@")" "$want"
}

# The servers offer an MSS for 1500, so the client learns of 1400 in mid-stream, by ICMP alone.
arrives_whole()
{
	equal "$(upload "$LAB_DIR/body" 8000)" "s1 $(checksum "$LAB_DIR/body")"
}

check "a packet of 1400 bytes with DF passes" becomes "s1 10.9.0.2 1372" 7000 --size 1400
check "one of 1401 is answered by frag-needed, with the MTU, by the port" \
	becomes "unreachable 4 1400 10.1.0.11" 7000 --size 1401
check "so is one of 1500" becomes "unreachable 4 1400 10.1.0.11" 7000 --size 1500
check "a packet of TTL 2 passes the router and ends at the director: time exceeded, by the port" \
	becomes "exceeded 0 0 10.1.0.11" 7000 --ttl 2
check "one more reaches a server" becomes "s2 10.9.0.2 72" 7000 --ttl 3
lab_in client ip route flush cache
check "an upload of full frames learns of it and arrives whole" arrives_whole
finish
