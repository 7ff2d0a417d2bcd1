#!/usr/bin/python3
"""Send a datagram and print what comes of it, a line each; always with DF.

    udp_ask.py ADDRESS PORT [--flows N] [--count N] [--size BYTES] [--ttl N]

Each of N flows has a socket of its own and sends N datagrams, the next when the last has its answer;
all stay open to the end, so that no two flows have the same port.
An answer counts only if it comes from the asked address and port. Prints the answer; or the ICMP error,
as "unreachable CODE MTU ROUTER" or "exceeded CODE 0 ROUTER"; or "nothing" after 5 s. BYTES is the
length of the IP packet.
"""

import argparse
import contextlib
import select
import socket
import struct

# From linux/in.h; Python does not name them.
IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, IP_RECVERR = 10, 3, 11
HEADERS = 20 + 8
ICMP_NAMES = {3: "unreachable", 11: "exceeded"}


def icmp_error(asking):
    """The error that waits on a socket: struct sock_extended_err and the address of its sender."""
    _, control, _, _ = asking.recvmsg(1, 512, socket.MSG_ERRQUEUE)
    data = next(data for level, kind, data in control if (level, kind) == (socket.SOL_IP, IP_RECVERR))
    _, _, kind, code, _, info, _ = struct.unpack_from("=IBBBBII", data)
    router = socket.inet_ntoa(data[20:24])
    return f"{ICMP_NAMES.get(kind, kind)} {code} {info} {router}"


def ask(asking, size):
    """Send one datagram; what came of it."""
    asking.send(bytes(size - HEADERS))
    poll = select.poll()
    poll.register(asking, select.POLLIN)
    for _, events in poll.poll(5000):
        if events & select.POLLERR:
            return icmp_error(asking)
        return asking.recv(65535).decode().strip()
    return "nothing"


parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("port", type=int)
parser.add_argument("--flows", type=int, default=1)
parser.add_argument("--count", type=int, default=1)
parser.add_argument("--size", type=int, default=100)
parser.add_argument("--ttl", type=int, default=64)
args = parser.parse_args()
with contextlib.ExitStack() as flows:
    for _ in range(args.flows):
        asking = flows.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        asking.setsockopt(socket.SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        asking.setsockopt(socket.SOL_IP, IP_RECVERR, 1)
        asking.setsockopt(socket.SOL_IP, socket.IP_TTL, args.ttl)
        asking.connect((args.address, args.port))
        for _ in range(args.count):
            print(ask(asking, args.size))
