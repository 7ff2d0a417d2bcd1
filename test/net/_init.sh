# shellcheck shell=bash
# Sourced first by each test of this folder: a lab of its own, TAP, and what several tests do.
#
# A test runs as root, is a list of checks, and ends with finish. Leaving before that, for any reason,
# is a failure; the lab is removed on every way out. Checks run without "set -e": they are chains of &&.
# POLLUX_BUILD is the build folder; its binary may be sanitized, then a report fails the test.
set -eu

TEST=$(basename "$0" .sh)
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
POLLUXD=${POLLUX_BUILD:-$ROOT/build}/app/polluxd/polluxd
POLLUXCTL=${POLLUX_BUILD:-$ROOT/build}/app/polluxctl/polluxctl
# Leaks of the libraries are known by their callers, which only the slow unwinder finds.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:fast_unwind_on_malloc=0
export LSAN_OPTIONS=${LSAN_OPTIONS:-}:print_suppressions=0:suppressions=$HERE/lsan.supp
CHECKS=0
FAILED=0
FINISHED=

. "$ROOT/scripts/lab"

# check SENTENCE COMMAND...: the sentence must hold; the command's output is shown when it does not.
check()
{
	local sentence=$1 output=$LAB_DIR/check
	shift
	CHECKS=$((CHECKS + 1))
	if "$@" > "$output" 2>&1; then
		echo "ok $CHECKS - net: $sentence"
	else
		echo "not ok $CHECKS - net: $sentence"
		sed 's/^/# /' "$output"
		FAILED=$((FAILED + 1))
	fi
}

# Print both and fail, unless they are equal.
equal()
{
	[ "$1" = "$2" ] || { printf 'got:  %s\nwant: %s\n' "$1" "$2"; return 1; }
}

# Start polluxd on the lab's configuration.
start()
{
	lab_start "$POLLUXD"
}

# ctl COMMAND...: polluxctl to this polluxd.
ctl()
{
	"$POLLUXCTL" -s "$LAB_DIR/pollux.sock" "$@"
}

# End polluxd by SIGTERM; it must go with status 0 and have nothing to report.
ends_well()
{
	lab_stop TERM || { echo "status $?"; cat "$LAB_DIR/polluxd.log"; return 1; }
	! grep -A 30 -E 'Sanitizer|runtime error:' "$LAB_DIR/polluxd.log"
}

# Last line of a test.
finish()
{
	[ -z "$LAB_POLLUXD" ] || check "polluxd ends well after $TEST" ends_well
	echo "1..$CHECKS"
	FINISHED=yes
	[ $FAILED = 0 ]
}

# On every way out. A signal may come while a check has standard output; 3 is the test's own.
leave()
{
	local status=$?

	if [ -z "$FINISHED" ]; then
		echo "Bail out! $TEST left early with status $status" >&3
		[ ! -e "$LAB_DIR/polluxd.log" ] || sed 's/^/# /' "$LAB_DIR/polluxd.log" >&3
		status=1
	fi
	lab_remove
	exit $status
}

# get COUNT [PORT]: that many requests to the VIP, each by a new curl; prints the answers.
get()
{
	local i

	for ((i = 0; i < $1; i++)); do
		lab_in client curl -q -sS --noproxy '*' -m 10 "http://$LAB_VIP:${2:-80}/" || return 1
	done
}

# spread: of the answers on standard input, "NAME COUNT" for each server, on one line.
spread()
{
	awk '{ n[$1]++ } END { for (s in n) print s, n[s] }' | sort | xargs
}

# files PORT: on each server, something that gives the lab's file "body" away and takes PUT requests,
# which it answers by "NAME SHA256".
files()
{
	local host

	for host in $LAB_SERVERS; do
		lab_spawn "$host" "$HERE/file_server.py" "$host" "$1" "$LAB_DIR"
	done
	for host in $LAB_SERVERS; do
		lab_until 10 lab_listens "$host" "$1"
	done
}

