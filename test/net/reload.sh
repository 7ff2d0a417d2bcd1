#!/bin/bash
# SIGHUP reads the file again: as a whole, or not at all; and flows do not notice.
. "$(dirname "$0")/_init.sh"

RELOADS=1000

# conf WEIGHT...: one service by HTTP and one for uploads, with these weights.
conf()
{
	lab_conf "$(lab_service web tcp 80 wrr "$@")" "$(lab_service upload tcp 8000 wrr "$@")"
}

# reload SAID [COUNT]: until the log has COUNT lines like that.
reload()
{
	kill -HUP "$LAB_POLLUXD"
	lab_until 10 said "$1" "${2:-1}"
}

said()
{
	[ "$(grep -Ec "$1" "$LAB_DIR/polluxd.log")" -ge "$2" ]
}

weights_are()
{
	get 60 > "$LAB_DIR/web" && equal "$(spread < "$LAB_DIR/web")" "$1"
}

refused()
{
	reload "error: $1" && weights_are "s1 10 s2 20 s3 30"
}

# Random weights, and sometimes no second service, again and again.
reloads()
{
	local i

	for ((i = 2; i < RELOADS + 2; i++)); do
		if [ $((RANDOM % 4)) = 0 ]; then
			lab_conf "$(lab_service web tcp 80 wrr $((RANDOM % 9)) 1 $((RANDOM % 9)))"
		else
			conf $((RANDOM % 9)) 1 $((RANDOM % 9))
		fi
		reload 'revision [0-9]+ is in force' $i || { echo "reload $i"; return 1; }
	done
}

begin_uploads()
{
	local i

	for i in 1 2 3; do
		upload "$LAB_DIR/body" 8000 --limit-rate 250K -m 250 > "$LAB_DIR/sum.$i" &
		echo $! >> "$LAB_DIR/uploads"
	done
	lab_until 10 uploading
}

uploading()
{
	local pid

	while read -r pid; do
		kill -0 "$pid" || return 1
	done < "$LAB_DIR/uploads"
}

uploads_arrive()
{
	local i

	while read -r pid; do
		wait "$pid" || return 1
	done < "$LAB_DIR/uploads"
	for i in 1 2 3; do
		equal "$(cut -d ' ' -f 2 "$LAB_DIR/sum.$i")" "$(checksum "$LAB_DIR/body")" || return 1
	done
}

lab_web
files 8000
conf 1 1 1
start
check "the first version spreads evenly" weights_are "s1 20 s2 20 s3 20"
conf 1 2 3
check "a reload brings other weights" reload 'revision 2 is in force'
check "and they are in force" weights_are "s1 10 s2 20 s3 30"
sed -i 's/scheduler = "wrr"/scheduler = "wlcc"/' "$LAB_DIR/pollux.conf"
check "a reload with an unknown scheduler changes nothing" refused '.*pollux.conf:[0-9]+: .*wlcc'
conf 3 2 1
sed -i 's/connections = 65536/connections = 70000/' "$LAB_DIR/pollux.conf"
check "neither does one that wants a restart" refused '.*memory.connections cannot change'
rm "$LAB_DIR/pollux.conf"
check "nor one without a file" refused '.*pollux.conf'
head -c 20M /dev/urandom > "$LAB_DIR/body"
begin_uploads
check "$RELOADS reloads with random changes are all applied" reloads
check "uploads that began before are still under way" uploading
check "and arrive whole" uploads_arrive
finish
