#!/bin/bash
# polluxctl against a running polluxd: each command, its exit status, who may change anything; and
# the examples of doc/api.md.
. "$(dirname "$0")/_init.sh"

SOCKET=$LAB_DIR/pollux.sock

# as USER GROUP ARGUMENT...: polluxctl as somebody else.
as()
{
	local user=$1 group=$2
	shift 2
	setpriv --reuid="$user" --regid="$group" --clear-groups "$POLLUXCTL" -s "$SOCKET" "$@"
}

# exits STATUS COMMAND...
exits()
{
	local want=$1 status=0
	shift
	"$@" || status=$?
	equal "$status" "$want"
}

# says TEXT COMMAND...: succeeds, and this text is in the output.
says()
{
	local text=$1 output
	shift
	output=$("$@" 2>&1) || { echo "$output"; return 1; }
	[[ $output == *"$text"* ]] || { echo "$output"; echo "no: $text"; return 1; }
}

# refuses WORDS COMMAND...: exits with 1, and the sentence has these words.
refuses()
{
	local words=$1 output status=0
	shift
	output=$("$@" 2>&1 > /dev/null) || status=$?
	equal "$status" 1 && { [[ $output == *"$words"* ]] || { echo "$output"; return 1; }; }
}

# json FILTER WANT COMMAND...: what python's FILTER makes of the answer "a".
json()
{
	local filter=$1 want=$2
	shift 2
	equal "$(ctl -j "$@" | python3 -c "import json, sys; a = json.load(sys.stdin); print($filter)")" "$want"
}

# Tables stay within 80 columns, sentences for people need not.
narrow()
{
	local command
	for command in "status" "service list" "service list --stats" "service list --rate" \
		"service show web" "connection list" "vrrp list" \
		"vrrp show pair" "vip list" "route list" "neigh list" "port list" "stats" "drops" \
		"nodes"; do
		# shellcheck disable=SC2086 # words
		ctl $command > "$LAB_DIR/table" || return 1
		awk -v command="$command" 'length > 80 { print command ": " $0; wide = 1 }
			END { exit wide }' "$LAB_DIR/table" || return 1
	done
}

counts_grow()
{
	json 'sum(s["connections"] for s in a["servers"])' 6 service show web &&
		json 'a["connections"]' 6 connection count --service "tcp:$LAB_VIP:80" &&
		json 'a["connections"]' 2 connection count --server 10.2.0.22:80 &&
		json 'a["connections"]' 0 connection count --client 10.9.0.3
}

pages()
{
	json 'len(a["items"]), a["cursor"] is None' "4 False" connection list --limit 4 &&
		json 'len(a["items"]), a["cursor"] is None' "6 True" connection list --limit 6 &&
		json 'len({i["client"] for i in a["items"]})' 6 connection list
}

flushes()
{
	says "2 flushed" ctl connection flush --server 10.2.0.22:80 &&
		json 'a["connections"]' 4 connection count &&
		json 'sum(s["inactive"] for s in a["servers"])' 4 service show web
}

reloads()
{
	sed -i 's/weight = 1/weight = 5/' "$LAB_DIR/pollux.conf" &&
		says "revision 2" ctl config reload &&
		json '[s["weight"] for s in a["servers"]]' "[5, 5, 5]" service show web &&
		json 'a["config"]["services"][0]["servers"][0]["weight"]' 5 config get
}

bad_reload()
{
	echo "services = 3;" > "$LAB_DIR/bad.conf"
	refuses "bad.conf:1: " ctl config check "$LAB_DIR/bad.conf" || return 1
	cp "$LAB_DIR/pollux.conf" "$LAB_DIR/good.conf"
	cp "$LAB_DIR/bad.conf" "$LAB_DIR/pollux.conf"
	refuses "pollux.conf:1: " ctl config reload && json 'a["revision"]' 2 status
	local ret=$?
	cp "$LAB_DIR/good.conf" "$LAB_DIR/pollux.conf"
	return $ret
}

drawn()
{
	ctl graph --dot > "$LAB_DIR/graph.dot" && diff "$LAB_DIR/graph.dot" "$ROOT/doc/graph.dot"
}

lab_web
lab_conf "$(lab_service web tcp 80 rr 1 1 1)"
cat >> "$LAB_DIR/pollux.conf" <<-END
	vrrp: { instances = ( { name = "pair"; port = "wan"; vrid = 51; priority = 150;
		addresses = [ "10.1.0.110/24" ]; } ); };
