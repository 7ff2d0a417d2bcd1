#!/bin/bash
# ICMP errors about flows, by each method: those of the director, and those that routers on the client's
# side send to the VIP about the servers' answers.
. "$(dirname "$0")/_init.sh"

behind_nat
lab_echo 7000
own_echoes 7002
files 8000
files 8001
head -c 2M /dev/urandom > "$LAB_DIR/body"
for host in $LAB_SERVERS; do
	lab_spawn "$host" "$HERE/udp_echo.py" "$host" $LAB_VIP 7001
	lab_tunnel "$host" lb "$(lab_address "$host")" 10.2.0.11
done
for host in $LAB_SERVERS; do
	lab_until 10 lab_listens "$host" 7001
done
LAB_LAN_MTU=1400
lab_conf "$(lab_service dr udp 7000 rr 1 1 1)" "$(by tun lab_service tun udp 7001 rr 1 1 1)" \
	"$(by nat lab_service nat udp 7002 rr 1 1 1)"
start

becomes()
{
	local want=$1
	shift
	equal "$(ask "$@")" "$want"
}

check "by DR, a packet of 1400 bytes with DF passes" becomes "s1 10.9.0.2 1372" 7000 --size 1400
check "one of 1401 is answered with the MTU" becomes "unreachable 4 1400 10.1.0.11" 7000 --size 1401
check "by TUN, a packet of 1380 bytes with DF passes" becomes "s1 10.9.0.2 1352" 7001 --size 1380
check "one of 1381 is answered with the MTU, less the tunnel's header" \
	becomes "unreachable 4 1380 10.1.0.11" 7001 --size 1381
check "by NAT, a packet of 1400 bytes with DF passes" becomes "s1 10.9.0.2 1372" 7002 --size 1400
check "one of 1401 is answered with the MTU" becomes "unreachable 4 1400 10.1.0.11" 7002 --size 1401
check "polluxd ends well" ends_well

# The way from the router to the client takes 1300 bytes, and the client offers an MSS for 1500: the
# server has to hear what the router tells the VIP. Each method has a server that knows nothing yet.
LAB_LAN_MTU=1500
ip -n "$LAB-router" link set out0 mtu 1300
lab_conf "$(lab_service dr tcp 8000 rr 1 0 0)" \
	"$(by tun lab_service tun tcp 8001 rr 0 1 0)" \
	"$(by nat lab_service nat tcp 8002 rr 0 0 1 | sed 's/port = 8002; w/port = 8000; w/')"
start

comes_whole()
{
	equal "$(download "$1")" "$(checksum "$LAB_DIR/body")"
}

# told HOST ADDRESS: the server sends no more than that to the client, from this address.
told()
{
	lab_in "$1" ip route get 10.9.0.2 from "$2" | tee "$LAB_DIR/route" &&
		grep -q "mtu 1300" "$LAB_DIR/route"
}

check "by DR, a download through a narrow link behind the router arrives whole" comes_whole 8000
check "since the server was told of it" told s1 $LAB_VIP
check "by TUN, too" comes_whole 8001
check "since the server was told of it in the tunnel" told s2 $LAB_VIP
check "by NAT, too" comes_whole 8002
check "since the server was told of it in its own name" told s3 10.2.0.23
finish
