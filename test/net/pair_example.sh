#!/bin/bash
# The example of a pair, as it stands: the second director has the same file but for two lines.
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

lab_pair
lab_web
# The lab's servers answer by their other link.
on_link s1 10.1.0.21
on_link s2 10.1.0.22
example pair 's/iface=eth1/iface=wan0/'
sed 's,"10.1.0.11/24","10.1.0.12/24",; s/priority = 150/priority = 100/; s/pollux.sock/second.sock/' \
	"$LAB_DIR/pollux.conf" > "$LAB_DIR/second.conf"

check "the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
check "so is that of the second director" "$POLLUXD" --check -c "$LAB_DIR/second.conf"
start
check "the first director becomes Active" over polluxd
check "the second one starts" lab_start_second "$POLLUXD"
check "connections spread 1:2" served
lab_stop KILL || :
check "the second one takes over" over second
check "connections spread 1:2 as before" served
check "it ends well" lab_stop_second TERM
finish
