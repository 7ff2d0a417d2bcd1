#!/bin/bash
# A bulk upload: every byte of it passes the director.
. "$(dirname "$0")/_init.sh"

files 8000
lab_conf "$(lab_service upload tcp 8000 rr 1 1 1)"
start
head -c 100M /dev/urandom > "$LAB_DIR/body"

arrives_whole()
{
	equal "$(upload "$LAB_DIR/body" 8000)" "$1 $(checksum "$LAB_DIR/body")"
}

check "an upload of 100 MB has the same checksum at both ends" arrives_whole s1
check "so has the next one, at the next server" arrives_whole s2
finish
