#!/bin/bash
# The example of an address without services: it moves by a file, and back. The second machine has the
# same file but for two lines.
. "$(dirname "$0")/_init.sh"

over()
{
	lab_until 20 last_is "$1"
}

# last_is LOG: that machine alone is Active, by what both said last.
last_is()
{
	local log

	for log in polluxd second; do
		sed -n 's/.*vrrp "wan": \([a-z]*\) after .*/\1/p' "$LAB_DIR/$log.log" | tail -n 1 |
			grep -qx "$([ "$log" = "$1" ] && echo active || echo backup)" || return 1
	done
}

# One MAC answers, the virtual one, and pings come back.
answers()
{
	equal "$(arp router wan0 10.1.0.100)" "3 00:00:5e:00:01:33" &&
		lab_in router ping -c 1 -W 1 10.1.0.100
}

lab_pair
touch "$LAB_DIR/serve" "$LAB_DIR/serve2"
example vip-only "s/iface=eth1/iface=wan0/; s,/run/pollux/serve,$LAB_DIR/serve,"
sed "s,\"10.1.0.11/24\",\"10.1.0.12/24\",; s/priority = 150/priority = 100/; s,$LAB_DIR/serve,&2,; s/pollux.sock/second.sock/" \
	"$LAB_DIR/pollux.conf" > "$LAB_DIR/second.conf"

check "the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
start
check "the second machine starts" lab_start_second "$POLLUXD"
check "the first machine has the address" over polluxd
check "without its file the second one has it" eval 'rm "$LAB_DIR/serve" && over second'
check "and alone answers for it" answers
check "without a file on either the first one has it again" eval 'rm "$LAB_DIR/serve2" && over polluxd'
check "and alone answers for it" answers
check "the second one ends well" lab_stop_second TERM
finish
