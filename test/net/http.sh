#!/bin/bash
# HTTP by direct routing: a new connection per request, to three real servers.
. "$(dirname "$0")/_init.sh"

lab_web
lab_conf "$(lab_service web tcp 80 wrr 4 3 2)" "$(lab_service even tcp 8080 rr 1 1 1)"
start

wrr_spread()
{
	get 90 > "$LAB_DIR/wrr" && equal "$(spread < "$LAB_DIR/wrr")" "s1 40 s2 30 s3 20"
}

rr_spread()
{
	get 90 8080 > "$LAB_DIR/rr" && equal "$(spread < "$LAB_DIR/rr")" "s1 30 s2 30 s3 30"
}

client_seen()
{
	equal "$(awk '{ print $2 }' "$LAB_DIR/wrr" "$LAB_DIR/rr" | sort -u)" 10.9.0.2
}

closed_port()
{
	! lab_in client curl -q -sS --noproxy '*' -m 1 "http://$LAB_VIP:8081/"
}

check "wrr spreads 90 connections 4:3:2" wrr_spread
check "rr spreads 90 connections evenly" rr_spread
check "servers see the client's own address" client_seen
check "a port without a service does not answer" closed_port
finish
