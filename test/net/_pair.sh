# shellcheck shell=bash
# Sourced after _init.sh by tests of two directors with an instance wan, and perhaps another.
OTHER=lan # its name

active="active active"
backup="backup backup"

# state LOG: what a director says last of its instances.
state()
{
	local name

	for name in wan $OTHER; do
		sed -n "s/.*vrrp \"$name\": \([a-z]*\) after .*/\1/p" "$LAB_DIR/$1.log" | tail -n 1
	done | xargs
}

is()
{
	[ "$(state "$1")" = "$2" ]
}

# roles FIRST SECOND: wait until the two directors say that.
roles()
{
	lab_until 20 is polluxd "$1" && lab_until 20 is second "$2" ||
		equal "$(state polluxd), $(state second)" "$1, $2"
}

# traffic_over PORTS COMMAND...: the first director leaves, as the command says, while 100 requests a
# second come in for each port: all are answered, some at the second try.
traffic_over()
{
	local port requests=()

	rm -f "$LAB_DIR"/answers.*
	before=$(packets)
	for port in $1; do
		lab_in client "$ROOT/scripts/lab-requests" "http://$LAB_VIP:$port/" 300 100 \
			> "$LAB_DIR/answers.$port" &
		requests+=($!)
	done
	lab_until 10 grows $((100 * ${#requests[@]})) && "${@:2}" && wait "${requests[@]}" &&
		equal "$(grep -h failed "$LAB_DIR"/answers.* | uniq -c | xargs)" "${#requests[@]} failed 0"
}

packets()
{
	lab_in client cat /sys/class/net/out0/statistics/rx_packets
}

# grows N: since traffic_over began so many packets have come to the client.
grows()
{
	[ "$(packets)" -gt $((before + $1)) ]
}

killed()
{
	lab_stop KILL
	[ $? = 137 ]
}
