#!/bin/bash
# Programs that are notified by one director, events that polluxctl shows, and what is left when the script
# helper or polluxd dies.
. "$(dirname "$0")/_init.sh"
. "$(dirname "$0")/_vrrp.sh"

HELPER=

# told TEXT: the program has been told this last.
told()
{
	[ "$(tail -n 1 "$LAB_DIR/told")" = "$1" ]
}

# is_told TEXT
is_told()
{
	lab_until 20 told "$1" || { cat "$LAB_DIR/told"; tail -n 3 "$LAB_DIR/polluxd.log"; return 1; }
}

# logs TEXT
logs()
{
	lab_until 20 grep -q "$1" "$LAB_DIR/polluxd.log" || { tail -n 5 "$LAB_DIR/polluxd.log"; return 1; }
}

begin()
{
	: > "$LAB_DIR/told"
	chmod 666 "$LAB_DIR/told"
	start && is_told "INSTANCE wan MASTER 150 nobody active backup" &&
		equal "$(head -n 1 "$LAB_DIR/told")" "INSTANCE wan BACKUP 150 nobody backup init" &&
		HELPER=$(pgrep -P "$LAB_POLLUXD" -x pollux-scripts)
}

up_and_down()
{
	touch "$LAB_DIR/flag" && logs 'script "flag": up after down: exit status 0' &&
		rm "$LAB_DIR/flag" && logs 'script "flag": down after up: exit status 1'
}

# Whatever else of the kind has happened, these three are the first.
events_are()
{
	equal "$(ctl events --since 0 --count 3 script | sed 's/^[^ ]* [^ ]* //')" \
		"script flag: down after unknown: exit status 1
script flag: up after down: exit status 0
script flag: down after up: exit status 1"
}

# An event for a client that waits, which ends by itself.
followed()
{
	local follower

	ctl events --count 1 script > "$LAB_DIR/followed" &
	follower=$!
	lab_until 10 subscribed && touch "$LAB_DIR/flag" && wait $follower &&
		grep -q ' script flag: up after down: exit status 0' "$LAB_DIR/followed"
}

subscribed()
{
	[ "$(ctl -j stats | python3 -c 'import json, sys; print(json.load(sys.stdin)["socket"]["clients"])')" = 2 ]
}

# wins: an advert of lower priority is answered, and the program is told once more, though two come.
wins()
{
	local before

	before=$(wc -l < "$LAB_DIR/told")
	inject --priority 50 && inject --priority 60 &&
		is_told "INSTANCE wan MASTER 150 nobody active active" &&
		logs "active still: 10.1.0.12 was Active too" &&
		equal "$(($(wc -l < "$LAB_DIR/told") - before))" 1
}

reload_says()
{
	local sentence=$1 status=0
	shift
	cp "$LAB_DIR/pollux.conf" "$LAB_DIR/good.conf"
	sed -i "$@" "$LAB_DIR/pollux.conf"
	ctl config reload > "$LAB_DIR/reload" 2>&1 || status=$?
	cp "$LAB_DIR/good.conf" "$LAB_DIR/pollux.conf"
	equal "$status" 1 && grep -q "$sentence" "$LAB_DIR/reload" || { cat "$LAB_DIR/reload"; return 1; }
}

reload_keeps()
{
	ctl config reload && ! grep -q 'script "flag": .* after unknown' \
		<(sed -n '/reload: revision/,$p' "$LAB_DIR/polluxd.log")
}

gone()
{
	! kill -0 "$1" 2> /dev/null || grep -q '^State:.Z' "/proc/$1/status"
}

helper_dies()
{
	kill -9 "$HELPER" && logs "error: scripts: their helper is dead" &&
		logs 'script "flag": down after up: the script helper is dead' &&
		is_state active && get 3 > /dev/null
}

# ended_by STATUS SIGNAL
ended_by()
{
	local status=0

	lab_stop "$2" || status=$?
	equal "$status" "$1" && lab_until 10 gone "$HELPER"
}

lab_web
vrrp_conf 150 "notify = [ \"$LAB_DIR/notify\" ];" "" "$(lab_service web tcp 80 rr 1 1 1)"
sed -i "s|vrrp: {|vrrp: { scripts = ( { name = \"flag\"; rise = 1; fall = 1; interval_ms = 200;\\
	command = [ \"/usr/bin/test\", \"-e\", \"$LAB_DIR/flag\" ]; } );|" "$LAB_DIR/pollux.conf"
cat > "$LAB_DIR/notify" <<-END
	#!/bin/sh
	echo "\$@ \$(id -un) \$POLLUX_STATE \$POLLUX_BEFORE" >> "$LAB_DIR/told"
END
chmod 755 "$LAB_DIR" "$LAB_DIR/notify"

check "the program is told of each state, as keepalived tells it, and runs as nobody" begin
check "a script goes up and down with what it finds" up_and_down
check "events since the start are told" events_are
check "who waits is told at once" followed
check "who wins a conflict is told so once" wins
check "a script that is not there is refused" reload_says \
	'script "flag": /usr/bin/nothing is not there' 's|/usr/bin/test|/usr/bin/nothing|'
check "a program to be notified that cannot be run is refused" reload_says \
	'instance "wan": notify: /etc/passwd cannot be run' "s|$LAB_DIR/notify|/etc/passwd|"
check "a reload keeps what is known of a script" reload_keeps
check "the death of the helper is an alarm, and traffic goes on" helper_dies
check "polluxd ends well without it" ends_well
check "it starts again" begin
check "the end is told before polluxd is gone" \
	eval 'ended_by 0 TERM && told "INSTANCE wan STOP 150 nobody init active"'
check "it starts again" begin
check "when polluxd is killed the helper ends too" ended_by 137 KILL
finish
