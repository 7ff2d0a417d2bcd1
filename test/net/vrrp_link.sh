#!/bin/bash
# What the link sees of a director that speaks VRRP: its adverts, whom it answers as Active and as
# Backup, with which MAC, and what it never sends. By virtual and by physical MAC.
. "$(dirname "$0")/_init.sh"
. "$HERE/_vrrp.sh"

VIRTUAL=00:00:5e:00:01:33
SECOND_VIP=10.1.0.101
ROUTER_ADDRESS=10.1.0.1

# hold, release: another router of priority 200, so that the director is Backup in between.
hold()
{
	lab_spawn router "$HERE/vrrp_inject.py" wan0 --times 6000
	HOLDER=$LAB_PID
	state_is backup
}

release()
{
	kill $HOLDER
	wait $HOLDER 2> /dev/null || :
	state_is active
}

# lines KIND [PATTERN]: what was seen of a kind.
lines()
{
	grep -E "^[0-9.]+ $1 .*${2:-}" "$LAB_DIR/seen"
}

# distinct KIND FIELD: what stood in a field of such lines, without repetition.
distinct()
{
	lines "$1" | cut -d ' ' -f "$2" | sort -u | xargs
}

sees()
{
	lab_until 10 lines "$@" || { cat "$LAB_DIR/seen"; return 1; }
}

adverts_are()
{
	equal "$(lines advert 10.1.0.11 | cut -d ' ' -f 3- | sort -u)" "$1"
}

# Frames of ARP answers come from the port's own MAC whatever MAC they tell (RFC 9568 section 8.1.2).
one_arp_answer()
{
	watch
	equal "$(arp router wan0 "$2")" "3 $1" && equal "$(distinct arp 4-5)" "$1 from=$PHYSICAL"
	local status=$?
	unwatch
	return $status
}

nobody_answers_arp()
{
	equal "$(arp router wan0 "$1")" ""
}

# echo_is ANSWERED ADDRESS [MAC]: how many of three requests are answered; MAC: to that one.
echo_is()
{
	[ $# -lt 3 ] || ip -n "$LAB-router" neigh replace "$2" lladdr "$3" dev wan0 nud permanent
	lab_in router ping -q -c 3 -i 0.1 -W 1 "$2" > "$LAB_DIR/ping" || :
	[ $# -lt 3 ] || ip -n "$LAB-router" neigh delete "$2" dev wan0
	cat "$LAB_DIR/ping"
	grep -q " $1 received" "$LAB_DIR/ping"
}

# dropped REASON: how many packets.
dropped()
{
	ctl drops | awk -v name="$1" '$0 ~ name { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) print $i }'
}

# The third of the answers is from s3 only if the first two were served too.
served()
{
	equal "$(get 3 | spread)" "s1 1 s2 1 s3 1"
}

not_served()
{
	lab_in client curl -q -sS --noproxy '*' -m 1 "http://$LAB_VIP/" > "$LAB_DIR/served"
	[ $? != 0 ]
}

# The port's filter has only MACs that are ours now.
not_looked_at()
{
	local before

	before=$(dropped drop_eth_not_ours)
	not_served && [ "$(dropped drop_eth_not_ours)" -gt "$before" ]
}

announced()
{
	equal "$(lines garp | cut -d ' ' -f 2- | sort | uniq -c | awk '{ $1 = $1; print }')" "$1"
}

# garps ROUNDS MAC: that many of each address, as RFC 9568 section 8.1.2 has them.
garps()
{
	lab_until 10 has_garps $((2 * $1))
	announced "$(for address in $LAB_VIP $SECOND_VIP; do
		echo "$1 garp $address $2 from=$2 to=ff:ff:ff:ff:ff:ff target=$2 op=1"
	done)"
}

has_garps()
{
	[ "$(lines garp | wc -l)" -ge "$1" ]
}

# The first advert, then gratuitous ARP.
advert_first()
{
	equal "$(lines "(advert|garp)" | grep -E "advert 10.1.0.11|garp" | head -n 2 |
		cut -d ' ' -f 2 | xargs)" "advert garp"
}

takes_over()
{
	hold && watch && release && "$@"
	local status=$?
	unwatch
	return $status
}

announces_well()
{
	advert_first && garps 3 "$1"
}

# An advert of lower priority: somebody believed himself Active, and hosts may have believed him.
teaches_anew()
{
	watch
	inject --priority 50
	garps 3 "$1"
	local status=$?
	unwatch
	return $status
}

# Its last advert has priority 0, there is one, and the VIP answers until then.
leaves()
{
	watch
	sees advert 10.1.0.11 && ends_well && equal "$(lines advert | tail -n 1 | cut -d ' ' -f 6)" 0 &&
		equal "$(lines advert "10.1.0.11 .* 51 0 100" | wc -l)" 1
	local status=$?
	unwatch
	return $status
}

# A Backup that ends says nothing.
ends_silently()
{
	hold && watch && ends_well && ! lines advert 10.1.0.11
	local status=$?
	unwatch
	kill $HOLDER
	return $status
}

# tap INTERFACE FILTER: how many such packets pass a bridge port while the command runs.
passes()
{
	local interface=$1 filter=$2
	shift 2
	capture "$LAB_DIR/passing" "$interface" "$filter"
	local tcpdump=$!
	"$@" > /dev/null
	kill -INT $tcpdump
	wait $tcpdump 2> /dev/null || :
	cat "$LAB_DIR/passing"
	PASSED=$(sed -n 's/^\([0-9]*\) packets\? captured/\1/p' "$LAB_DIR/passing")
}

