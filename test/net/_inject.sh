# shellcheck shell=bash disable=SC2154 # bits: of who sources this
# Sourced after _vrrp.sh by tests of adverts that are wrong in one thing.

FEW_MS=5 # for an answer; workers sleep up to 1 ms, and the machine is shared

# Of an Active with priority 150: what is refused has priority 200, so that it would show; what is taken
# has 50.
refused()
{
	check "$1: refused as $2" moves "wan.$2 1" "${@:3}"
}

nobodys()
{
	check "$1: counted as $2, for no instance" moves "none.$2 1" "${@:3}"
}

taken()
{
	check "$1: taken" moves "wan.received 1" --priority 50 "${@:2}"
}

ignored()
{
	check "$1: is no advert" ignores "${@:2}"
}

ignores()
{
	counts > "$LAB_DIR/counts"
	# What comes behind it has been looked at after it.
	inject "$@" && inject --priority 50 && lab_until 5 has_moved
	equal "$(moved)" "wan.received 1"
}

# Every bit of an advert turned, one at a time: some make another fault of it, or another VRID.
every_bit()
{
	counts > "$LAB_DIR/counts"
	inject --flip-each --every 2 "$@" || return 1
	lab_until 10 all_bits_refused || { moved; return 1; }
}

all_bits_refused()
{
	moved | tr ' ' '\n' | awk -v want="$bits" 'NR % 2 { name = $1; next }
		name ~ /received|state|interval|transitions/ { bad = 1 } { sum += $1 }
		END { exit bad || sum != want }'
}

logged()
{
	lab_until 5 grep -q "$1" "$LAB_DIR/polluxd.log"
}

not_logged()
{
	! grep "$1" "$LAB_DIR/polluxd.log"
}

# median of the numbers on standard input
median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# answers_within KNOBS...: of 11 such adverts, half are answered within a few milliseconds; else the next
# advert came by the timer.
answers_within()
{
	inject --answer --times 11 --every 37 "$@" > "$LAB_DIR/answers"
	xargs < "$LAB_DIR/answers"
	awk -v ms="$(median < "$LAB_DIR/answers")" -v few=$FEW_MS 'BEGIN { exit !(ms < few) }'
}
