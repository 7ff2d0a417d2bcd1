#!/bin/bash
# doc/tutorial.md: its commands as a reader types them, and what they print beside what it shows.
#
# They run in mount and process namespaces of their own, so that nothing of the machine is in their way
# and nothing is left, however they end: /run, /srv and /etc/pollux are empty there, `build` is the
# build under test, and the installation goes to a folder of its own.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
BUILD=${POLLUX_BUILD:-$ROOT/build}
PLACES="/run /srv /etc/pollux $ROOT/build"

# Where something is mounted there must be a folder; one that was not there goes again.
outside()
{
	local place

	made=
	trap '[ -z "$made" ] || rmdir $made' EXIT
	trap 'exit 143' TERM
	trap 'exit 130' INT
	for place in $PLACES; do
		[ -d "$place" ] || { mkdir "$place" && made="$made $place"; }
	done
	unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$0" inside
}

inside()
{
	local place

	trap 'exit 143' TERM
	for place in /run /srv /etc/pollux; do
		mount -t tmpfs tmpfs "$place"
	done
	[ "$BUILD" = "$ROOT/build" ] || mount --bind "$BUILD" "$ROOT/build"
	export DESTDIR=/srv/installed
	export PATH=$DESTDIR/usr/local/sbin:$DESTDIR/usr/local/bin:$PATH
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:fast_unwind_on_malloc=0:log_path=/run/report
	export UBSAN_OPTIONS=${UBSAN_OPTIONS:-}:log_path=/run/report
	export LSAN_OPTIONS=${LSAN_OPTIONS:-}:print_suppressions=0:suppressions=$HERE/lsan.supp
	unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
	cd "$ROOT"
	"$HERE/tutorial_run.py" doc/tutorial.md
	! grep . /run/report.* 2> /dev/null || { echo "Bail out! a sanitizer reported"; exit 1; }
}

if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 77
fi
if [ ! -x "$BUILD/app/polluxd/polluxd" ]; then
	echo "Bail out! no polluxd in $BUILD; build first, or set POLLUX_BUILD"
	exit 1
fi
"${1:-outside}"
