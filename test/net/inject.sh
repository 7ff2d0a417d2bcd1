#!/bin/bash
# shellcheck disable=SC2034 # bits, KNOBS and others are for what is sourced
# Adverts that are wrong in one thing, byte by byte, against a running director: each that has to be
# refused moves the counter of its reason and nothing else, each that is merely unusual is taken.
. "$(dirname "$0")/_init.sh"
. "$HERE/_vrrp.sh"
. "$HERE/_inject.sh"

VIRTUAL=00:00:5e:00:01:33

shows_a_rival()
{
	inject --priority 50 --times 4 --every 20 && ctl vrrp show wan | tee "$LAB_DIR/shown" &&
		grep -qx "two are Active: 10.1.0.12 is too" "$LAB_DIR/shown" &&
		grep -qE "^router 10.1.0.12, priority 50, interval 100 ms, heard 00:00 ago, rfc5798 [0-9]+" \
			"$LAB_DIR/shown" && logged "two are Active: 10.1.0.12 goes on with priority 50"
}

shows_no_rival()
{
	! ctl vrrp show wan | grep "two are Active\|waits"
}

vrrp_conf 150
start
check "a director alone becomes Active" state_is active

refused "V15: TTL 254" ttl --ttl 254
refused "V15: TTL 1" ttl --ttl 1
refused "V17: version 4" version --version 4
refused "V17: version 0" version --version 0
refused "V17: version 2 where ours is 3" other_version --version 2 --interval 1
refused "V18: type 0" type --type 0
refused "V18: type 2" type --type 2
refused "V18: type 15" type --type 15
refused "V19: 7 bytes" length --cut 7
refused "V19: without its addresses" length --cut 8
refused "V19: half an address short" length --cut 14
refused "V19: it counts one address more than it has" length --count 3
refused "V19: it counts 255 addresses" length --count 255
nobodys "V19: one byte" length --cut 1
nobodys "V19: nothing behind the IP header" length --cut 0
taken "V20: padding of the frame" --pad 10
taken "V20: much padding" --pad 600
refused "V21: a wrong checksum" checksum --sum wrong
refused "V21: no checksum" checksum --sum zero
refused "V21: padding instead of addresses" length --cut 8 --pad 8
bits=128
check "V21: any one bit turned, with the pseudo-header: none is taken" every_bit
check "V21: any one bit turned, without: none is taken" every_bit --sum rfc9568
taken "V22: checksum with the pseudo-header" --sum rfc5798
taken "V22: checksum without it" --sum rfc9568
nobodys "V23: VRID 52" other_vrid --vrid 52
nobodys "V23: VRID 0" other_vrid --vrid 0
refused "V24: no address" count --addresses ""
refused "V24: count 0 before two addresses" count --count 0
refused "V26: interval 0" interval --interval 0
refused "V26: interval 0 below reserved bits" interval --interval 0 --reserved 15
check "V27: nothing was said of intervals before" not_logged "advertises other intervals"
taken "V27: another interval" --interval 50
check "V27: and it was said" logged "10.1.0.12 advertises other intervals"
taken "V27: the longest interval" --interval 4095
check "V27: once" equal "$(grep -c "advertises other intervals" "$LAB_DIR/polluxd.log")" 1
refused "V17: version 2 with a password" \
	other_version --version 2 --interval 1 --auth-type 1 --auth-data s3cret12
taken "V29: the addresses in another order" --source 10.1.0.13 --addresses 10.1.0.101,10.1.0.100
check "V29: which is nothing to tell" not_logged "10.1.0.13 advertises"
taken "V29: other addresses" --source 10.1.0.14 --addresses 10.1.0.100,10.1.0.102
check "V29: and it was said" logged "10.1.0.14 advertises other addresses"
taken "V29: one address of two" --source 10.1.0.15 --addresses 10.1.0.100
check "V29: and it was said" logged "10.1.0.15 advertises other addresses"
taken "V29: one twice" --source 10.1.0.16 --addresses 10.1.0.100,10.1.0.100
check "V29: and it was said" logged "10.1.0.16 advertises other addresses"
taken "V30: reserved bits" --reserved 15
refused "V31: our own advert, come back" own --source 10.1.0.11 --source-mac $VIRTUAL --priority 150
ignored "another group's address in a frame to ours" --dest 224.0.0.19
ignored "our address in a frame to the group" --dest 10.1.0.11
ignored "the group in a frame to all" --dest-mac ff:ff:ff:ff:ff:ff
check "after all that it is still the same Active" \
	equal "$(grep -c ' after ' "$LAB_DIR/polluxd.log")" 2

check "V46: an Active answers priority 0 at once" patiently answers_within --priority 0
check "V47: and a lower priority" patiently answers_within --priority 50
check "V47: and an equal one from a lower address" \
	patiently answers_within --priority 150 --source 10.1.0.10

check "who else is there is shown, and that it does not hear us" shows_a_rival
check "as long as it is heard" lab_until 5 shows_no_rival

check "it ends well" ends_well

# again KEYS: the same director with other keys.
again()
{
	vrrp_conf 150 "$1"
	start && state_is active
}

