#!/bin/bash
# IPv6 and IPv4 addresses of a pair by two instances with the same VRID, over a bridge that keeps groups
# from who has not asked for them: one director answers for both, and they move when it dies or ends.
. "$(dirname "$0")/_init.sh"
. "$HERE/_pair.sh"

OTHER=wan6

VIP6=fd01::100
LOCAL6=fe80::5e:100
VIRTUAL6=00:00:5e:00:02:33

# ping ADDRESS: from the router, which is on the link.
ping6()
{
	lab_in router ping -6 -c 1 -W 2 -I wan0 "$1"
}

# neighbour ADDRESS: the MAC that the router's kernel has learnt.
neighbour()
{
	lab_in router ip -6 neigh show to "$1" dev wan0 | sed -n 's/.* lladdr \([^ ]*\).*/\1/p'
}

forget()
{
	lab_in router ip -6 neigh flush dev wan0
}

# found ADDRESS MAC: the router asks for it anew, gets an answer to its ping, and has this MAC.
found()
{
	forget && ping6 "$1" && equal "$(neighbour "$1")" "$2"
}

both_found()
{
	found $VIP6 $VIRTUAL6 && found $LOCAL6 $VIRTUAL6 && lab_in client ping -c 1 -W 2 $LAB_VIP
}

seen()
{
	lab_until 10 grep -qE "$2" "$LAB_DIR/$1" || { tail -n 20 "$LAB_DIR/$1"; return 1; }
}

# listens GROUP: the bridge has been told that the first director does.
listens()
{
	ip netns exec "$LAB-net" bridge mdb show dev wan | grep "port $2 " | grep -q "grp $1 "
}

# one_answers TIME: the router asks for the VIP, with both directors on the bridge, for the TIMEth time.
one_answers()
{
	forget
	capture "$LAB_DIR/answers$1" router-wan "icmp6 and ip6[40] == 136 and dst fd01::1"
	ping6 $VIP6 && seen "answers$1" "tgt is $VIP6" &&
		equal "$(grep -c "tgt is $VIP6" "$LAB_DIR/answers$1")" 1
}

start_first()
{
	start && roles "$active" "$backup"
}

end_second()
{
	lab_stop_second TERM || { cat "$LAB_DIR/second.log"; return 1; }
	! grep -A 30 -E 'Sanitizer|runtime error:' "$LAB_DIR/second.log"
}

lab_pair
lab_in router sysctl -qew net.ipv6.conf.wan0.disable_ipv6=0 net.ipv6.conf.wan0.accept_dad=0
ip -n "$LAB-router" address add fd01::1/64 dev wan0 nodad

# The bridge is the one that asks who listens, and sends groups nowhere else.
ip netns exec "$LAB-net" sysctl -qew net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.wan.disable_ipv6=0
ip -n "$LAB-net" link set wan type bridge mcast_snooping 1 mcast_querier 1 mcast_mld_version 2 \
	mcast_query_interval 200 mcast_query_response_interval 100 mcast_startup_query_interval 100

example pair-ipv6 "s/iface=eth1/iface=wan0/"
sed 's,"10.1.0.11/24","10.1.0.12/24",; s,"fd01::11/64","fd01::12/64",; s/priority = 150/priority = 100/; s/pollux.sock/second.sock/' \
	"$LAB_DIR/pollux.conf" > "$LAB_DIR/second.conf"

check "the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
capture "$LAB_DIR/first" director-wan "ip6"
check "a director alone becomes Active with both instances" eval 'start && lab_until 20 is polluxd "$active"'
check "the other one stays Backup" eval 'lab_start_second "$POLLUXD" && roles "$active" "$backup"'
check "it advertises from its link-local address with hop limit 255" \
	seen first "00:00:5e:00:02:33 > 33:33:00:00:00:12.* fe80::[^ ]* > ff02::12"
check "it told all nodes where the addresses are" \
	seen first "00:00:5e:00:02:33 > 33:33:00:00:00:01.*tgt is $VIP6"
check "it told the bridge by MLD what it listens to" \
	seen first "$(lab_mac director wan0) > 33:33:00:00:00:16.*listener report v2"
check "V58: the bridge knows that the first listens to the address's group" \
	lab_until 10 listens ff02::1:ff00:100 director-wan
check "V58: and the second does not" eval '! listens ff02::1:ff00:100 second-wan'
check "V54: pings of the addresses are answered, which are at the virtual MAC" both_found
check "the port's own address is at its own MAC" found fd01::11 "$(lab_mac director wan0)"
check "one answers a question" one_answers 1

check "after kill -9 the other one takes both over" eval 'killed && lab_until 20 is second "$active"'
check "and pings are answered at the virtual MAC" both_found
check "the bridge was told by MLD" lab_until 10 listens ff02::1:ff00:100 second-wan
check "the higher one takes both back" start_first
check "V58: and the second listens no longer" lab_until 10 eval '! listens ff02::1:ff00:100 second-wan'
check "one answers a question" one_answers 2
check "after SIGTERM the other one takes both over at once" eval \
	'ends_well && lab_until 20 is second "$active" && grep -q "active after backup: .*has left" "$LAB_DIR/second.log"'
check "and pings are answered at the virtual MAC" both_found
check "the second director ends well" end_second
finish
