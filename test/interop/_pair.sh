# shellcheck shell=bash disable=SC2034 # names are for those who source this
# A pair of Pollux ("ours", in the lab's host director) and keepalived ("theirs", in the host second),
# for one combination of version, family, way and MAC; sourced after test/net/_init.sh.
#
# A scenario sets what differs from the usual, starts one or both with a priority each, and looks at
# what the link has seen.
. "$ROOT/scripts/lab-keepalived"
. "$ROOT/test/net/_vrrp.sh"

OUR_ADDRESS=10.1.0.11
THEIR_ADDRESS=10.1.0.12
LATE_MS=5        # ours may be so late, as a shared machine is
THEIR_LATE_MS=25 # theirs
PATIENCE=20      # seconds for a state to come

# combination VERSION FAMILY WAY MAC: what follows is of this one.
combination()
{
	VERSION=$1 FAMILY=$2 WAY=$3 MAC=$4
	INTERVAL=100
	[ "$VERSION" = 3 ] || INTERVAL=1000
	if [ "$FAMILY" = 4 ]; then
		ADDRESSES="10.1.0.100/24 10.1.0.101/24"
		EXTRA=10.1.0.102/24
		OUR_SOURCE=$OUR_ADDRESS THEIR_SOURCE=$THEIR_ADDRESS
		VIRTUAL=00:00:5e:00:01:33
		VIP=10.1.0.100
		OUR_PORT="\"$OUR_ADDRESS/24\""
		SECOND_SET="$THEIR_ADDRESS/24"
		ROUTER_SET=
	else
		ADDRESSES="fe80::5e:100/64 fd01::100/64"
		EXTRA=fd01::102/64
		OUR_SOURCE=fd01::11 THEIR_SOURCE=fe80::12
		VIRTUAL=00:00:5e:00:02:33
		VIP=fd01::100
		OUR_PORT="\"$OUR_ADDRESS/24\", \"fe80::11/64\", \"fd01::11/64\""
		SECOND_SET="fe80::12/64 fd01::12/64"
		ROUTER_SET="10.1.0.1/24 fe80::1/64 fd01::1/64"
	fi
	[ "$FAMILY-$WAY" != 6-unicast ] || THEIR_SOURCE=fd01::12
	usual
	# shellcheck disable=SC2086 # lists
	{
		lab_keepalived_at second $SECOND_SET
		[ -z "$ROUTER_SET" ] || lab_keepalived_at router $ROUTER_SET
	}
}

# Back to what a scenario begins with.
usual()
{
	our_interval=$INTERVAL their_interval=$INTERVAL
	our_addresses=$ADDRESSES their_addresses=$ADDRESSES
	our_source=$OUR_SOURCE their_source=$THEIR_SOURCE
	our_keys= our_port=$OUR_PORT
	our_refresh=0
	# Theirs give way without a word after a split, so ours does not know that hosts have learnt theirs.
	[ "$MAC" = virtual ] || our_refresh=5000
	their_lines=()
}

# quoted LIST: as a list of the configuration.
quoted()
{
	# shellcheck disable=SC2086 # a list
	printf '"%s", ' $1 | sed 's/, $//'
}

# our_instance NAME VRID PRIORITY
our_instance()
{
	echo "{ name = \"$1\"; port = \"wan\"; vrid = $2; version = $VERSION; priority = $3;"
	echo "  interval_ms = $our_interval; mac = \"$MAC\"; addresses = [ $(quoted "$our_addresses") ];"
	[ "$WAY" = multicast ] ||
		echo "  unicast = { source = \"$our_source\"; peers = [ \"$their_source\" ]; };"
	echo "  garp = { repeat = 3; delay_ms = 0; refresh_ms = $our_refresh; }; $our_keys }"
}

our_conf()
{
	lab_write pollux 11 "vrrp: { instances = ( $1 ); };" ""
	sed -i "s|\"$OUR_ADDRESS/24\"|$our_port|" "$LAB_DIR/pollux.conf"
}

# start_ours PRIORITY
start_ours()
{
	our_conf "$(our_instance wan 51 "$1")"
	start
}

