#!/bin/bash
# Changes by polluxctl while clients are served.
. "$(dirname "$0")/_init.sh"

# refuses WORDS COMMAND...: exits with 1, and the sentence has these words.
refuses()
{
	local words=$1 output status=0
	shift
	output=$(ctl "$@" 2>&1 > /dev/null) || status=$?
	equal "$status" 1 && { [[ $output == *"$words"* ]] || { echo "$output"; return 1; }; }
}

# answers WANT [PORT]: what 30 requests are answered by.
answers()
{
	get 30 "${2:-80}" > "$LAB_DIR/web" && equal "$(spread < "$LAB_DIR/web")" "$1"
}

drained()
{
	ctl server set web 10.2.0.22:80 weight=0 && answers "s1 15 s3 15"
}

removed()
{
	ctl server delete web 10.2.0.22:80 && answers "s1 15 s3 15"
}

# Its connections and counters are there again.
back()
{
	ctl server add web 10.2.0.22:80 && answers "s1 10 s2 10 s3 10" &&
		[[ $(ctl service show web) == *10.2.0.22* ]]
}

second_service()
{
	ctl service add more tcp:10.1.0.100:80 && return 1
	ctl vip add 10.1.0.150 && ctl service add more tcp:10.1.0.150:80 scheduler=rr &&
		ctl server add more 10.2.0.23:80 weight=3 && ctl service set more scheduler=wrr &&
		[[ $(ctl service show more) == *wrr* ]] && ctl service delete more &&
		ctl vip delete 10.1.0.150
}

all_or_none()
{
	cat > "$LAB_DIR/changes" <<-END
		[ { "method": "server.set", "params": { "service": "web", "server": "10.2.0.21:80", "weight": 0 } },
		  { "method": "server.set", "params": { "service": "web", "server": "10.2.0.29:80", "weight": 0 } } ]
	END
	refuses "change 2: " config apply "$LAB_DIR/changes" && answers "s1 10 s2 10 s3 10" || return 1
	sed -i 's/10.2.0.29/10.2.0.22/' "$LAB_DIR/changes"
	ctl config apply "$LAB_DIR/changes" && answers "s3 30"
}

# The director is made to believe that s1 is at s2's MAC. Direct routing leaves the address as it is,
# so s2 answers for both.
moved()
{
	ctl neigh add 10.2.0.21 "$(lab_mac s2 lan0)" && answers "s2 20 s3 10" &&
		[[ $(ctl neigh list) == *"10.2.0.21 "*" permanent "* ]] &&
		refuses "it is permanent already" neigh add 10.2.0.21 02:00:00:00:00:01
}

# s1 says where it is: nobody listens.
stays()
{
	ip -n "$LAB-s1" neigh flush dev lan0 && lab_in s1 ping -c 1 -W 5 10.2.0.22 &&
		answers "s2 20 s3 10" && ctl config reload && answers "s2 20 s3 10"
}

resolved()
{
	ctl neigh delete 10.2.0.21 && answers "s1 10 s2 10 s3 10"
}

# The three changes that the file does not have.
LOST='service.delete {"service":"upload"}
server.set {"service":"web","server":"10.2.0.21:80","weight":0}
server.set {"service":"web","server":"10.2.0.22:80","weight":0}'

told()
{
	ctl config reload dry_run=true > "$LAB_DIR/told" &&
		equal "$(sed -n 's/^discarded //p' "$LAB_DIR/told")" "$LOST" && answers "s3 30" &&
		ctl -j config reload dry_run=true |
		python3 -c 'import json, sys; json.dump(json.load(sys.stdin)["discarded"], sys.stdout)' \
			> "$LAB_DIR/changes"
}

taken_back()
{
	ctl config reload > "$LAB_DIR/told" &&
		equal "$(sed -n 's/^discarded //p' "$LAB_DIR/told")" "$LOST" && answers "s1 10 s2 10 s3 10"
}

made_again()
{
	ctl config apply "$LAB_DIR/changes" && answers "s3 30"
}

logged()
{
	kill -HUP "$LAB_POLLUXD"
	lab_until 10 grep -q ' is in force, 3 unsaved changes are discarded' "$LAB_DIR/polluxd.log" &&
		equal "$(sed -n 's/.* reload: discarded //p' "$LAB_DIR/polluxd.log" | tail -n 3)" "$LOST"
}

lab_web
files 8000
lab_conf "$(lab_service web tcp 80 wrr 1 1 1)" "$(lab_service upload tcp 8000 rr 1 1 1)"
start
check "three servers share the load" answers "s1 10 s2 10 s3 10"
check "a server is where neigh add says" moved
check "whatever ARP or a reload says" stays
check "and is asked for when that is deleted" resolved
head -c 8M /dev/urandom > "$LAB_DIR/body"
upload "$LAB_DIR/body" 8000 --limit-rate 1M > "$LAB_DIR/sum" &
uploading=$!
check "weight 0 takes a server out" drained
check "it can be removed" removed
check "and comes back" back
check "a second service comes and goes" second_service
check "changes together are all made, or none" all_or_none
check "what the file could not say is refused with a sentence" \
	refuses 'weight is 70000, which is out of range' server set web 10.2.0.21:80 weight=70000
check "a change for another revision is refused" \
	refuses 'revision 999 was asked for' server set web 10.2.0.21:80 weight=1 if_revision=999
check "the service with an upload goes" ctl service delete upload
check "its upload arrives whole" wait $uploading
check "with the right checksum" equal "$(cut -d ' ' -f 2 "$LAB_DIR/sum")" "$(checksum "$LAB_DIR/body")"
check "a dry reload tells what it would take back" told
check "a reload brings the file back, and tells it" taken_back
check "what it told brings the changes back" made_again
check "SIGHUP brings the file back, and logs it" logged
check "and its weights are in force" answers "s1 10 s2 10 s3 10"
finish
