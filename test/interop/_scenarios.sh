# shellcheck shell=bash disable=SC2154,SC2034 # names of _pair.sh, and for who runs these
# What Pollux and keepalived do together, one function for each scenario. Each begins with neither
# running, and succeeds when all it says is so. KNOWN is set when keepalived does not what the protocol
# says, as is known of its version; whatever Pollux has to do beside is still asked for.

SCENARIOS="priority leave silence heal equal nopreempt owner interval addresses checksum password reload many"

# The higher one is Active, the lower one is silent, and learns the interval.
scenario_priority()
{
	start_theirs 100 && start_ours 150 && roles active BACKUP && alone ours && ping_vip || return 1
	end_ours && end_theirs
	[ "$VERSION" != 3 ] || their_interval=300
	start_ours 100 && start_theirs 150 && roles backup MASTER && alone theirs && ping_vip &&
		counts | grep -qx "wan.interval_ms $their_interval.0"
}

# Who leaves is relieved after the skew of the other one.
scenario_leave()
{
	patiently leave_ours && patiently leave_theirs
}

leave_ours()
{
	reset
	start_theirs 100 && start_ours 150 && roles active BACKUP && watch &&
		lab_until 5 has_sent ours 2 && end_ours && theirs_are MASTER &&
		lab_until 5 has_sent theirs 1 && on_time theirs "$(skew 100)"
}

leave_theirs()
{
	reset
	start_ours 100 && start_theirs 150 && roles backup MASTER && watch &&
		lab_until 5 has_sent theirs 2 && end_theirs && ours_are active &&
		lab_until 5 has_sent ours 1 && on_time ours "$(skew 100)"
}

# Who falls silent is relieved after three intervals and the skew of the other one.
scenario_silence()
{
	patiently silence_ours && patiently silence_theirs
}

silence_ours()
{
	reset
	start_theirs 100 && start_ours 150 && roles active BACKUP && watch &&
		lab_until 5 has_sent ours 2 && mute director && theirs_are MASTER &&
		lab_until 5 has_sent theirs 1 && on_time theirs "$(down 100)" && ping_vip
}

silence_theirs()
{
	reset
	start_ours 100 && start_theirs 150 && roles backup MASTER && watch &&
		lab_until 5 has_sent theirs 2 && mute second && ours_are active &&
		lab_until 5 has_sent ours 1 && on_time ours "$(down 100)" && ping_vip
}

# Both were Active, cut off from each other; when they hear each other again, the better one alone is,
# and the network, which had only the other one, goes to it.
scenario_heal()
{
	start_theirs 100 && start_ours 150 && roles active BACKUP && split ours && heal ours || return 1
	reset && start_ours 100 && start_theirs 150 && roles backup MASTER && split theirs && heal theirs
}

host_of()
{
	[ "$1" = ours ] && echo director || echo second
}

# split WHO: that one is cut off from the network, and the other one has taken over.
split()
{
	mute "$(host_of "$1")"
	roles active MASTER && ping_vip
}

# heal WINNER
heal()
{
	local ours=active theirs=BACKUP

	[ "$1" = ours ] || ours=backup theirs=MASTER
	watch
	plug "$(host_of "$1")"
	roles $ours $theirs && lab_until 10 has_sent "$1" 4 && both_for_an_interval "$1" &&
		lab_until $PATIENCE ping_vip && leads_to "$(host_of "$1")"
}

# both_for_an_interval WINNER: the other one sent its last advert at most an interval, and what this
# machine costs, after the winner's first.
both_for_an_interval()
{
	adverts | awk -v winner="$1" -v most=$((INTERVAL + 2 * THEIR_LATE_MS)) '
		$2 == winner && !first { first = $1 } $2 != winner { last = $1 }
		END { ms = first && last > first ? (last - first) * 1000 : 0
			print "both for", ms, "ms"; exit ms > most }'
}

