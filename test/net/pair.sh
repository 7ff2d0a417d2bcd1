#!/bin/bash
# Two directors, one VIP and one gateway of the servers: one director is Active, and traffic by each
# method goes on when it is killed, when it ends, and when the two have not heard each other for a while.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_pair.sh"

# Of the servers, for NAT.
GATEWAY=10.2.0.100

# Services by each method, on these ports; servers listen on 80 and 8080.
DR=80
TUN=8080
NAT=81

# One answer to each of three requests, and the virtual MAC in it, on both sides.
one_answers()
{
	local asking

	arp s1 lan0 $GATEWAY > "$LAB_DIR/gateway" &
	asking=$!
	equal "$(arp router wan0 $LAB_VIP)" "3 00:00:5e:00:01:33" && wait $asking &&
		equal "$(cat "$LAB_DIR/gateway")" "3 00:00:5e:00:01:34"
}

served()
{
	local port

	for port in $DR $TUN $NAT; do
		equal "$(get 6 $port | spread)" "s1 2 s2 2 s3 2" || return 1
	done
}

start_first()
{
	start && roles "$active" "$backup"
}

reason()
{
	lab_until 10 grep -q "vrrp \"wan\": $1" "$LAB_DIR/$2.log"
}

ping_vip()
{
	lab_in client ping -c 1 -W 1 $LAB_VIP
}

heal()
{
	plug_second "master wan" "master lan" && roles "$active" "$backup"
}

# plug_second WAN LAN: how the second director's links are plugged into the bridges.
plug_second()
{
	# shellcheck disable=SC2086 # words of the command
	ip -n "$LAB-net" link set second-wan $1 && ip -n "$LAB-net" link set second-lan $2
}

unplug()
{
	ip -n "$LAB-net" link set director-wan down && roles "fault active" "active backup"
}

lab_pair
lab_web
lab_pair_servers $GATEWAY
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP), $(lab_vrrp lan 52 $GATEWAY)" \
	"$(lab_service dr tcp $DR rr 1 1 1)" "$(by tun lab_service tun tcp $TUN rr 1 1 1)" \
	"$(by nat lab_service nat tcp $NAT rr 1 1 1 | sed "s/port = $NAT; w/port = $DR; w/")"

check "a director alone becomes Active" eval 'start && lab_until 20 is polluxd "$active"'
check "the other one stays Backup" eval 'lab_start_second "$POLLUXD" && roles "$active" "$backup"'
check "the Active alone answers ARP, with the virtual MAC" one_answers
check "it serves by DR, TUN and NAT" served
check "the VIP answers echo" ping_vip

check "after kill -9 of the Active all requests are answered, by DR, TUN and NAT" \
	traffic_over "$DR $TUN $NAT" killed
check "the other one took over because of the silence" reason "active after backup: 10.1.0.11 has been silent" second
check "it alone answers ARP" one_answers
check "the higher one takes the VIP back" start_first
check "and alone answers ARP" one_answers

check "after SIGTERM all requests are answered, by DR, TUN and NAT" \
	traffic_over "$DR $TUN $NAT" ends_well
check "the other one took over because the first has left" reason "active after backup: 10.1.0.11 has left" second
check "it alone answers ARP" one_answers
check "the higher one takes the VIP back" start_first

plug_second nomaster nomaster
check "cut off from each other both are Active" roles "$active" "$active"
check "the network sees one answer" one_answers
check "when they hear each other again the higher one stays, and no request is lost" \
	traffic_over "$DR $TUN $NAT" heal
check "and alone answers ARP" one_answers

# Answers by NAT would still go to the first one, which has the gateway.
check "without its cable the Active gives up, and all requests by DR and TUN are answered" \
	traffic_over "$DR $TUN" unplug
check "the other one answers ARP for the VIP, the first one for the gateway" one_answers
ip -n "$LAB-net" link set director-wan up
check "with its cable back it takes the VIP back" roles "$active" "$backup"
check "and alone answers ARP" one_answers
check "it serves by DR, TUN and NAT again" served

# reload N: the first director reads its file again, for the Nth time.
reload()
{
	kill -HUP "$LAB_POLLUXD" && lab_until 20 reloaded "$1"
}

reloaded()
{
	[ "$(grep -c "reload: revision" "$LAB_DIR/polluxd.log")" = "$1" ]
}

transitions()
{
	grep -c ' after ' "$LAB_DIR/polluxd.log" "$LAB_DIR/second.log"
}

reload_keeps()
{
	local before

	before=$(transitions)
	reload 1 && one_answers && equal "$(transitions)" "$before"
}

reload_lowers()
{
	sed -i 's/priority = 150/priority = 50/g' "$LAB_DIR/pollux.conf"
	reload 2 && roles "$backup" "$active"
}

check "a reload without a change is no transition" reload_keeps
check "a reload with a lower priority gives all to the other one" reload_lowers
check "which alone answers ARP" one_answers

end_second()
{
	lab_stop_second TERM || { cat "$LAB_DIR/second.log"; return 1; }
	! grep -A 30 -E 'Sanitizer|runtime error:' "$LAB_DIR/second.log"
}
check "the second director ends well" end_second
finish
