#!/bin/bash
# time-bar
# Pollux and keepalived as one pair: who is Active, how long a failure lasts, what each makes of the
# other's faults. As a net test a few scenarios of each combination; POLLUX_INTEROP=FILE runs all, and
# writes a table to the file.
. "$(dirname "$0")/_init.sh"
. "$ROOT/test/interop/_pair.sh"
. "$ROOT/test/interop/_scenarios.sh"

# Version, family, way, MAC, and the scenarios of the net test. POLLUX_INTEROP_ONLY may have other lines.
COMBINATIONS="
3 4 multicast virtual  priority leave silence heal
3 4 multicast physical heal addresses
3 4 unicast   virtual  leave
3 4 unicast   physical priority silence
3 6 multicast virtual  priority leave
3 6 multicast physical
3 6 unicast   virtual
3 6 unicast   physical silence
2 4 multicast virtual  leave
2 4 multicast physical
2 4 unicast   virtual
2 4 unicast   physical
"

TABLE=$LAB_DIR/table
NOTES=$LAB_DIR/notes
WIDTH=11

# run SCENARIO: what the table says of it goes to the file "verdict".
run()
{
	local status=0

	KNOWN= NONE=
	reset > /dev/null 2>&1 || :
	"scenario_$1" || status=1
	reset || status=1
	if [ $status != 0 ]; then
		echo FAIL > "$LAB_DIR/verdict"
	elif [ -n "$NONE" ]; then
		echo - > "$LAB_DIR/verdict"
	elif [ -n "$KNOWN" ]; then
		echo known > "$LAB_DIR/verdict"
		echo "$1: $KNOWN" >> "$NOTES"
	else
		echo ok > "$LAB_DIR/verdict"
	fi
	return $status
}

# row NAME SCENARIO...
row()
{
	local name=$1 scenario
	shift
	printf "%-28s" "$name" >> "$TABLE"
	for scenario in "$@"; do
		check "$name: $scenario" run "$scenario"
		printf "%-${WIDTH}s" "$(cat "$LAB_DIR/verdict")" >> "$TABLE"
	done
	echo >> "$TABLE"
}

titles()
{
	local scenario

	printf "%-28s" "with $(keepalived --version 2>&1 | sed -n '1s/ (.*//p')"
	for scenario in $SCENARIOS; do
		printf "%-${WIDTH}s" "$scenario"
	done
	echo
}

lab_pair
titles > "$TABLE"
: > "$NOTES"
while read -r version family way mac short; do
	[ -n "$version" ] || continue
	[ -z "${POLLUX_INTEROP:-}" ] || short=$SCENARIOS
	combination "$version" "$family" "$way" "$mac"
	[ -n "$short" ] || continue
	# shellcheck disable=SC2086 # a list
	row "v$version IPv$family $way $mac" $short
done <<< "${POLLUX_INTEROP_ONLY:-$COMBINATIONS}"
if [ -n "${POLLUX_INTEROP:-}" ]; then
	{
		cat "$TABLE"
		sort -u "$NOTES" | sed 's/^/known, /'
	} > "$POLLUX_INTEROP"
fi
finish