# leads_to HOST: the virtual MAC is at the host's port of the bridge. With a physical one the last
# gratuitous ARP is the host's; there is none if the other one gave way before it was heard, and then
# hosts find out by themselves.
leads_to()
{
	local last mac
	mac=$(lab_mac "$1" wan0)

	if [ "$MAC" = virtual ]; then
		lab_until 5 at_port "$1" || { ip netns exec "$LAB-net" bridge fdb show br wan; return 1; }
	else
		last=$(awk -v vip="$VIP" '($2 == "garp" || $2 == "na") && $3 == vip { mac = $4 }
			END { print mac }' "$LAB_DIR/seen")
		equal "${last:-$mac}" "$mac"
	fi
}

at_port()
{
	ip netns exec "$LAB-net" bridge fdb show br wan | grep -q "^$VIRTUAL dev $1-wan "
}

# Of two with equal priority the one with the higher address is Active, whichever side that is.
scenario_equal()
{
	start_theirs 100 && start_ours 100 && roles backup MASTER && split theirs && heal theirs || return 1
	reset
	lower
	start_theirs 100 && start_ours 100 && theirs_are MASTER && split ours && heal ours
	local status=$?
	reset
	combination "$VERSION" "$FAMILY" "$WAY" "$MAC"
	return $status
}

# Theirs have a lower address than ours.
lower()
{
	case $FAMILY-$WAY in
	4-*) their_source=10.1.0.10 ;;
	6-multicast) their_source=fe80::10 ;;
	6-unicast) their_source=fd01::10 ;;
	esac
	if [ "$FAMILY" = 4 ]; then
		lab_keepalived_at second 10.1.0.10/24
	else
		lab_keepalived_at second fe80::10/64 fd01::10/64
	fi
}

# A higher one that does not preempt waits.
scenario_nopreempt()
{
	our_keys="preempt = false;"
	start_theirs 100 && theirs_are MASTER && start_ours 150 && ours_are backup && alone theirs ||
		return 1
	reset
	their_lines=(nopreempt)
	start_ours 100 && ours_are active && start_theirs 150 && theirs_are BACKUP && alone ours
}

# An owner is Active at once. Of two owners, when they meet, one yields, and says so: ours if its address
# is lower, but keepalived may have lowered its priority before.
scenario_owner()
{
	if [ "$WAY" = unicast ]; then
		NONE=1 # adverts could go to an address that is the other one's: ours refuses that
		return 0
	fi
	own
	start_theirs 100 && theirs_are MASTER && start_ours 255 && roles active BACKUP && alone ours ||
		return 1
	reset
	start_ours 100 && ours_are active && start_theirs 255 && roles backup MASTER && alone theirs ||
		return 1
	reset
	own
	start_ours 255 && ours_are active && start_theirs 255 && split ours &&
		plug director && lab_until $PATIENCE one_owner || { look; return 1; }
	if is_state active; then
		alone ours && grep "configured as address owner" "$LAB_DIR/second.keepalived.log"
	else
		alone theirs && says "says too that it owns the addresses"
	fi
}

one_owner()
{
	if is_state active; then
		lab_keepalived_is second BACKUP
	else
		lab_keepalived_is second MASTER
	fi
}

# The port has the addresses itself.
own()
{
	our_port="$OUR_PORT, $(quoted "$our_addresses")"
}

# Another interval: in version 3 it is learned and told, in version 2 nobody believes the other one.
scenario_interval()
{
	if [ "$VERSION" = 3 ]; then
		their_interval=200
		start_ours 100 && start_theirs 150 && roles backup MASTER && alone theirs &&
			says "advertises other intervals" || return 1
	else
		their_interval=2000
		start_ours 100 && start_theirs 150 && theirs_are MASTER && ours_are active &&
			says "interval is 2 s, ours is 1 s"
	fi
}

# Another list of addresses: ours tells and stays Backup; 2.2.7 hears nobody and goes Active.
scenario_addresses()
{
	their_addresses="$ADDRESSES $EXTRA"
	start_ours 100 && start_theirs 150 && theirs_are MASTER && alone theirs && ours_are backup &&
		says "advertises other addresses" || return 1
	reset
	their_addresses="$ADDRESSES $EXTRA"
	start_theirs 100 && start_ours 150 && ours_are active || return 1
	patient_backup || KNOWN="keepalived goes Active beside a list of addresses that differs"
	ours_are active
}

# patient_backup: theirs stay Backup for as long as a silence lasts, and longer.
patient_backup()
{
	watch
	lab_until $PATIENCE has_sent ours 8
	lab_keepalived_is second BACKUP
}

# The checksum of RFC 9568 has a meaning of its own in version 3 over IPv4 alone.
scenario_checksum()
{
	if [ "$VERSION-$FAMILY" != 3-4 ]; then
		NONE=1
		return 0
	fi
	our_keys='checksum = "rfc5798";'
	start_theirs 100 && start_ours 150 && roles active BACKUP && patient_backup || return 1
	reset
	our_keys='checksum = "rfc9568";'
	start_theirs 100 && start_ours 150 && ours_are active || return 1
	patient_backup || KNOWN="keepalived drops the checksum of RFC 9568"
	ours_are active
}

