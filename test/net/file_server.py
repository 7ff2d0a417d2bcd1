#!/usr/bin/python3
"""file_server.py NAME PORT FOLDER: gives files away, and answers PUT by "NAME SHA256" of the body."""

import functools
import hashlib
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        digest = hashlib.sha256()
        while left > 0 and (data := self.rfile.read1(min(left, 1 << 20))):
            digest.update(data)
            left -= len(data)
        answer = f"{sys.argv[1]} {digest.hexdigest()}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format, *args):
        pass


handler = functools.partial(Handler, directory=sys.argv[3])
http.server.ThreadingHTTPServer(("", int(sys.argv[2])), handler).serve_forever()
