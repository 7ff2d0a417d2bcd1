#!/bin/bash
# shellcheck disable=SC2034 # bits, KNOBS and others are for what is sourced
# The same as inject.sh for IPv6: adverts that are wrong in one thing, against a running director.
. "$(dirname "$0")/_init.sh"
. "$HERE/_vrrp.sh"
. "$HERE/_inject.sh"

VIRTUAL=00:00:5e:00:02:33
FIRST=fe80::5e:100
VIP=fd01::100

# six KEYS: a director with an IPv6 instance "wan", which has these keys.
six()
{
	vrrp_conf 150 "$1" "\"$FIRST/64\", \"$VIP/64\""
	sed -i 's|"10.1.0.11/24"|"10.1.0.11/24", "fe80::11/64", "fd01::11/64"|' "$LAB_DIR/pollux.conf"
	start && state_is active
}

lab_in router sysctl -qw net.ipv6.conf.wan0.disable_ipv6=0
KNOBS=(--source fe80::12 --addresses "$FIRST,$VIP")
check "a director alone becomes Active" six ""

refused "V15: hop limit 254" ttl --ttl 254
refused "V15: hop limit 1" ttl --ttl 1
refused "V17: version 2, which IPv6 has not" version --version 2 --interval 1
refused "V17: version 4" version --version 4
refused "V18: type 0" type --type 0
refused "V18: type 2" type --type 2
refused "V19: 7 bytes" length --cut 7
refused "V19: without its addresses" length --cut 8
refused "V19: half an address short" length --cut 32
refused "V19: it counts one address more than it has" length --count 3
nobodys "V19: one byte" length --cut 1
nobodys "V19: nothing behind the IP header" length --cut 0
taken "V20: padding of the frame" --pad 10
refused "V21: a wrong checksum" checksum --sum wrong
refused "V21: no checksum" checksum --sum zero
bits=320
check "V21: any one bit turned: none is taken" every_bit
nobodys "V23: VRID 52" other_vrid --vrid 52
ignored "V23: this VRID of IPv4, which nobody listens to" --source 10.1.0.12 --addresses 10.1.0.100
refused "V24: no address" count --addresses ""
refused "V24: count 0 before two addresses" count --count 0
refused "V25: the first address is not link-local" link_local --addresses "$VIP,$FIRST"
refused "V26: interval 0" interval --interval 0
taken "V27: another interval" --interval 50
check "V27: and it was said" logged "fe80::12 advertises other intervals"
taken "V29: the addresses in another order" --source fe80::13 --addresses "$FIRST,fd01::101,$VIP"
check "V29: others are told" logged "fe80::13 advertises other addresses"
taken "V30: reserved bits" --reserved 15
refused "V31: our own advert, come back" own --source fe80::11 --source-mac $VIRTUAL --priority 150
ignored "another group's address in a frame to ours" --dest ff02::13
ignored "our address in a frame to the group" --dest fe80::11
ignored "the group in a frame to all" --dest-mac ff:ff:ff:ff:ff:ff
check "after all that it is still the same Active" \
	equal "$(grep -c ' after ' "$LAB_DIR/polluxd.log")" 2

check "V46: an Active answers priority 0 at once" patiently answers_within --priority 0
check "V47: and a lower priority" patiently answers_within --priority 50
check "V47: and an equal one from a lower address" \
	patiently answers_within --priority 150 --source fe80::10
check "it ends well" ends_well

# By unicast the hop limit may be less, and the addresses are global ones.
KNOBS=(--source fd01::12 --addresses "$FIRST,$VIP" --dest fd01::11 --dest-mac "$(lab_mac director wan0)")
check "it becomes Active by multicast" six ""
refused "V33: unicast to who uses multicast" other_dest
check "it ends well" ends_well
check "it becomes Active by unicast" six 'unicast = { source = "fd01::11"; peers = [ "fd01::12" ]; };'
taken "an advert of a peer"
taken "V16: hop limit 64" --ttl 64
refused "V16: hop limit 63" ttl --ttl 63
refused "V21: a wrong checksum by unicast" checksum --sum wrong
refused "V32: who is no peer" other_sender --source fd01::13
ignored "V33: multicast to who uses unicast" --dest ff02::12 --dest-mac 33:33:00:00:00:12
check "it ends well" ends_well
finish
