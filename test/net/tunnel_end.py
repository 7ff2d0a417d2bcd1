#!/usr/bin/python3
"""tunnel_end.py DEVICE ADDRESS DIRECTOR: takes IP in IP from the director out of its tunnel.

For kernels without a tunnel device: what comes in packets of protocol 4 goes to a tun device.
"""

import fcntl
import socket
import struct
import sys

# From linux/if_tun.h.
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
IPIP = 4

device, address, director = sys.argv[1:]
with open("/dev/net/tun", "r+b", buffering=0) as tun:
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, IPIP) as tunnel:
        tunnel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        tunnel.bind((address, 0))
        tunnel.connect((director, 0))
        while True:
            packet = tunnel.recv(65535)
            tun.write(packet[(packet[0] & 15) * 4 :])
