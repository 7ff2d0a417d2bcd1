#!/bin/bash
# SIGHUP reads the file again: as a whole, or not at all; and flows do not notice.
. "$(dirname "$0")/_init.sh"

RELOADS=1000
VARIANTS=20
SLOWLY=$LAB_DIR/slowly

# Ports of the services of files, by each method. With NAT it is not the servers'.
DR=8000
TUN=8001
NAT=8002

# conf WEIGHT...: one service by HTTP with these weights, and the files.
conf()
{
	lab_conf "$(lab_service web tcp 80 wrr "$@")" "$(lab_service dr tcp $DR rr 1 1 1)" \
		"$(by tun lab_service tun tcp $TUN rr 1 1 1)" "$(nat rr 1 1 1)"
}

# nat SCHEDULER WEIGHT...
nat()
{
	by nat lab_service nat tcp $NAT "$@" | sed "s/port = $NAT; w/port = $DR; w/"
}

# reload SAID: until the log has a new line like that.
reload()
{
	local line

	kill -HUP "$LAB_POLLUXD"
	while read -r -t 60 -u "$log" line; do
		[[ ! $line =~ $1 ]] || return 0
		echo "$line"
	done
	echo "no line like: $1"
	return 1
}

weights_are()
{
	get 60 > "$LAB_DIR/web" && equal "$(spread < "$LAB_DIR/web")" "$1"
}

refused()
{
	reload "error: .*$1" && weights_are "s1 10 s2 20 s3 30"
}

# varied COMMAND...: text of a service with a random scheduler and weights, some with a server less.
varied()
{
	local schedulers=(rr wrr) without=$((RANDOM % 4))

	"$@" "${schedulers[RANDOM % 2]}" $((RANDOM % 9)) $((RANDOM % 9)) $((RANDOM % 9)) |
		sed "/, { address = .*2$without\"/d"
}

# Files conf.N: the services of files change their schedulers, weights and servers, by DR and TUN also
# the method; most times one is missing; another VIP and another route come and go.
variants()
{
	local i methods=(dr tun nat) services

	for ((i = 0; i < VARIANTS; i++)); do
		services=("$(varied by "${methods[RANDOM % 3]}" lab_service dr tcp $DR)"
			"$(varied by "${methods[RANDOM % 3]}" lab_service tun tcp $TUN)"
			"$(varied nat)")
		unset "services[RANDOM % 4]"
		lab_conf "$(lab_service web tcp 80 wrr 1 $((RANDOM % 9)) $((RANDOM % 9)))" \
			"${services[@]}"
		[ $((RANDOM % 2)) = 0 ] || sed -i 's/^vips = ( /&"10.1.0.150", /' "$LAB_DIR/pollux.conf"
		[ $((RANDOM % 2)) = 0 ] || sed -i 's,^routes = ( ,&{ to = "10.9.0.0/24"; via = "10.1.0.1"; }\, ,' \
			"$LAB_DIR/pollux.conf"
		mv "$LAB_DIR/pollux.conf" "$LAB_DIR/conf.$i"
	done
}

# Of each method one up and two down, each over one connection, as long as there is SLOWLY.
begin_transfers()
{
	local port way

	touch "$SLOWLY"
	for port in $DR $TUN $NAT; do
		for way in put get get; do
			lab_in client "$HERE/steady.py" $way $LAB_VIP:$port "$LAB_DIR/body" "$SLOWLY" \
				>> "$LAB_DIR/sums" 2>> "$LAB_DIR/spawn.log" &
			echo $! >> "$LAB_DIR/transfers"
		done
	done
	lab_until 20 carried 9
}

# carried N: so many transfers are connected.
carried()
{
	equal "$(lab_in client ss -Hnt state established dst $LAB_VIP and dport ge :$DR | wc -l)" "$1"
}

requests()
{
	while [ -e "$SLOWLY" ]; do
		get 1 || echo failed
	done > "$LAB_DIR/requests" 2>&1
}

reloads()
{
	local i

	for ((i = 1; i <= RELOADS; i++)); do
		cp "$LAB_DIR/conf.$((RANDOM % VARIANTS))" "$LAB_DIR/pollux.conf"
		reload 'revision [0-9]+ is in force' || { echo "reload $i"; return 1; }
	done
}

under_way()
{
	local pid

	while read -r pid; do
		kill -0 "$pid" || return 1
	done < "$LAB_DIR/transfers"
}

all_arrive()
{
	local pid

	rm "$SLOWLY"
	while read -r pid; do
		wait "$pid" || { cat "$LAB_DIR/spawn.log"; return 1; }
	done < "$LAB_DIR/transfers"
	equal "$(sort "$LAB_DIR/sums" | uniq -c | xargs)" "9 $(checksum "$LAB_DIR/body")"
}

requests_answered()
{
	wait "$requests" && [ -s "$LAB_DIR/requests" ] && ! grep -v '^s[123] 10.9.0.2$' "$LAB_DIR/requests"
}

# What EAL holds, in bytes: sanitizers do not see it.
held()
{
	ctl -j status | sed -n 's/.*"used_bytes": *\([0-9]*\).*/\1/p'
}

as_before()
{
	[ -n "$before" ] && equal "$(held)" "$before"
}

behind_nat
lab_web
files $DR
files $TUN
for host in $LAB_SERVERS; do
	lab_tunnel "$host" lb "$(lab_address "$host")" 10.2.0.11
done
variants
conf 1 1 1
start
exec {log}< <(tail -n +1 -f --pid=$$ "$LAB_DIR/polluxd.log")

check "the first version spreads evenly" weights_are "s1 20 s2 20 s3 20"
conf 1 2 3
check "a reload brings other weights" reload 'revision 2 is in force'
check "and they are in force" weights_are "s1 10 s2 20 s3 30"
sed -i 's/scheduler = "wrr"/scheduler = "wlcc"/' "$LAB_DIR/pollux.conf"
check "a reload with an unknown scheduler changes nothing" refused 'pollux.conf:[0-9]+: .*wlcc'
conf 3 2 1
sed -i 's/connections = 65536/connections = 70000/' "$LAB_DIR/pollux.conf"
check "neither does one that wants a restart" refused 'memory.connections cannot change'
rm "$LAB_DIR/pollux.conf"
check "nor one without a file" refused 'pollux.conf'

head -c 20M /dev/urandom > "$LAB_DIR/body"
conf 1 1 1
check "files go up and down by DR, TUN and NAT" eval "reload 'revision 3 is' && begin_transfers"
before=$(held)
requests &
requests=$!
check "$RELOADS reloads with random changes are all applied" reloads
check "all transfers that began before are still under way" eval "under_way && carried 9"
conf 1 1 1
check "the first version comes back" reload 'revision [0-9]+ is in force'
check "and takes no more memory than before" lab_until 10 as_before
check "the transfers arrive whole" all_arrive
check "new connections were answered all the time" requests_answered
finish