# Version 2 has its authentication behind the addresses, and one interval for all.
KNOBS=(--version 2 --interval 1)
VRRP_INTERVAL=1000
check "it becomes Active with version 2" again "version = 2;"
taken "version 2 with another's priority"
refused "V17: version 3 where ours is 2" other_version --version 3 --interval 100
refused "V19: without authentication data" length --cut 16
refused "V21: a wrong checksum of version 2" checksum --sum wrong
refused "V21: no checksum" checksum --sum zero
bits=192
check "V21: any one bit of version 2 turned: none is taken" every_bit
refused "V24: no address in version 2" count --addresses ""
refused "V26: interval 0 in version 2" interval --interval 0
refused "V27: another interval in version 2" other_interval --interval 2
refused "V28: a password where ours has none" auth --auth-type 1 --auth-data s3cret12
refused "V28: an authentication header" auth --auth-type 2
refused "V28: an unknown authentication" auth --auth-type 254
taken "V28: data without a type" --auth-data whatever
check "it ends well" ends_well

check "it becomes Active with a password" again 'version = 2; auth_pass = "s3cret12";'
taken "V28: the same password" --auth-type 1 --auth-data s3cret12
refused "V28: no password" auth
refused "V28: another password" auth --auth-type 1 --auth-data s3cret13
refused "V28: the beginning of it" auth --auth-type 1 --auth-data s3cret1
refused "V28: the password of another type" auth --auth-type 2 --auth-data s3cret12
check "it ends well" ends_well

# By unicast adverts come from peers alone, and to the port's own address and MAC.
VRRP_INTERVAL=100
KNOBS=(--dest 10.1.0.11 --dest-mac "$(lab_mac director wan0)")
check "it becomes Active by multicast" again ""
refused "V33: unicast to who uses multicast" other_dest
check "it ends well" ends_well

check "it becomes Active by unicast" again 'unicast = { peers = [ "10.1.0.12", "10.1.0.14" ]; };'
taken "an advert of a peer"
taken "of another peer" --source 10.1.0.14
taken "V20: by unicast with padding" --pad 10
refused "V16: TTL 254" ttl --ttl 254
refused "V21: a wrong checksum by unicast" checksum --sum wrong
refused "V32: who is no peer" other_sender --source 10.1.0.13
# Its port is in no group.
ignored "V33: multicast to who uses unicast" --dest 224.0.0.18 --dest-mac 01:00:5e:00:00:12
ignored "unicast to a VIP" --dest $LAB_VIP
check "it ends well" ends_well

check "it becomes Active for peers behind two routers" again \
	'unicast = { peers = [ "10.1.0.12" ]; ttl_min = 253; ttl_max = 254; };'
taken "V16: TTL 253" --ttl 253
taken "V16: TTL 254" --ttl 254
refused "V16: TTL 252" ttl --ttl 252
refused "V16: TTL 255" ttl --ttl 255
check "it ends well" ends_well
KNOBS=()

# hold KNOBS...: a router of priority 200 from now on, until release.
hold()
{
	lab_spawn router "$HERE/vrrp_inject.py" wan0 --times 1000 "$@"
	HOLDER=$LAB_PID
}

release()
{
	kill $HOLDER
	wait $HOLDER 2> /dev/null || :
}

# Adverts of priority 200 from 10.1.0.13 that are all refused, without a pause.
bad_ones()
{
	inject --source 10.1.0.13 --every 5 --times 200 "$@"
}

# takes_over_after MS: the director's first advert came so long after the last one of 10.1.0.12 (not
# earlier; later by what a shared machine costs).
takes_over_after()
{
	local after

	after=$(awk -v mine=10.1.0.11 '$2 != "advert" { next }
		$3 == "10.1.0.12" { last = $1 } $3 == mine { print ($1 - last) * 1000; exit }' \
		"$LAB_DIR/seen")
	echo "after $after ms, expected $1"
	awk -v after="$after" -v want="$1" 'BEGIN { exit !(after > want - 1 && after < want + 15) }'
}

# left_alone MS HOLD-KNOBS -- BAD-KNOBS...: while refused adverts come in, a Backup whose Active falls
# silent takes over after MS all the same.
left_alone()
{
	local ms=$1 knobs=()
	shift
	while [ "$1" != -- ]; do
		knobs+=("$1")
		shift
	done
	shift
	hold "${knobs[@]}"
	state_is backup || return 1
	watch
	bad_ones "$@" &
	local bad=$!
	lab_until 5 grep -q "advert 10.1.0.12" "$LAB_DIR/seen"
	release
	state_is active
	wait $bad
	unwatch
	takes_over_after "$ms"
}

# Of priority 100: three intervals of the Active and 156/256 of one.
vrrp_conf 100
start
check "V41: a silent Active of 100 ms is relieved after 361 ms, whatever comes with a wrong checksum" \
	patiently left_alone 360.9 -- --sum wrong
check "V43: whatever comes with TTL 254" patiently left_alone 360.9 -- --ttl 254
check "V43: whatever comes with VRID 52" patiently left_alone 360.9 -- --vrid 52
check "V43: whatever comes with interval 0" patiently left_alone 360.9 -- --interval 0
check "V43: whatever comes from a lower priority" \
	patiently left_alone 360.9 -- --priority 50 --interval 1000
check "V41: one of 30 ms is relieved after 108 ms" \
	patiently left_alone 108.3 --interval 3 --every 30 -- --sum wrong

# leaves KNOBS...: the same with what a router says that leaves.
leaves()
{
	hold
	state_is backup || return 1
	watch
	release
	inject --priority 0 "$@"
	state_is active
	unwatch
	takes_over_after 60.9
}
check "V39: one that leaves is relieved after 61 ms" patiently leaves
check "V40: one that says so three times, 61 ms after the last" \
	patiently leaves --times 3 --every 20
finish
