#!/bin/bash
# HTTP by direct routing: a new connection per request, to three real servers.
. "$(dirname "$0")/_init.sh"

lab_web
on_link s1 10.1.0.21
on_link s2 10.1.0.22
example dr 's/iface=eth1/iface=wan0/; s/10\.1\.0\.200/10.1.0.100/'
check "the example is accepted" "$POLLUXD" --check -c "$LAB_DIR/pollux.conf"
start
check "the example's service spreads 30 requests 1:2" example_answers
check "servers see the client's own address" client_seen "$LAB_DIR/answers"
check "polluxd ends well" ends_well

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

closed_port()
{
	! lab_in client curl -q -sS --noproxy '*' -m 1 "http://$LAB_VIP:8081/"
}

check "wrr spreads 90 connections 4:3:2" wrr_spread
check "rr spreads 90 connections evenly" rr_spread
check "servers see the client's own address" client_seen "$LAB_DIR/wrr" "$LAB_DIR/rr"
check "a port without a service does not answer" closed_port
finish
