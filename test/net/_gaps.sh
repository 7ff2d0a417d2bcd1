# shellcheck shell=bash disable=SC2034 # names for who sources this
# Sourced after _init.sh by tests of when adverts leave: advert-gaps looks at them where the bridge
# receives them, its figures go to the file "gaps"; meanwhile the director reads its file again and again.
GAPS=${POLLUX_BUILD:-$ROOT/build}/test/net/advert-gaps

# CPUs of the control loops and of the workers.
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
FIRST=${cpus%%[-,]*}
LAST=${cpus##*[-,]}

# gaps VRIDS INTERVALS PERCENT: of the first director, which advertises every 10 ms.
gaps()
{
	lab_in net "$GAPS" director-wan 10.1.0.11 "$1" 10000 "$2" "$3" "$FIRST" > "$LAB_DIR/gaps"
}

# figure NAME
figure()
{
	sed -n "s/.*\b$1 \([0-9.]*\).*/\1/p" "$LAB_DIR/gaps"
}

# is_measurable INTERVALS: the machine made no more than 5 % of them too long.
is_measurable()
{
	[ "$(figure excused)" -le $(($1 / 20)) ]
}

# Reloads so far. One is applied as well when the worker, who has no CPU of his own here, is slow.
said()
{
	grep -cE 'revision [0-9]+ is in force|the change is applied, but' "$LAB_DIR/polluxd.log" || :
}

reloaded()
{
	[ "$(said)" -ge "$1" ]
}

# reload_by CONF: write the file anew by this function, and let it be read.
reload_by()
{
	local reloads
	reloads=$(said)

	"$1"
	kill -HUP "$LAB_POLLUXD" && lab_until 20 reloaded $((reloads + 1))
}

# reload_again_and_again CONF: the same until the file "over" is there. The file is written when the last
# reload has ended, or half of it would be read.
reload_again_and_again()
{
	while [ ! -e "$LAB_DIR/over" ]; do
		reload_by "$1" || return 1
	done
}