END
# Others than root may not see the build folder.
cp "$POLLUXCTL" "$LAB_DIR"
POLLUXCTL=$LAB_DIR/polluxctl
chmod 755 "$LAB_DIR"

check "without a daemon the status is 3" exits 3 ctl status
start
get 3 > "$LAB_DIR/answers"
check "the examples of doc/api.md hold" "$HERE/api_examples.py" "$SOCKET" "$ROOT/doc/api.md"
lab_stop TERM
start
get 6 > "$LAB_DIR/answers"

check "tables fit into 80 columns" narrow
check "version says which polluxd and DPDK run" says ", DPDK 22.11" ctl version
check "status says how many services there are" says "revision 1, 1 services" ctl status
check "connections are counted by service, server and client" counts_grow
check "a list comes in parts, and together they are whole" pages
check "service list shows service and servers" \
	says "  ->  10.2.0.23:80                                       1 " ctl service list
check "connection list shows states" says "FIN_WAIT    10.9.0.2:" ctl connection list
check "vrrp list shows the instance" says "pair                wan            51      150" ctl vrrp list
check "vip list shows both addresses" json '[v["address"] for v in a["items"]]' \
	"['$LAB_VIP', '10.1.0.110']" vip list
check "route list shows the default route" says "0.0.0.0/0              10.1.0.1" ctl route list
check "neigh list shows the servers" json 'sum(n["port"] == "lan" for n in a["items"])' 3 neigh list
check "neigh add makes a neighbour permanent" says "revision 1" ctl neigh add 10.2.0.99 02:00:00:00:00:99
check "neigh list shows that it is" says "02:00:00:00:00:99 permanent   pinned" ctl neigh list
check "neigh delete forgets it" says "revision 1" ctl neigh delete 10.2.0.99 port=lan
check "neigh delete without one is refused" refuses "there is none" ctl neigh delete 10.2.0.99
check "a MAC that is none is refused" refuses "give the MAC of a host" ctl neigh add 10.2.0.99 shop
check "port list shows MAC addresses" json 'a["items"][1]["mac"]' "$(lab_mac director lan0)" port list
check "drops has every reason with where and why" \
	json '[d["why"] for d in a["items"] if d["name"] == "drop_conn_full"]' "['full']" drops
check "nodes counts new connections" \
	json 'sum(n["packets"] for n in a["items"] if n["node"] == "conn_new")' 6 nodes
check "stats counts new connections" json 'a["connections"]["created"]' 6 stats
check "service list --stats counts" says "  ->  10.2.0.23:80                     2 " \
	ctl service list --stats
check "service list --rate has the columns of ipvsadm" \
	says "CPS    IN-PPS   OUT-PPS    IN-BPS   OUT-BPS" ctl service list --rate
check "stats --rate has them too" says "  ->  10.2.0.23:80" ctl stats --rate
check "stats --rate measures" json 'a["connections"]["created"]' 0 stats --rate
check "graph --dot is doc/graph.dot" drawn
check "an unknown service is refused" refuses 'service "shop": there is none' ctl service show shop
check "an address that is none is refused" refuses "give an IPv4 address" \
	ctl connection list --client shop
check "a noun that is none has status 2" exits 2 ctl shop list
check "an argument too many has status 2" exits 2 ctl status now
check "an unknown filter has status 2" exits 2 ctl connection list --colour red
check "config check takes a good file" says ": ok, 1 services" ctl config check "$LAB_DIR/pollux.conf"
check "the group of the socket may read" exits 0 as 65534 0 status
check "but not change" refuses "uid 65534 may only read" as 65534 0 connection flush
check "others may not even read" exits 1 as 65534 65534 status
check "connection flush ends connections and their loads" flushes
check "a reload is in force when it is answered" reloads
check "events tells of the reload" says " reload $LAB_DIR/pollux.conf: applied: revision 2 is in force" \
	ctl events --since 0 --count 1 reload
check "a bad file is told with its line, and changes nothing" bad_reload
check "events tells of that too, as JSON" \
	says "\"state\":\"refused\",\"reason\":\"$LAB_DIR/pollux.conf:1: " \
	ctl -j events --since 0 --count 2 reload
check "events of the instance have its states" says " vrrp pair: active after backup: nobody else advertises" \
	ctl events --since 0 --count 2 vrrp
check "a kind of events that is none is refused" refuses '"kinds" has "weather"' ctl events weather
check "a number of events that is none has status 2" exits 2 ctl events --count some
check "traffic goes on" get 3
finish
