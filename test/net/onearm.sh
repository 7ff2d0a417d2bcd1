#!/bin/bash
# NAT on one port: requests and answers come in and leave by the servers' own network.
. "$(dirname "$0")/_init.sh"

behind_nat
lab_web
files 8000
files 8001
head -c 20M /dev/urandom > "$LAB_DIR/body"
LAB_VIP=10.2.0.100
lab_conf "$(by nat lab_service web tcp 80 rr 1 1 1)" \
	"$(by nat lab_service upload tcp 8000 rr 1 1 1)" \
	"$(by nat lab_service download tcp 8001 rr 1 1 1)"
sed -i '/name = "wan"/,/},/d; s/10\.1\.0\.1"/10.2.0.1"/' "$LAB_DIR/pollux.conf"
start

answers()
{
	get 30 > "$LAB_DIR/answers" && equal "$(spread < "$LAB_DIR/answers")" "s1 10 s2 10 s3 10" &&
		equal "$(awk '{ print $2 }' "$LAB_DIR/answers" | sort -u)" 10.9.0.2
}

arrives_whole()
{
	equal "$(upload "$LAB_DIR/body" 8000)" "s1 $(checksum "$LAB_DIR/body")"
}

comes_whole()
{
	equal "$(download 8001)" "$(checksum "$LAB_DIR/body")"
}

check "30 requests are spread evenly, and servers see the client's address" answers
check "an upload has the same checksum at both ends" arrives_whole
check "so has a download" comes_whole
finish
