# shellcheck shell=bash
# Sourced after _init.sh by tests of VRRP from outside: what the link has seen, what polluxd counts.

KNOBS=() # of all adverts that are injected

# vrrp_conf PRIORITY [KEYS] [ADDRESSES] [SERVICES]: write a configuration of a director with one
# instance, "wan", VRID 51. VRRP_INTERVAL: milliseconds, 100 by default.
vrrp_conf()
{
	lab_write pollux 11 "vrrp: { instances = ( { name = \"wan\"; port = \"wan\"; vrid = 51;
		priority = $1; addresses = [ ${3:-\"10.1.0.100/24\", \"10.1.0.101/24\"} ];
		interval_ms = ${VRRP_INTERVAL:-100}; ${2:-} } ); };" "${4:-}"
}

WATCHER=

# watch [INTERFACE]: from now on the file "seen" has what passes a bridge; WATCHER is who writes it.
watch()
{
	unwatch
	: > "$LAB_DIR/seen"
	ip netns exec "$LAB-net" "$ROOT/scripts/lab-adverts" "${1:-wan}" > "$LAB_DIR/seen" &
	WATCHER=$!
	lab_until 10 grep -q listening "$LAB_DIR/seen"
}

unwatch()
{
	[ -n "$WATCHER" ] || return 0
	kill "$WATCHER"
	wait "$WATCHER" 2> /dev/null || :
	WATCHER=
}

# counts: what polluxd tells, a line each.
counts()
{
	{ ctl -j vrrp list && ctl -j stats; } | "$HERE/vrrp_counts.py"
	echo "transitions $(grep -c ' after ' "$LAB_DIR/polluxd.log")"
}

# moved: what has changed since the file "counts" was written: "NAME GROWTH", or "NAME VALUE" of words.
moved()
{
	counts | awk 'NR == FNR { was[$1] = $2; next }
		was[$1] != $2 { print $1, ($2 ~ /^[0-9.]+$/ ? $2 - was[$1] : $2) }' \
		"$LAB_DIR/counts" - | xargs
}

inject()
{
	lab_in router "$ROOT/test/net/vrrp_inject.py" wan0 "${KNOBS[@]}" "$@"
}

# has_moved: something has.
has_moved()
{
	[ -n "$(moved)" ]
}

# moves WHAT KNOBS...: an advert with these knobs moves this and nothing else.
moves()
{
	local want=$1
	shift
	counts > "$LAB_DIR/counts"
	inject "$@" || return 1
	lab_until 5 has_moved
	equal "$(moved)" "$want" || { tail -n 3 "$LAB_DIR/polluxd.log"; return 1; }
}

# is_state STATE
is_state()
{
	counts | grep -qx "wan.state $1"
}

state_is()
{
	lab_until 20 is_state "$1" || { counts; return 1; }
}

# column FILTER FIELD: that field of the lines in "seen" that match.
column()
{
	awk "$1 { print \$$2 }" "$LAB_DIR/seen"
}

# patiently COMMAND...: up to three times. A shared machine is late now and then, a fault always.
patiently()
{
	"$@" || "$@" || "$@"
}
