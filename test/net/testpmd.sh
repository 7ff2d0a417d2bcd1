#!/bin/bash
# Floods by dpdk-testpmd, over virtual devices and over interfaces of the kernel: they are forwarded, and
# the generator, polluxd and the receiver have counted the same.
. "$(dirname "$0")/_init.sh"

TESTPMD=$ROOT/scripts/pktgen/testpmd
PACKETS=100000
first=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status)
last=$(sed -n 's/^Cpus_allowed_list:.*[-,[:space:]]\([0-9]*\)$/\1/p' /proc/self/status)

# send HOST OPTION...: a flood from this host; "sent" and "received" are what testpmd has counted.
send()
{
	local host=$1

	shift
	lab_in "$host" "$TESTPMD" send --cpus "$last,$first" --packets $PACKETS "$@" > "$LAB_DIR/sent" ||
		return 1
	cat "$LAB_DIR/sent"
	sent=$(count sent "$LAB_DIR/sent")
	received=$(count received "$LAB_DIR/sent")
	[ "$sent" -ge $PACKETS ]
}

count()
{
	sed -n "s/^$1 //p" "$2"
}

# port NAME FIELD: what polluxd says of a port, or of its counters.
port()
{
	ctl -j port list | /usr/bin/python3 -c 'import json, sys
port = next(port for port in json.load(sys.stdin)["items"] if port["name"] == sys.argv[1])
print({**port, **port["counters"]}[sys.argv[2]])' "$@"
}

# at_most A B: packets. ARP is sent all the time, also to those who count no more.
at_most()
{
	echo "$1 and $2"
	[ "$1" -le $(($2 + 100)) ]
}

alike()
{
	at_most "$1" "$2" && at_most "$2" "$1"
}

# Packets that went through, by stats: received and not dropped.
passed()
{
	ctl -j stats | /usr/bin/python3 -c 'import json, sys
packets = json.load(sys.stdin)["packets"]
print(packets["received"] - packets["dropped"])'
}

reachable()
{
	equal "$(ctl neigh list | grep -c ' lan .* reachable')" 3
}

# Flows that each server has, as the service list has them.
flows()
{
	equal "$(ctl service list | awk '$1 == "->" && $2 ~ /^10/ { print $4 + $5 }' | xargs)" "$1"
}

full_alone()
{
	equal "$(ctl drops | sed 1d | grep -v drop_tx_full)" ""
}

serve()
{
	ip netns exec "$LAB-s1" "$TESTPMD" serve --cpus "$first,$last" \
		"net_virtio_user0,path=$LAB_DIR/lan.sock" > "$LAB_DIR/served" 2>&1 &
	serving=$!
	lab_until 40 reachable
}

served()
{
	kill $serving && wait $serving || { cat "$LAB_DIR/served"; return 1; }
	received=$(count received "$LAB_DIR/served")
	[ "$received" -ge 1000 ]
}

lab_conf "$(lab_service flood udp 9 wrr 2 1 1)"
sed -i "s,net_af_xdp0.iface=wan0,net_vhost0\\,iface=$LAB_DIR/wan.sock,
	s,net_af_xdp1.iface=lan0,net_vhost1\\,iface=$LAB_DIR/lan.sock," "$LAB_DIR/pollux.conf"
start
check "servers behind virtio-user answer ARP to a vhost port" serve
check "a flood of 256 flows goes to a vhost port" send client --to "$LAB_VIP:9" \
	--mac "$(port wan mac)" "net_virtio_user0,path=$LAB_DIR/wan.sock"
check "polluxd has received each packet" equal "$(port wan packets_in)" "$sent"
check "wrr spreads the flows 2:1:1" flows "128 64 64"
check "what is dropped had no room in the ring towards the servers" full_alone
check "the servers have received packets" served
check "all that polluxd has sent" alike "$received" "$(port lan packets_out)"
check "which is all that it did not drop" alike "$(port lan packets_out)" "$(passed)"
check "polluxd ends well" ends_well

# Packets that have come to s1.
arrived()
{
	lab_in s1 cat /sys/class/net/lan0/statistics/rx_packets
}

# Interfaces lose packets when a receiver is slow; nobody counts those.
flood_by_kernel()
{
	before=$(arrived)
	send router --to "$LAB_VIP:9" --mac "$(port wan mac)" net_af_packet0,iface=wan0 &&
		lab_until 10 settled && [ "$(port wan packets_in)" -ge 1000 ]
}

# polluxd has taken all that waits at its port.
settled()
{
	local packets

	packets=$(port wan packets_in)
	sleep 0.2
	equal "$(port wan packets_in)" "$packets"
}

reach_s1()
{
	local arrived

	arrived=$(($(arrived) - before))
	echo "polluxd sent $(port lan packets_out), s1 received $arrived"
	[ $arrived -ge $(($(port lan packets_out) / 2)) ]
}

flowgen()
{
	send s1 --engine flowgen --flows 4 net_af_packet0,iface=lan0 && [ "$received" -ge 1000 ]
}

lab_conf "$(lab_service flood udp 9 rr 1 0 0)"
start
check "a flood of 256 flows goes to an interface of the kernel" flood_by_kernel
check "polluxd has received no more than was sent" at_most "$(port wan packets_in)" "$sent"
check "each flow has a connection" flows "256 0 0"
check "polluxd has sent what it received and did not drop" \
	alike "$(port lan packets_out)" "$(passed)"
check "most of it reaches the server" reach_s1
check "polluxd ends well" ends_well

# flowgen sends to four addresses and a MAC of its own; the one port has them all, and the way back.
ip -n "$LAB-s1" address add 10.252.0.21/14 dev lan0
ip -n "$LAB-director" link set lan0 address 00:01:02:03:04:01
services=()
for i in 0 1 2 3; do
	services+=("$(LAB_VIP=10.253.0.$i lab_service flow$i udp 1001 rr 1 0 0 |
		sed 's/10\.2\.0\.2/10.252.0.2/')")
done
lab_conf "${services[@]}"
sed -i '/name = "wan"/,/},/d; s,10\.2\.0\.11/24,10.252.0.11/14,; /^routes/d
	s/^vips = .*/vips = ( "10.253.0.0", "10.253.0.1", "10.253.0.2", "10.253.0.3" );/' \
	"$LAB_DIR/pollux.conf"
start
check "flowgen gets packets back from a director with one port" flowgen
check "each of its four flows has a connection" flows "1 0 0 1 0 0 1 0 0 1 0 0"
check "it has received no more than polluxd has sent" at_most "$received" "$(port lan packets_out)"
check "which is what polluxd has received and did not drop" \
	alike "$(port lan packets_out)" "$(passed)"
check "polluxd has received no more than flowgen has sent" at_most "$(port lan packets_in)" "$sent"
finish
