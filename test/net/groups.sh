#!/bin/bash
# Two directors whose instances wan and lan are a group, as NAT needs it: whatever happens to one of
# them, the VIP and the servers' gateway move together. What is tracked, and what people want, moves them.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_pair.sh"

# Of the servers.
GATEWAY=10.2.0.100

fault="fault fault"
standby="standby standby"

# A third instance that joins the group.
MORE='{ name = "more"; port = "lan"; vrid = 53; interval_ms = 100; addresses = [ "10.2.0.101/24" ]; }'

served()
{
	equal "$(get 6 81 | spread)" "s1 2 s2 2 s3 2"
}

# moved FIRST SECOND COMMAND...: the command brings the directors there while 100 requests a second come
# in, and all are answered.
moved()
{
	local first=$1 second=$2

	shift 2
	traffic_over 81 moves "$first" "$second" "$@"
}

moves()
{
	"${@:3}" && roles "$1" "$2"
}

cable()
{
	ip -n "$LAB-net" link set director-lan "$1"
}

# says 0|1: the file that the first director tracks.
says()
{
	echo "$1" > "$LAB_DIR/serve"
}

# drain [--cancel]: with the first director.
drain()
{
	local host

	for host in $LAB_SERVERS; do
		ctl server drain nat "$(lab_address "$host"):80" "$@" || return 1
	done
}

# term KIND: its line in what the first director shows.
term()
{
	ctl vrrp show wan | awk -v kind="$1" '$1 == kind' | xargs
}

group_state()
{
	grep -c "vrrp group \"pair\": $1 after" "$LAB_DIR/$2.log"
}

joined()
{
	local before

	before=$(members)
	sed -i "s|) *; groups = |, $MORE&|; s/\"lan\" \]/\"lan\", \"more\" ]/" "$LAB_DIR/second.conf" "$LAB_DIR/pollux.conf"
	kill -HUP "$LAB_SECOND" && lab_until 20 grep -q 'vrrp "more": backup' "$LAB_DIR/second.log" &&
		kill -HUP "$LAB_POLLUXD" && lab_until 20 grep -q 'vrrp "more": active' "$LAB_DIR/polluxd.log" &&
		equal "$(arp s1 lan0 10.2.0.101)" "3 00:00:5e:00:01:35" && equal "$(members)" "$before"
}

# Transitions of the two that were there before.
members()
{
	cat "$LAB_DIR/polluxd.log" "$LAB_DIR/second.log" | grep -cE 'vrrp "(wan|lan)": .* after'
}

# What was set holds after a reload.
keeps()
{
	ctl vrrp set lan priority 151 && kill -HUP "$LAB_POLLUXD" &&
		lab_until 20 grep -q 'reload: revision' "$LAB_DIR/polluxd.log" &&
		equal "$(ctl vrrp list | awk '$1 == "lan" { print $4, $5, $7 }')" "151 active pair"
}

start_first()
{
	start && roles "$active" "$backup"
}

stands_by()
{
	ctl vrrp set pair standby "$1"
}

lab_pair
lab_web
lab_pair_servers $GATEWAY
says 1
lab_conf_pair "$(lab_vrrp wan 51 $LAB_VIP "track = ( { file = \"$LAB_DIR/serve\"; weight = -60; },
	{ service = \"nat\"; weight = -60; } );"), $(lab_vrrp lan 52 $GATEWAY) ); groups = ( { name = \"pair\"; members = [ \"wan\", \"lan\" ]; }" \
	"$(by nat lab_service nat tcp 81 rr 1 1 1 | sed 's/port = 81; w/port = 80; w/')"
# The second tracks another file, which stays.
echo 1 > "$LAB_DIR/serve2"
sed -i "s,$LAB_DIR/serve,&2," "$LAB_DIR/second.conf"

check "a group alone becomes Active" eval 'start && lab_until 20 is polluxd "$active"'
check "the other one stays Backup" eval 'lab_start_second "$POLLUXD" && roles "$active" "$backup"'
check "it serves by NAT" served
check "without the cable of one port both instances move, and all requests are answered" \
	moved "$fault" "$active" cable down
check "the group did so as one" equal "$(group_state fault polluxd)" 1
check "the other one serves by NAT" served
check "with the cable back both come back, and all requests are answered" \
	moved "$active" "$backup" cable up
check "after kill -9 all requests are answered" traffic_over 81 killed
check "the other one has both" lab_until 20 is second "$active"
check "the higher one takes both back" start_first

check "a file that says 0 lowers the priority below the other's: both move" \
	moved "$backup" "$active" says 0
check "vrrp show tells why" equal "$(term file)" "file -60 down -60 $LAB_DIR/serve"
check "when it says 1 both come back" moved "$active" "$backup" says 1
check "a service whose servers all drain lowers the priority: both move" \
	moves "$backup" "$active" drain
check "vrrp show tells why" equal "$(term service)" "service -60 down -60 nat"
check "when they are back both instances come back" moves "$active" "$backup" drain --cancel
check "standby gives both to the other one, and no request is lost" \
	moved "$standby" "$active" stands_by on
check "the other one serves by NAT" served
check "when it is over both come back, and no request is lost" \
	moved "$active" "$backup" stands_by off
check "a priority that is set moves both" moves "$backup" "$active" ctl vrrp set pair priority 50
check "until it is taken back" moves "$active" "$backup" ctl vrrp set pair priority default
check "a priority that is set outlives a reload" keeps
check "a member that joins takes the state of its group, which does not stir" joined
check "it serves by NAT" served

check "the second director ends well" lab_stop_second TERM
finish
