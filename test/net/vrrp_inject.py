#!/usr/bin/python3
"""Send VRRP adverts that are built byte by byte, right or wrong in any one thing.

    vrrp_inject.py IFACE [KNOB...]        --help lists the knobs

The family is that of --source. Every knob changes that one thing alone: checksums are computed
after it, but for --sum and --flip. With --answer prints, for each advert sent, after how many
milliseconds the next advert of another router was seen, by the kernel's time stamps.
"""

import argparse
import ipaddress
import select
import socket
import struct
import sys
import time

VRRP = 112
ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
GROUPS = {4: ("224.0.0.18", "01:00:5e:00:00:12"), 6: ("ff02::12", "33:33:00:00:00:12")}


def number(text):
    return int(text, 0)


def octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return 0xffff - total


def pseudo_header(knobs, length):
    source, dest = knobs.source.packed, knobs.dest.packed
    if knobs.source.version == 4:
        return source + dest + struct.pack("!BBH", 0, VRRP, length)
    return source + dest + struct.pack("!IHBB", length, 0, 0, VRRP)


def fixed_part(knobs, value):
    count = len(knobs.addresses) if knobs.count is None else knobs.count
    start = struct.pack("!BBBB", knobs.version << 4 | knobs.type, knobs.vrid, knobs.priority, count)
    if knobs.version == 2:
        return start + struct.pack("!BBH", knobs.auth_type, knobs.interval, value)
    return start + struct.pack("!HH", knobs.reserved << 12 | knobs.interval, value)


def sum_of(knobs, zeroed):
    """The checksum of a message whose own is 0."""
    covered = zeroed
    if knobs.source.version == 6 or (knobs.version != 2 and knobs.sum != "rfc9568"):
        covered = pseudo_header(knobs, len(zeroed)) + zeroed
    value = checksum(covered)
    if knobs.sum == "zero":
        return 0
    return value ^ 1 if knobs.sum == "wrong" else value


def message(knobs):
    body = b"".join(address.packed for address in knobs.addresses)
    if knobs.version == 2:
        body += knobs.auth_data.encode().ljust(8, b"\0")[:8]
    zeroed = (fixed_part(knobs, 0) + body)[:knobs.cut]
    whole = bytearray((fixed_part(knobs, sum_of(knobs, zeroed)) + body)[:knobs.cut])
    if knobs.flip is not None:
        whole[knobs.flip // 8] ^= 0x80 >> knobs.flip % 8
    return bytes(whole)


def ip_header(knobs, length):
    source, dest = knobs.source.packed, knobs.dest.packed
    if knobs.source.version == 6:
        return struct.pack("!IHBB", 6 << 28, length, VRRP, knobs.ttl) + source + dest
    start = struct.pack("!BBHHHBB", 0x45, 0xc0, 20 + length, 0, 0x4000, knobs.ttl, VRRP)
    value = checksum(start + b"\0\0" + source + dest)
    return start + struct.pack("!H", value) + source + dest


def frame(knobs):
    content = message(knobs)
    kind = b"\x86\xdd" if knobs.source.version == 6 else b"\x08\x00"
    return (octets(knobs.dest_mac) + octets(knobs.source_mac) + kind +
            ip_header(knobs, len(content)) + content + b"\xee" * knobs.pad)


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    address = ipaddress.ip_address
    parser.add_argument("iface")
    parser.add_argument("--source", type=address, default=address("10.1.0.12"))
    parser.add_argument("--source-mac", default="02:00:00:00:00:12")
    parser.add_argument("--dest", type=address, help="default: the group")
    parser.add_argument("--dest-mac", help="default: the group's")
    parser.add_argument("--ttl", type=number, default=255)
    parser.add_argument("--version", type=number, default=3)
    parser.add_argument("--type", type=number, default=1)
    parser.add_argument("--vrid", type=number, default=51)
    parser.add_argument("--priority", type=number, default=200)
    parser.add_argument("--count", type=number, help="default: as many as there are")
    parser.add_argument("--addresses", default="10.1.0.100,10.1.0.101",
                        type=lambda text: [address(one) for one in text.split(",") if one])
    parser.add_argument("--reserved", type=number, default=0, help="the four bits of version 3")
    parser.add_argument("--interval", type=number, default=10, help="of 10 ms; version 2: seconds")
    parser.add_argument("--sum", choices=("rfc5798", "rfc9568", "wrong", "zero"), default="rfc5798")
    parser.add_argument("--flip", type=number, help="this bit, behind the checksum's back")
    parser.add_argument("--flip-each", action="store_true", help="an advert for each bit")
    parser.add_argument("--auth-type", type=number, default=0)
    parser.add_argument("--auth-data", default="")
    parser.add_argument("--cut", type=number, help="only so many bytes of the message")
    parser.add_argument("--pad", type=number, default=0, help="bytes behind the packet")
    parser.add_argument("--times", type=number, default=1)
    parser.add_argument("--every", type=float, default=100, help="milliseconds")
    parser.add_argument("--answer", action="store_true")
    parser.add_argument("--show", action="store_true", help="print the message; send nothing")
    knobs = parser.parse_args()
    group, group_mac = GROUPS[knobs.source.version]
    knobs.dest = knobs.dest or address(group)
    knobs.dest_mac = knobs.dest_mac or group_mac
    return knobs


def frames(knobs):
    if not knobs.flip_each:
        return [frame(knobs)] * knobs.times
    result = []
    for bit in range(8 * len(message(knobs))):
        knobs.flip = bit
        result.append(frame(knobs))
    return result


def is_advert(data):
    if data[12:14] == b"\x86\xdd":
        return data[20] == VRRP
    return data[12:14] == b"\x08\x00" and data[23] == VRRP


def seen(sock, wanted, deadline):
    """Seconds at which the kernel had the next advert that is wanted; None: by the deadline none."""
    while select.select([sock], [], [], max(0, deadline - time.monotonic()))[0]:
        data, ancillary, _, _ = sock.recvmsg(65536, 64)
        if is_advert(data) and wanted(data):
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
            return seconds + nanoseconds / 1e9
    return None


def answer(sock, data, patience_s=5):
    """Milliseconds from this advert to the next one of another router."""
    deadline = time.monotonic() + patience_s
    sent = seen(sock, lambda one: one == data, deadline)
    answered = seen(sock, lambda one: one != data, deadline)
    return None if answered is None else (answered - sent) * 1000


def listen(iface):
    """A socket of its own, since none sees what it sends itself."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.bind((iface, ETH_P_ALL))
    return sock


def main():
    knobs = options()
    if knobs.show:
        print(message(knobs).hex())
        return
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((knobs.iface, 0))
    heard = listen(knobs.iface) if knobs.answer else None
    due = time.monotonic()
    for data in frames(knobs):
        time.sleep(max(0, due - time.monotonic()))
        due += knobs.every / 1000
        sock.send(data)
        if heard:
            ms = answer(heard, data)
            print("none" if ms is None else f"{ms:.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
