#!/usr/bin/python3
"""Ask what the examples of doc/api.md ask, and compare the answers with theirs.

    api_examples.py SOCKET FILE

An example is a request behind "--> " and an answer behind "<-- ", which may take several lines. An
answer is like that of the example if it has the same members, the same number of elements, values
of the same types, and the same texts and codes; texts that are another in each lab, and numbers
that count something, may differ. Prints what is not alike, and fails then, or if there is no
example of a method that the daemon has.
"""

import json
import re
import socket
import sys

# Their values belong to the machine or the moment.
VARYING = {"version", "dpdk", "mac", "client", "state", "waits", "device", "dot", "socket", "cursor", "file",
           "unicast_filter", "group_filter", "since_ms", "heard_ms", "uptime_ms", "active", "reason",
           "started"}
# Numbers that are the same everywhere.
FIXED = {"id", "code", "port", "weight", "mtu", "vrid", "services"}


def examples(text):
    for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S):
        for request, answer in re.findall(r"^--> (.*?)\n<-- (.*?)(?=^--> |\Z)", block, re.M | re.S):
            yield request, json.loads(answer)


def differences(want, got, path, key):
    if key in VARYING and type(want) in (str, int, bool, type(None)):
        return
    if type(want) is not type(got):
        yield f"{path}: {got!r} instead of {want!r}"
    elif isinstance(want, dict):
        if want.keys() != got.keys():
            yield f"{path}: members {sorted(got)} instead of {sorted(want)}"
            return
        for name in want:
            yield from differences(want[name], got[name], f"{path}.{name}", name)
    elif isinstance(want, list):
        if len(want) != len(got):
            yield f"{path}: {len(got)} elements instead of {len(want)}"
        for i, (one, other) in enumerate(zip(want, got)):
            yield from differences(one, other, f"{path}[{i}]", None)
    elif want != got and (isinstance(want, (str, bool)) or key in FIXED):
        yield f"{path}: {got!r} instead of {want!r}"


def main(path, doc):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    lines = connection.makefile("rw")
    faults, shown = [], set()

    def ask(request):
        lines.write(request + "\n")
        lines.flush()
        answer = json.loads(lines.readline())
        while isinstance(answer, dict) and "method" in answer:  # an event
            answer = json.loads(lines.readline())
        return answer

    for request, want in examples(open(doc, encoding="utf-8").read()):
        shown.update(re.findall(r'"method": ?"([\w.]+)"', request))
        faults += [f"{request}: {fault}" for fault in differences(want, ask(request), "", None)]
    methods = ask('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')["result"]["methods"]
    faults += [f"{method['name']}: no example" for method in methods
               if method["name"] not in shown]
    print(*faults, f"{len(shown)} methods", sep="\n")
    sys.exit(1 if faults else 0)


main(*sys.argv[1:])
