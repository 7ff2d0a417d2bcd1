#!/bin/bash
# What polluxd refuses: one sentence on stderr with object, fault and remedy, and status 1.
. "$(dirname "$0")/_init.sh"

# run OPTION...: polluxd among the director's interfaces, with its stderr in a file.
run()
{
	lab_in director timeout 60 "$POLLUXD" "$@" > "$LAB_DIR/out" 2> "$LAB_DIR/err"
}

# refused PATTERN OPTION...: one line, which matches, and status 1.
refused()
{
	local pattern=$1 status=0
	shift
	run "$@" || status=$?
	cat "$LAB_DIR/err"
	equal "$status" 1 && equal "$(wc -l < "$LAB_DIR/err")" 1 && grep -qE "$pattern" "$LAB_DIR/err"
}

# fails PATTERN OPTION...: the same for what is found when DPDK has started: its libraries may have had
# their say, but one line is ours, and the last.
fails()
{
	local pattern=$1 status=0
	shift
	run "$@" || status=$?
	cat "$LAB_DIR/err"
	equal "$status" 1 && equal "$(grep -c ' error: ' "$LAB_DIR/err")" 1 &&
		tail -n 1 "$LAB_DIR/err" | grep -qE "error: $pattern"
}

# The lab's configuration after an edit by sed.
wrong()
{
	sed "$1" "$LAB_DIR/pollux.conf" > "$LAB_DIR/wrong.conf"
	! cmp -s "$LAB_DIR/pollux.conf" "$LAB_DIR/wrong.conf" || return 1
	echo "$LAB_DIR/wrong.conf"
}

# refused_edit PATTERN SED: the line is named by file and number.
refused_edit()
{
	local file

	file=$(wrong "$2") && refused "$file:[0-9]+: $1" -c "$file"
}

accepted()
{
	local file

	for file in "$LAB_DIR/pollux.conf" "$ROOT"/conf/pollux.conf "$ROOT"/conf/examples/*.conf; do
		run --check -c "$file" || { cat "$LAB_DIR/err"; return 1; }
	done
}

socket_taken()
{
	start && fails "rpc.socket \"$LAB_DIR/pollux.sock\": another polluxd .*; " \
		-c "$LAB_DIR/pollux.conf" && ends_well
}

lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
check "a file that does not exist is refused" refused "none.conf cannot be opened: .*; name " \
	-c "$LAB_DIR/none.conf"
check "so is a folder" refused "$LAB_DIR is a directory; name " -c "$LAB_DIR"
check "so is an unknown scheduler" refused_edit 'service "web": no scheduler "wlcc"; .* rr' \
	's/"rr"/"wlcc"/'
check "so is an unknown key" refused_edit '.*"flavour".*; ' 's/^rpc:/flavour = 1; rpc:/'
check "so is a number out of range" refused_edit '.*70000.*; ' 's/port = 80;/port = 70000;/'
check "so is too little memory" refused_edit '.*memory.*mb.*; ' 's/mb = 0/mb = 1/'
check "so is an interface that does not exist" fails '.*:[0-9]+: port "lan": .*iface=none0.*; ' \
	-c "$(wrong 's/iface=lan0/iface=none0/')"
check "so is a second polluxd with the same socket" socket_taken
check "--check accepts the configurations that come with Pollux" accepted
finish