# upload FILE PORT [OPTION...]: send a file to the VIP by curl; prints the answer.
upload()
{
	local file=$1 port=$2
	shift 2
	lab_in client curl -q -sS --noproxy '*' -m 60 "$@" -T "$file" "http://$LAB_VIP:$port/"
}

# arp HOST INTERFACE ADDRESS: a host asks three times; prints each distinct MAC that answers, with how
# often.
arp()
{
	lab_in "$1" arping -b -c 3 -w 3 -I "$2" "$3" |
		sed -n 's/.* reply from .*\[\(.*\)\].*/\L\1/p' | sort | uniq -c | xargs
}

# by METHOD COMMAND...: text of services that lab_service writes, with another way to the servers.
by()
{
	local method=$1
	shift
	"$@" | sed "s/forward = \"dr\"/forward = \"$method\"/"
}

# behind_nat: servers have the director as gateway, so that answers from their own addresses go back
# through it.
behind_nat()
{
	local host

	for host in $LAB_SERVERS; do
		ip -n "$LAB-$host" route add default via 10.2.0.11
	done
}

# own_echoes PORT: as echoes, but from the servers' own addresses.
own_echoes()
{
	local host

	for host in $LAB_SERVERS; do
		lab_spawn "$host" "$HERE/udp_echo.py" "$host" "$(lab_address "$host")" "$1"
		lab_until 10 lab_listens "$host" "$1"
	done
}

# download PORT: the checksum of what comes.
download()
{
	lab_in client curl -q -sS --noproxy '*' -m 60 -o "$LAB_DIR/downloaded" \
		"http://$LAB_VIP:$1/body" && checksum "$LAB_DIR/downloaded"
}

# cpus: text of the CPUs that the lab's own configuration has.
cpus()
{
	lab_conf "$(lab_service none tcp 1 rr 1 1 1)"
	sed -n '/^cpu:/,/};/p' "$LAB_DIR/pollux.conf"
}

# example NAME SED: the configuration in conf/examples as this lab's, after an edit of what differs.
example()
{
	local cpus

	cpus=$(cpus)
	{
		sed "$2" "$ROOT/conf/examples/$1.conf"
		echo "rpc: { socket = \"$LAB_DIR/pollux.sock\"; };"
		echo 'memory: { hugepages = "never"; connections = 65536; connections6 = 1024; };'
		echo "$cpus"
	} > "$LAB_DIR/pollux.conf"
}

# ask OPTION...: send datagrams to the VIP; prints what came of them.
ask()
{
	lab_in client "$HERE/udp_ask.py" $LAB_VIP "$@"
}

# on_link HOST ADDRESS: a server has an address on the directors' link, too, as dr.conf and pair.conf say.
on_link()
{
	lab_plug "$1" wan0 wan "$2/24"
}

# The two servers of each example have the weights 1 and 2.
example_answers()
{
	get 30 > "$LAB_DIR/answers" && equal "$(spread < "$LAB_DIR/answers")" "s1 10 s2 20"
}

# client_seen FILE...: the address that servers saw in these answers.
client_seen()
{
	equal "$(awk '{ print $2 }' "$@" | sort -u)" 10.9.0.2
}

# knows_mtu MTU: the client has been told how much fits on the way to the VIP.
knows_mtu()
{
	lab_in client ip route get $LAB_VIP | tee "$LAB_DIR/route" && grep -q "mtu $1" "$LAB_DIR/route"
}

# checksum FILE
checksum()
{
	sha256sum "$1" | cut -d ' ' -f 1
}

# capture FILE INTERFACE FILTER: write what passes a bridge port of the lab to a file, from now on.
capture()
{
	ip netns exec "$LAB-net" tcpdump -lne -i "$2" "$3" > "$1" 2>&1 &
	lab_until 10 grep -q "listening on" "$1"
}

if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 77
fi
[ -x "$POLLUXD" ] || { echo "Bail out! no $POLLUXD; build first, or set POLLUX_BUILD"; exit 1; }
exec 3>&1
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
lab_lay "px-$TEST-$$"
