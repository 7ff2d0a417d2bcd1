#!/bin/bash
# Packets that cannot go on: too large for the servers' link, or at the end of their TTL. The sender is
# told by ICMP from the address of the port that the packet came in by.
. "$(dirname "$0")/_init.sh"

behind_nat
lab_echo 7000
files 8000
for host in $LAB_SERVERS; do
	lab_tunnel "$host" lb "$(lab_address "$host")" 10.2.0.11
done
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

# The servers offer an MSS for 1500, so the client, which knows nothing yet, learns of less in
# mid-stream, by ICMP alone.
arrives_whole()
{
	lab_in client ip route flush cache &&
		equal "$(upload "$LAB_DIR/body" 8000)" "$1 $(checksum "$LAB_DIR/body")"
}

check "a packet of 1400 bytes with DF passes" becomes "s1 10.9.0.2 1372" 7000 --size 1400
check "one of 1401 is answered by frag-needed, with the MTU, by the port" \
	becomes "unreachable 4 1400 10.1.0.11" 7000 --size 1401
check "so is one of 1500" becomes "unreachable 4 1400 10.1.0.11" 7000 --size 1500
check "a packet of TTL 2 passes the router and ends at the director: time exceeded, by the port" \
	becomes "exceeded 0 0 10.1.0.11" 7000 --ttl 2
check "one more reaches a server" becomes "s2 10.9.0.2 72" 7000 --ttl 3
check "an upload of full frames by DR arrives whole" arrives_whole s1
check "since the client was told of the MTU" knows_mtu 1400

# Each other method begins with a client that knows nothing.
check "polluxd ends well" ends_well
lab_conf "$(by tun lab_service upload tcp 8000 rr 1 1 1)"
start
check "by TUN, too" arrives_whole s1
check "since the client was told of the MTU, less the tunnel's header" knows_mtu 1380
check "polluxd ends well" ends_well
lab_conf "$(by nat lab_service upload tcp 8000 rr 1 1 1)"
start
check "by NAT, too" arrives_whole s1
check "since the client was told of the MTU" knows_mtu 1400
check "polluxd ends well" ends_well

# The director's link takes full frames, but s2 behind it routes to an address of s1, with less room.
LAB_LAN_MTU=1500
ip -n "$LAB-s1" address add 192.0.2.21/32 dev lo
lab_in s2 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.lan0.send_redirects=0
ip -n "$LAB-s2" route add 192.0.2.21 via 10.2.0.21 mtu lock 1300
lab_conf "$(by nat lab_service upload tcp 8000 rr 1 0 0 | sed 's/10\.2\.0\.21/192.0.2.21/')"
sed -i 's,^routes = ( ,&{ to = "192.0.2.0/24"; via = "10.2.0.22"; }\, ,' "$LAB_DIR/pollux.conf"
start
check "by NAT, an upload through a narrow link behind the director arrives whole" arrives_whole s1
check "since the client was told of the router's MTU, as if the VIP had been asked" knows_mtu 1300
finish
