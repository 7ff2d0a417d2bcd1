#!/bin/bash
# Three workers on ports of one queue: one of them receives, hands each flow to its owner, and all three
# send through the same queue.
. "$(dirname "$0")/_init.sh"

# Cursors belong to workers, so three of them need not spread evenly; but none starves a server.
web_answers()
{
	get 60 > "$LAB_DIR/web" && equal "$(cut -d ' ' -f 1 "$LAB_DIR/web" | sort -u | xargs)" "s1 s2 s3"
}

flows_stay()
{
	local i

	for i in 1 2 3 4 5 6; do
		ask 7000 --count 50 > "$LAB_DIR/flow.$i" &&
			equal "$(grep -cx 's[123] 10.9.0.2 72' "$LAB_DIR/flow.$i")" 50 &&
			equal "$(sort -u "$LAB_DIR/flow.$i" | wc -l)" 1 || return 1
	done
}

arrives_whole()
{
	equal "$(upload "$LAB_DIR/body" 8000 | cut -d ' ' -f 2)" "$(checksum "$LAB_DIR/body")"
}

lab_web
lab_echo 7000
files 8000
LAB_WORKERS=3
lab_conf "$(lab_service web tcp 80 rr 1 1 1)" "$(lab_service echo udp 7000 rr 1 1 1)" \
	"$(lab_service upload tcp 8000 rr 1 1 1)"
start
head -c 20M /dev/urandom > "$LAB_DIR/body"
check "60 connections over three workers are answered, by all servers" web_answers
check "a flow stays with its server, whoever owns it" flows_stay
check "an upload of 20 MB arrives whole" arrives_whole
finish