# their_instance VRID PRIORITY
their_instance()
{
	local lines=("${their_lines[@]}")

	[ "$MAC" = physical ] || lines+=(use_vmac)
	[ "$WAY" = multicast ] ||
		lines+=("unicast_src_ip $their_source" "unicast_peer {" "$our_source" "}")
	lab_keepalived_instance "$VERSION" "$1" "$2" "$their_interval" "$their_addresses" "${lines[@]}"
}

# start_theirs PRIORITY
start_theirs()
{
	their_instance 51 "$1" | lab_keepalived_write second
	lab_keepalived_start second
}

end_ours()
{
	[ -z "$LAB_POLLUXD" ] || ends_well
}

end_theirs()
{
	lab_keepalived_end second TERM || :
}

# Whatever a scenario left: both end, both are plugged in.
reset()
{
	local ended=0

	plug director
	plug second
	end_ours || ended=1
	end_theirs
	unwatch
	usual
	return $ended
}

plug()
{
	ip -n "$LAB-net" link set "$1-wan" master wan
}

# mute HOST: what it sends is lost, and it hears nothing; its link stays up.
mute()
{
	ip -n "$LAB-net" link set "$1-wan" nomaster
}

ours_are()
{
	lab_until $PATIENCE is_state "$1" || { echo "ours: not $1"; counts; look; return 1; }
}

theirs_are()
{
	lab_until $PATIENCE lab_keepalived_is second "$1" ||
		{ echo "theirs: not $1"; look; return 1; }
}

# look: what there is to see when something is wrong.
look()
{
	tail -n 10 "$LAB_DIR/polluxd.log" "$LAB_DIR/second.keepalived.log"
	grep advert "$LAB_DIR/seen" | cut -d ' ' -f 2- | sort | uniq -c
}

# roles OURS THEIRS
roles()
{
	ours_are "$1" && theirs_are "$2"
}

# adverts: what the file "seen" has, as "TIME ours|theirs PRIORITY INTERVAL".
adverts()
{
	awk -v theirs="$their_source" '$2 == "advert" {
		print $1, ($3 == theirs ? "theirs" : "ours"), $6, $7 }' "$LAB_DIR/seen"
}

sent_by()
{
	adverts | grep -c " $1 " || :
}

has_sent()
{
	[ "$(sent_by "$1")" -ge "$2" ]
}

# alone WHO [ADVERTS]: for the next adverts of one side the other one sends none.
alone()
{
	local other=theirs
	[ "$1" = ours ] || other=ours
	watch
	lab_until $PATIENCE has_sent "$1" "${2:-8}"
	unwatch
	equal "$1 $(sent_by $other) of the other" "$1 0 of the other" ||
		{ look; return 1; }
}

# silence_before WHO: ms from the last advert of the other side to the first of this one.
silence_before()
{
	adverts | awk -v who="$1" '$2 != who { last = $1; first = 0; next }
		last && !first { first = $1; ms = (first - last) * 1000 } END { printf "%.1f", ms }'
}

# on_time WHO MS: that silence was as long as the protocol says.
on_time()
{
	local ms late=$LATE_MS

	[ "$1" = ours ] || late=$THEIR_LATE_MS
	ms=$(silence_before "$1")
	echo "$1 took over after $ms ms, expected $2"
	awk -v ms="$ms" -v want="$2" -v late=$late 'BEGIN { exit !(ms > want - 5 && ms < want + late) }'
}

# skew PRIORITY, down PRIORITY: of the protocol, in ms.
skew()
{
	local of=$INTERVAL
	[ "$VERSION" = 3 ] || of=1000
	echo $(((256 - $1) * of / 256))
}

down()
{
	echo $((3 * INTERVAL + $(skew "$1")))
}

ping_vip()
{
	lab_in router ping -q -c 2 -i 0.1 -W 1 "$VIP"
}

says()
{
	lab_until 5 grep -q "$1" "$LAB_DIR/polluxd.log" || { cat "$LAB_DIR/polluxd.log"; return 1; }
}
