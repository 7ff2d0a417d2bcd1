#!/bin/bash
# The VIP on its link: who answers ARP and echo for it, and for what nobody answers.
. "$(dirname "$0")/_init.sh"

# answers_once INTERFACE ADDRESS MAC: the MAC answers each request, and it alone.
answers_once()
{
	equal "$(arp router "$1" "$2")" "3 $3"
}

nobody_answers()
{
	equal "$(arp router "$1" "$2")" ""
}

echoed()
{
	lab_in "$1" ping -c 3 -i 0.2 -W 5 "${@:3}" "$2"
}

# What the router believes to be the VIP's MAC.
router_knows()
{
	ip -n "$LAB-router" neighbour show $LAB_VIP dev wan0 | grep -q "lladdr $1 "
}

# Somebody else's MAC, as after a takeover: gratuitous ARP alone can correct it.
ip -n "$LAB-router" neighbour replace $LAB_VIP lladdr 02:00:00:00:00:99 nud permanent dev wan0
ip -n "$LAB-router" neighbour change $LAB_VIP lladdr 02:00:00:00:00:99 nud stale dev wan0
lab_web
lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
start
wan=$(lab_mac director wan0)
lan=$(lab_mac director lan0)

check "gratuitous ARP tells the router the VIP's new MAC" lab_until 10 router_knows "$wan"
check "the port's MAC answers ARP for the VIP, and nobody else" answers_once wan0 $LAB_VIP "$wan"
check "the port's MAC answers ARP for the port's address" answers_once wan0 10.1.0.11 "$wan"
check "so does the other port's for its own" answers_once lan0 10.2.0.11 "$lan"
check "nobody answers ARP for a foreign address" nobody_answers wan0 10.1.0.77
check "nobody answers ARP for the VIP among the servers" nobody_answers lan0 $LAB_VIP
check "the VIP answers echo" echoed client $LAB_VIP
check "the VIP answers echo of a full frame" echoed client $LAB_VIP -M "do" -s 1472
check "the port's address answers echo" echoed client 10.1.0.11
check "so does the other port's" echoed s1 10.2.0.11
finish
