#!/bin/bash
# Two directors and one VIP: one of them is Active, and traffic goes on when it is killed, when it
# ends, and when the two have not heard each other for a while.
. "$(dirname "$0")/_init.sh"

virtual=00:00:5e:00:01:33

# state LOG: what a director says last of its instance.
state()
{
	sed -n 's/.*vrrp "wan": \([a-z]*\) after .*/\1/p' "$LAB_DIR/$1.log" | tail -n 1
}

is()
{
	[ "$(state "$1")" = "$2" ]
}

# roles FIRST SECOND: wait until the two directors say that.
roles()
{
	lab_until 20 is polluxd "$1" && lab_until 20 is second "$2" ||
		equal "$(state polluxd) $(state second)" "$1 $2"
}

# One answer to each of three requests, and the virtual MAC in it.
one_answers()
{
	equal "$(lab_in router arping -b -c 3 -w 3 -I wan0 $LAB_VIP |
		sed -n 's/.* reply from .*\[\(.*\)\].*/\L\1/p' | sort | uniq -c | xargs)" "3 $virtual"
}

served()
{
	equal "$(get 6 | spread)" "s1 2 s2 2 s3 2"
}

# The first director leaves, as the argument says, while 100 requests a second come in: all are
# answered, some at the second try.
traffic_over()
{
	lab_in client "$ROOT/scripts/lab-requests" "http://$LAB_VIP/" 300 100 > "$LAB_DIR/answers" &
	local requests=$!

	lab_until 10 grows 100 && "$@" && wait $requests &&
		equal "$(sed -n 's/^failed //p' "$LAB_DIR/answers")" 0
}

packets()
{
	lab_in client cat /sys/class/net/out0/statistics/rx_packets
}

# grows N: since the last check ended so many packets have come to the client.
grows()
{
	[ "$(packets)" -gt $((before + $1)) ]
}

start_first()
{
	start && roles active backup
}

killed()
{
	lab_stop KILL
	[ $? = 137 ]
}

reason()
{
	lab_until 10 grep -q "vrrp \"wan\": $1" "$LAB_DIR/$2.log"
}

ping_vip()
{
	lab_in client ping -c 1 -W 1 $LAB_VIP
}

lab_pair
lab_web
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP)" "$(lab_service web tcp 80 rr 1 1 1)"

check "a director alone becomes Active" eval "start && lab_until 20 is polluxd active"
check "the other one stays Backup" eval 'lab_start_second "$POLLUXD" && roles active backup'
check "the Active alone answers ARP, with the virtual MAC" one_answers
check "it serves" served
check "the VIP answers echo" ping_vip

before=$(packets)
check "after kill -9 of the Active all requests are answered" traffic_over killed
check "the other one took over because of the silence" reason "active after backup: 10.1.0.11 has been silent" second
check "it alone answers ARP" one_answers
check "the higher one takes the VIP back" start_first
check "and alone answers ARP" one_answers

before=$(packets)
check "after SIGTERM all requests are answered" traffic_over ends_well
check "the other one took over because the first has left" reason "active after backup: 10.1.0.11 has left" second
check "the higher one takes the VIP back" start_first

ip -n "$LAB-net" link set second-wan nomaster
check "cut off from each other both are Active" roles active active
check "the network sees one answer" one_answers
before=$(packets)
heal()
{
	ip -n "$LAB-net" link set second-wan master wan && roles active backup
}
check "when they hear each other again the higher one stays, and no request is lost" traffic_over heal
check "and alone answers ARP" one_answers

unplug()
{
	ip -n "$LAB-net" link set director-wan down && roles fault active
}
before=$(packets)
check "without its cable the Active gives up, and all requests are answered" traffic_over unplug
ip -n "$LAB-net" link set director-wan up
check "with its cable back it takes the VIP back" roles active backup
check "and alone answers ARP" one_answers

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
	sed -i 's/priority = 150/priority = 50/' "$LAB_DIR/pollux.conf"
	reload 2 && roles backup active
}

check "a reload without a change is no transition" reload_keeps
check "a reload with a lower priority gives the VIP to the other one" reload_lowers
check "which alone answers ARP" one_answers

end_second()
{
	lab_stop_second TERM || { cat "$LAB_DIR/second.log"; return 1; }
	! grep -A 30 -E 'Sanitizer|runtime error:' "$LAB_DIR/second.log"
}
check "the second director ends well" end_second
finish