# Version 2 has a password: with the same one they are a pair, with another one neither believes the other.
scenario_password()
{
	if [ "$VERSION" != 2 ]; then
		NONE=1
		return 0
	fi
	with_passwords s3cret12
	start_theirs 100 && start_ours 150 && roles active BACKUP && alone ours || return 1
	end_ours && theirs_are MASTER && start_ours 50 && ours_are backup && alone theirs || return 1
	reset
	with_passwords s3cret13
	start_ours 100 && start_theirs 150 && theirs_are MASTER && ours_are active &&
		says "wan.*authentication\|wan.*password"
}

# with_passwords THEIRS
with_passwords()
{
	our_keys='auth_pass = "s3cret12";'
	their_lines=("authentication {" "auth_type PASS" "auth_pass $1" "}")
}

# Reloads make no gap.
scenario_reload()
{
	patiently reload_ours && reload_theirs
}

short_intervals()
{
	reset
	[ "$VERSION" = 2 ] || our_interval=10 their_interval=10
}

reload_ours()
{
	local i

	short_intervals
	start_theirs 100 && start_ours 150 && roles active BACKUP && watch || return 1
	for i in {1..20}; do
		kill -HUP "$LAB_POLLUXD" && lab_until 5 reloaded "$i" || return 1
	done
	lab_until $PATIENCE has_sent ours 3 && equal "$(sent_by theirs) of theirs" "0 of theirs"
}

reloaded()
{
	[ "$(grep -c "reload: revision" "$LAB_DIR/polluxd.log")" -ge "$1" ]
}

reload_theirs()
{
	local i

	short_intervals
	start_ours 100 && start_theirs 150 && roles backup MASTER && watch || return 1
	for i in {1..20}; do
		lab_keepalived_reload second
		lab_until 5 they_reloaded "$i" || return 1
	done
	lab_until $PATIENCE has_sent theirs 3 && ours_are backup || return 1
	[ "$(sent_by ours)" = 0 ] || KNOWN="keepalived makes gaps when it reloads"
}

they_reloaded()
{
	[ "$(grep -c "Configuration file" "$LAB_DIR/second.keepalived.log")" -gt "$1" ]
}

# Eight virtual routers on one link, half of them theirs; then one with as many addresses as an advert
# can list.
scenario_many()
{
	many_routers && reset && many_addresses
}

# address_of NUMBER: a VIP of the family.
address_of()
{
	if [ "$FAMILY" = 4 ]; then
		echo "10.1.0.$((100 + $1))/24"
	else
		echo "fe80::5e:$1/64 fd01::$((100 + $1))/64"
	fi
}

many_routers()
{
	local i instances= separator=

	for i in {1..8}; do
		our_addresses=$(address_of "$i")
		instances+="$separator$(our_instance "r$i" $((50 + i)) $((i % 2 ? 150 : 100)))"
		separator=", "
	done
	our_conf "$instances"
	for i in {1..8}; do
		their_addresses=$(address_of "$i")
		their_instance $((50 + i)) $((i % 2 ? 100 : 150))
	done | lab_keepalived_write second
	start && lab_keepalived_start second && lab_until $PATIENCE shared_well ||
		{ counts; cat "$LAB_DIR/second.keepalived.log"; return 1; }
}

shared_well()
{
	local i

	for i in 1 3 5 7; do
		counts | grep -qx "r$i.state active" && lab_keepalived_is second BACKUP $((50 + i)) ||
			return 1
	done
	for i in 2 4 6 8; do
		counts | grep -qx "r$i.state backup" && lab_keepalived_is second MASTER $((50 + i)) ||
			return 1
	done
}

# IPv6 fills a frame with 90 addresses; more would have to be fragments. keepalived needs seconds to
# give its host so many, which it answers each advert of a lower priority with, too: so not at 100 ms.
many_addresses()
{
	local list

	our_interval=1000 their_interval=1000
	their_lines=("garp_master_repeat 1" "garp_lower_prio_repeat 1")

	if [ "$FAMILY" = 4 ]; then
		list=$(for i in {1..255}; do echo "10.1.$((1 + i / 200)).$((1 + i % 200))/24"; done | xargs)
	else
		list="fe80::5e:100/64 $(for i in {1..88}; do echo "fd01::1:$i/64"; done | xargs)"
	fi
	our_addresses=$list their_addresses=$list
	start_theirs 100 && start_ours 150 && roles active BACKUP && alone ours 3 || return 1
	end_ours && theirs_are MASTER && start_ours 50 && ours_are backup && alone theirs 3
}
