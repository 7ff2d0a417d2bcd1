#!/usr/bin/python3
"""polluxctl(1) has every command that polluxctl knows, once, and no other. Prints TAP.

    commands.py POLLUXCTL MANUAL
"""

import re
import subprocess
import sys

COMMAND = re.compile(r"([a-z]+(?: [a-z]+)?)\b")


def known(polluxctl):
    """Noun and verb of each line of the usage that shows a command."""
    usage = subprocess.run([polluxctl, "--help"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    return [COMMAND.match(line.strip()).group(1) for line in usage.splitlines()
            if re.match(r"  [a-z]", line)]


def described(manual):
    """The same of each bold word at the head of an entry of COMMANDS."""
    with open(manual, encoding="utf-8") as file:
        section = re.search(r"^# COMMANDS$(.*?)^# ", file.read(), re.MULTILINE | re.DOTALL).group(1)
    return [COMMAND.match(head).group(1)
            for line in section.splitlines() if line.startswith("*")
            for head in re.findall(r"(?:^|, )\*([a-z][^*]*)\*", line)]


def main(polluxctl, manual):
    commands, entries = known(polluxctl), described(manual)
    faults = [f"{name}: has no entry" for name in commands if name not in entries]
    faults += [f"{name}: has an entry, but is no command" for name in entries
               if name not in commands]
    faults += [f"{name}: has {entries.count(name)} entries" for name in sorted(set(entries))
               if entries.count(name) > 1]
    ok = commands and not faults
    print(f"1..1\n{'ok' if ok else 'not ok'} 1 - shipped: polluxctl(1) has every command once")
    for fault in faults:
        print(f"# {fault}")
    sys.exit(0 if ok else 1)


main(*sys.argv[1:])
