#!/usr/bin/python3
"""Make many UDP flows: from each of COUNT client ports one datagram to each PORT, and no answer.

    udp_flows.py ADDRESS COUNT PORT...
"""

import socket
import sys

FIRST = 1024

address, count, ports = sys.argv[1], int(sys.argv[2]), [int(port) for port in sys.argv[3:]]
for source in range(FIRST, FIRST + count):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flow:
        flow.bind(("", source))
        for port in ports:
            flow.sendto(b"flow", (address, port))
