#!/usr/bin/python3
"""udp_echo.py NAME ADDRESS PORT: answers each datagram, from that address, by "NAME CLIENT LENGTH"."""

import socket
import sys

name, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind((address, port))
    while True:
        data, client = server.recvfrom(65535)
        server.sendto(f"{name} {client[0]} {len(data)}\n".encode(), client)
