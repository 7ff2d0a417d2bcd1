#!/usr/bin/python3
"""Print what polluxd tells of its VRRP instances and what it refused: lines "INSTANCE.WHAT VALUE".

    (polluxctl -j vrrp list; polluxctl -j stats) | vrrp_counts.py

Adverts that no instance is for stand under the instance "none". What changes by itself is left out.
"""

import json
import sys

STEADY = ("state", "priority", "interval_ms", "received")


def documents(text):
    decoder = json.JSONDecoder()
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        text = text[end:]
        yield value


def refused(name, counts):
    return [(f"{name}.{reason}", count) for reason, count in counts.items()]


def main():
    instances, stats = documents(sys.stdin.read())
    rows = refused("none", stats["vrrp_refused"])
    for instance in instances.get("items", []):
        name = instance["name"]
        rows += [(f"{name}.{key}", instance[key]) for key in STEADY]
        rows += refused(name, instance["refused"])
    for key, value in sorted(rows):
        print(key, value)


main()
