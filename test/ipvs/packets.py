"""Who is who in the network of the argument (as in test/graph/frame.h), and frames made by hand."""

import socket
import struct

WAN_MAC = bytes.fromhex("024c42000001")
LAN_MAC = bytes.fromhex("024c42000002")
ROUTER_MAC = bytes.fromhex("020000010001")
WAN_MTU = 1500
LAN_MTU = 1400

ICMP, TCP, UDP = 1, 6, 17
FLAGS = {"F": 0x01, "S": 0x02, "R": 0x04, "A": 0x10}

NAT_PORT = 8080  # where servers behind NAT listen; the others have the port of the service


def server_ip(number):
    return f"10.2.0.{21 + number}"


def server_mac(number):
    return bytes.fromhex("0200000200") + bytes([0x15 + number])


def server_of(frame):
    """Number of the server to which a frame goes."""
    return frame[5] - 0x15


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip4(source, to, protocol, payload, tos=0, number=0x1234, df=False, ttl=64, options=b""):
    """An IPv4 packet; options are padded already."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, tos,
                         20 + len(options) + len(payload), number, 0x4000 if df else 0, ttl,
                         protocol, 0, socket.inet_aton(source), socket.inet_aton(to)) + options
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def pseudo(source, to, protocol, length):
    return struct.pack("!4s4sHH", socket.inet_aton(source), socket.inet_aton(to), protocol, length)


def tcp(source, to, flags, payload=b"", options=b""):
    """A TCP segment; source and to are (address, port)."""
    segment = struct.pack("!HHIIBBHHH", source[1], to[1], 0x01020304, 0,
                          (5 + len(options) // 4) << 4, flags, 65535, 0, 0) + options + payload
    total = checksum(pseudo(source[0], to[0], TCP, len(segment)) + segment)
    return segment[:16] + struct.pack("!H", total) + segment[18:]


def udp(source, to, payload=b"", sealed=True):
    """A UDP datagram; not sealed: without a checksum."""
    length = 8 + len(payload)
    datagram = struct.pack("!HHHH", source[1], to[1], length, 0) + payload
    if not sealed:
        return datagram
    total = checksum(pseudo(source[0], to[0], UDP, length) + datagram) or 0xffff
    return datagram[:6] + struct.pack("!H", total) + datagram[8:]


def icmp_error(kind, code, quoted):
    """With an MTU where the kind has one."""
    mtu = 1300 if (kind, code) == (3, 4) else 0
    message = struct.pack("!BBHHH", kind, code, 0, 0, mtu) + quoted
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def from_router(packet):
    return WAN_MAC + ROUTER_MAC + b"\x08\0" + packet


def from_server(number, packet):
    return LAN_MAC + server_mac(number) + b"\x08\0" + packet


def simple(kind, source, to):
    """The frame of a step "send": kind is U, or a letter of FLAGS."""
    if kind == "U":
        return from_router(ip4(source[0], to[0], UDP, udp(source, to, b"pollux")))
    return from_router(ip4(source[0], to[0], TCP, tcp(source, to, FLAGS[kind])))


def endpoint(text):
    address, port = text.split(":")
    return address, int(port)
