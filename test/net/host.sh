#!/bin/bash
# The director as a host: with host = "tap" its kernel has the ports' addresses, beside a director that
# forwards. The same by AF_XDP, which takes frames away from the kernel, and by packet sockets, which
# leave it copies.
. "$(dirname "$0")/_init.sh"

LAB_HOST=tap
OWN=10.1.0.11
WEB=8088

# The client's network is behind the router, which the director's kernel has to be told.
route_back()
{
	ip -n "$LAB-director" route replace 10.9.0.0/24 via 10.1.0.1 dev wan
}

interfaces()
{
	local port

	for port in wan lan; do
		equal "$(lab_mac director $port)" "$(lab_mac director ${port}0)" || return 1
	done
	equal "$(ip -n "$LAB-director" -br address show dev wan | awk '{ print $1, $3, $4 }')" \
		"wan $OWN/24 " &&
		equal "$(lab_in director cat /sys/class/net/wan/mtu /sys/class/net/wan/carrier | xargs)" \
			"1500 1"
}

own_web()
{
	local i

	for i in 1 2 3; do
		lab_in client curl -q -sS --noproxy '*' -m 10 -o /dev/null -w '%{http_code}\n' \
			"http://$OWN:$WEB/pollux.conf"
	done | xargs
}

download_whole()
{
	lab_in client curl -q -sS --noproxy '*' -m 60 -o "$LAB_DIR/downloaded" "http://$OWN:$WEB/body" &&
		equal "$(checksum "$LAB_DIR/downloaded")" "$(checksum "$LAB_DIR/body")"
}

# refused ADDRESS PORT: somebody says at once that there is nobody.
refused()
{
	lab_in client curl -q -sS --noproxy '*' -m 5 "http://$1:$2/"
	[ $? = 7 ]
}

# no_answer ADDRESS PORT: neither a reset nor an ICMP error comes.
no_answer()
{
	lab_in client curl -q -sS --noproxy '*' -m 1 "http://$1:$2/"
	[ $? = 28 ]
}

# echoes HOST ADDRESS [OPTION...]: each of three requests has one answer.
echoes()
{
	local output

	output=$(lab_in "$1" ping -c 3 -i 0.2 -W 5 "${@:3}" "$2") || { echo "$output"; return 1; }
	equal "$(grep -c 'bytes from' <<< "$output") $(grep -c DUP <<< "$output")" "3 0"
}

# arp ADDRESS: the router asks three times; prints each distinct MAC that answers, with how often.
arp()
{
	lab_in router arping -b -c 3 -w 3 -I wan0 "$1" |
		sed -n 's/.* reply from .*\[\(.*\)\].*/\L\1/p' | sort | uniq -c | xargs
}

answered_by_port()
{
	equal "$(arp "$1")" "3 $(lab_mac director wan0)"
}

# errors_of ADDRESS: what becomes of a datagram to a UDP port that nobody has.
errors_of()
{
	lab_in client /usr/bin/python3 - "$1" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.settimeout(1)
		s.connect((sys.argv[1], 9))
		try:
		    s.send(b"x")
		    s.recv(1)
		except ConnectionRefusedError:
		    print("refused")
		except TimeoutError:
		    print("silent")
	END
}

forwards()
{
	equal "$(get 6 | spread)" "s1 2 s2 2 s3 2"
}

# Nothing of polluxd's making is left in the namespace.
nothing_left()
{
	! ip -n "$LAB-director" link show dev wan > /dev/null 2>&1 &&
		! ip -n "$LAB-director" link show dev lan > /dev/null 2>&1 &&
		equal "$(lab_in director nft list ruleset)" ""
}

# merges on|off: whether the kernel joins the segments that come in by the interface below the port.
merges()
{
	lab_in director ethtool -k wan0 | grep -q "^generic-receive-offload: $1"
}

# All that holds while it runs.
beside()
{
	local by="by $LAB_DRIVER:"

	lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
	start || { cat "$LAB_DIR/polluxd.log"; exit 1; }
	check "$by the kernel has interfaces with MAC, MTU and address of the ports" interfaces
	route_back
	lab_spawn director /usr/bin/python3 -m http.server -d "$LAB_DIR" $WEB
	web=$LAB_PID
	lab_until 10 lab_listens director $WEB
	check "$by HTTP to the director's own address is answered" equal "$(own_web)" "200 200 200"
	check "$by a long download from the director arrives whole" download_whole
	check "$by the VIP is forwarded meanwhile" forwards
	check "$by a closed port of the director is refused" refused $OWN 81
	check "$by a closed UDP port of the director is refused" equal "$(errors_of $OWN)" refused
	check "$by nobody answers for a closed port of the VIP" no_answer $LAB_VIP 81
	check "$by nor for a closed UDP port of the VIP" equal "$(errors_of $LAB_VIP)" silent
	check "$by the kernel's web server is none of the VIP's" no_answer $LAB_VIP $WEB
	check "$by each echo request to the director has one answer" echoes client $OWN
	# Packet sockets get datagrams that the kernel has put together already.
	if [ $LAB_DRIVER = net_af_packet ]; then
		check "$by the interface below does not merge segments" merges off
	else
		check "$by so has one that comes in fragments" echoes client $OWN -s 3000
	fi
	check "$by each echo request to the VIP has one answer" echoes client $LAB_VIP
	check "$by the director's kernel reaches servers" echoes director 10.2.0.22
	check "$by ARP for the port's address is answered once" answered_by_port $OWN
	check "$by ARP for the VIP is answered once" answered_by_port $LAB_VIP
}

lab_web
head -c 3M /dev/urandom > "$LAB_DIR/body"
for LAB_DRIVER in net_af_xdp net_af_packet; do
	lab_in director ethtool -K wan0 gro on
	beside
	check "by $LAB_DRIVER: on SIGTERM it ends with status 0" ends_well
	check "by $LAB_DRIVER: its interfaces and rules are gone" nothing_left
	check "by $LAB_DRIVER: the interface below merges segments as before" merges on
	check "by $LAB_DRIVER: it starts again" start
	lab_stop KILL || :
	check "by $LAB_DRIVER: and after SIGKILL" start
	route_back
	check "by $LAB_DRIVER: the kernel serves again" equal "$(own_web)" "200 200 200"
	check "by $LAB_DRIVER: and ends with status 0" ends_well
	{ kill "$web"; wait "$web"; } 2> /dev/null || :
done
finish
