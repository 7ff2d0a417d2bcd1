#!/usr/bin/python3
"""steady.py get|put HOST:PORT FILE SLOWLY: one long transfer over one connection.

Gets "/body", or puts FILE there: 80 kB a second as long as a file SLOWLY exists, then as fast as may
be. Prints the checksum of what has come at the other end.
"""

import hashlib
import http.client
import os
import socket
import sys
import time

PIECE = 4096
EVERY_S = 0.05
SILENCE_S = 60


def steadily(source, slowly):
    while piece := source.read(PIECE):
        yield piece
        if os.path.exists(slowly):
            time.sleep(EVERY_S)


def get(connection, slowly):
    # Small, or the kernel would take megabytes ahead of us.
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
    connection.request("GET", "/body")
    digest = hashlib.sha256()
    for piece in steadily(connection.getresponse(), slowly):
        digest.update(piece)
    return digest.hexdigest()


def put(connection, path, slowly):
    with open(path, "rb") as file:
        length = {"Content-Length": str(os.path.getsize(path))}
        connection.request("PUT", "/body", body=steadily(file, slowly), headers=length)
    return connection.getresponse().read().decode().split()[1]


def main(way, host, path, slowly):
    connection = http.client.HTTPConnection(host, timeout=SILENCE_S)
    connection.connect()
    print(get(connection, slowly) if way == "get" else put(connection, path, slowly))


main(*sys.argv[1:])