to_groups()
{
	inject --priority 50 --ttl 255 --times 3 --every 10
	inject --priority 50 --ttl 64 --times 3 --every 10
	inject --priority 50 --dest 224.0.0.18 --dest-mac "$1" --times 3 --every 10
	echo_is 1 $LAB_VIP
}

# With transit = "route" others' packets are forwarded, but none to the group, whatever its frame says.
# What the director forwards comes from a port's own MAC.
never_forwards_groups()
{
	passes director-wan "ether src $PHYSICAL and dst net 224.0.0.0/4" to_groups "$1" &&
		equal "$PASSED" 0 &&
		passes director-lan "dst net 224.0.0.0/4" to_groups "$1" && equal "$PASSED" 0
}

# The way that is asked for leads back where the packet came from: a router would tell of a shorter one.
detour()
{
	ip -n "$LAB-router" route add 192.0.2.0/24 via $LAB_VIP dev wan0
	lab_in router ping -q -c 3 -i 0.1 -W 1 192.0.2.1
	ip -n "$LAB-router" route delete 192.0.2.0/24
}

no_redirects()
{
	passes director-wan "icmp and dst 192.0.2.1" detour && equal "$PASSED" 6 &&
		passes director-wan "icmp[icmptype] = 5" detour && equal "$PASSED" 0
}

# conf PRIORITY [KEYS]
conf()
{
	vrrp_conf "$1" "garp = { repeat = 3; delay_ms = 0; }; ${2:-}" "" "$(lab_service web tcp 80 rr 1 1 1)"
}

lab_web
LAB_TRANSIT=route
conf 150
start
PHYSICAL=$(lab_mac director wan0)
state_is active
watch
check "V1 to V5, V8: its adverts are right in every field" eval 'sees advert 10.1.0.11 &&
	adverts_are "10.1.0.11 $VIRTUAL 51 150 100 version=3 to=224.0.0.18 ttl=255 count=2 sum=rfc5798"'
unwatch
check "V54: an Active answers ARP with the virtual MAC" one_arp_answer $VIRTUAL $LAB_VIP
check "V54: for each address" one_arp_answer $VIRTUAL $SECOND_VIP
check "V54: for the port's own address with the port's" one_arp_answer "$PHYSICAL" 10.1.0.11
check "V57: with accept it answers echo" echo_is 3 $LAB_VIP
check "it serves" served
check "V60: it forwards nothing to a group, whatever the frame" never_forwards_groups $VIRTUAL
check "V61: it sends no redirects" no_redirects
check "V61: it answers ARP for nobody else" nobody_answers_arp 10.2.0.21

check "a higher one makes it Backup" hold
check "V53: a Backup answers no ARP" nobody_answers_arp $LAB_VIP
check "V53: no echo to the virtual MAC" echo_is 0 $LAB_VIP $VIRTUAL
check "V53: nor to the port's own" echo_is 0 $LAB_VIP "$PHYSICAL"
ip -n "$LAB-router" neigh replace $LAB_VIP lladdr $VIRTUAL dev wan0 nud permanent
check "V53: it serves nobody by the virtual MAC, and looks at no frame to it" not_looked_at
ip -n "$LAB-router" neigh replace $LAB_VIP lladdr "$PHYSICAL" dev wan0 nud permanent
check "V53: nor by the port's own" not_served
ip -n "$LAB-router" neigh delete $LAB_VIP dev wan0
check "V53: its own address answers" one_arp_answer "$PHYSICAL" 10.1.0.11
release
check "V55: on taking over it sends its advert, then gratuitous ARP in the RFC's form" \
	takes_over announces_well $VIRTUAL
check "V56: it announces again when a lower one has advertised" teaches_anew $VIRTUAL
check "V13: it leaves by one advert of priority 0" leaves

conf 150 'mac = "physical"; accept = false; checksum = "rfc9568";'
start
state_is active
watch
check "V8, V54: with the physical MAC and the checksum of RFC 9568 adverts say so" eval \
	'sees advert 10.1.0.11 &&
	adverts_are "10.1.0.11 $PHYSICAL 51 150 100 version=3 to=224.0.0.18 ttl=255 count=2 sum=rfc9568"'
unwatch
check "V54: ARP is answered with it" one_arp_answer "$PHYSICAL" $LAB_VIP
check "V57: without accept echo is not answered" echo_is 0 $LAB_VIP
check "V57: but services are served" served
check "V55: gratuitous ARP has it" takes_over announces_well "$PHYSICAL"
check "V56: the second time, too" teaches_anew "$PHYSICAL"
check "V13: a Backup that ends says nothing" ends_silently

# The addresses are the port's own, all in one subnet: nobody is asked.
conf 255
sed -i "s|\"10.1.0.11/24\"|&, \"$LAB_VIP/24\", \"$SECOND_VIP/24\"|" "$LAB_DIR/pollux.conf"
watch
check "V35: an owner is Active at once" eval 'start && state_is active &&
	equal "$(grep -c " after " "$LAB_DIR/polluxd.log")" 1'
check "V14: and advertises 255" eval 'sees advert 10.1.0.11 &&
	adverts_are "10.1.0.11 $VIRTUAL 51 255 100 version=3 to=224.0.0.18 ttl=255 count=2 sum=rfc5798"'
unwatch
check "it serves" served
finish
