#!/bin/bash
# The examples of a pair, as they stand: the second director has the same file but for a few lines.
. "$(dirname "$0")/_init.sh"

# Six of new connections: the weights are 1 and 2.
served()
{
	equal "$(get 6 | spread)" "s1 2 s2 4"
}

over()
{
	lab_until 20 grep -q 'vrrp "wan": active' "$LAB_DIR/$1.log"
}

# pair NAME
pair()
{
	example "$1" 's/iface=eth1/iface=wan0/'
	sed 's,"10.1.0.11/24","10.1.0.12/24",; s/priority = 150/priority = 100/; s/pollux.sock/second.sock/
		s/peers = \[ "10.1.0.12" \]/peers = [ "10.1.0.11" ]/' \
		"$LAB_DIR/pollux.conf" > "$LAB_DIR/second.conf"

	check "$1: the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
	check "$1: so is that of the second director" "$POLLUXD" --check -c "$LAB_DIR/second.conf"
	start
	check "$1: the first director becomes Active" over polluxd
	check "$1: the second one starts" lab_start_second "$POLLUXD"
	check "$1: connections spread 1:2" served
	lab_stop KILL || :
	check "$1: the second one takes over" over second
	check "$1: connections spread 1:2 as before" served
	check "$1: it ends well" lab_stop_second TERM
}

lab_pair
lab_web
# The lab's servers answer by their other link.
on_link s1 10.1.0.21
on_link s2 10.1.0.22
pair pair
pair pair-unicast
finish
