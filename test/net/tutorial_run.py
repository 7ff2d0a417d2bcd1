#!/usr/bin/python3
"""tutorial_run.py DOCUMENT: types its commands into one shell, as a reader would. Prints TAP.

Blocks marked "sh" are run in their order. A block marked "output" behind one is what it prints, where
"…" stands for anything in a line, or alone in a line for any lines; white space does not count.
Without one the block has to end with status 0. The first block that fails ends the test.
"""

import os
import re
import selectors
import subprocess
import sys
import time

BLOCK = re.compile(r"^```(sh|output)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_S = 120
END = b"block-of-the-tutorial-ended"


def steps(text):
    """[line, commands, shown output or None] of each block of commands."""
    found = []
    for match in BLOCK.finditer(text):
        kind, body = match.groups()
        if kind == "sh":
            found.append([text.count("\n", 0, match.start()) + 1, body, None])
        elif found and found[-1][2] is None:
            found[-1][2] = body
        else:
            sys.exit("a block of output has no commands before it")
    return found


def squeezed(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def pattern(shown):
    """What squeezed output has to match as a whole."""
    lines = [r"(?:[^\n]*\n)*" if line == "…" else
             "[^\n]*".join(re.escape(part) for part in line.split("…")) + "\n"
             for line in squeezed(shown)]
    return re.compile("".join(lines))


class Shell:
    """What is typed goes to its standard input; both its outputs come back as one."""

    def __init__(self):
        self.process = subprocess.Popen(["bash", "--norc"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.process.stdout, selectors.EVENT_READ)

    def read(self, deadline):
        """Some bytes; none when the shell or the time is at its end."""
        left = deadline - time.monotonic()
        if left <= 0 or not self.ready.select(left):
            return b""
        return os.read(self.process.stdout.fileno(), 65536)

    def run(self, commands):
        """(status, output); a status of None: it did not come to its end."""
        self.process.stdin.write(b"%s\necho %s $?\n" % (commands.encode(), END))
        self.process.stdin.flush()
        deadline = time.monotonic() + LIMIT_S
        output = b""
        while not (end := re.search(rb"%s (\d+)\n" % END, output)):
            some = self.read(deadline)
            if not some:
                return None, output.decode(errors="replace")
            output += some
        return int(end.group(1)), output[:end.start()].decode(errors="replace")


def fault(status, output, shown):
    """What is wrong with a block, or None."""
    if status is None:
        return f"did not end within {LIMIT_S} s"
    if shown is None:
        return f"ended with status {status}" if status else None
    text = "".join(line + "\n" for line in squeezed(output))
    return None if pattern(shown).fullmatch(text) else "printed something else than is shown"


def main(document):
    with open(document, encoding="utf-8") as file:
        todo = steps(file.read())
    print(f"1..{len(todo)}")
    shell = Shell()
    for number, (line, commands, shown) in enumerate(todo, 1):
        status, output = shell.run(commands)
        wrong = fault(status, output, shown)
        first = next(text for text in commands.splitlines() if text)
        print(f"{'not ok' if wrong else 'ok'} {number} - tutorial: line {line}: {first}")
        sys.stdout.flush()
        if wrong:
            print(f"# it {wrong}:", *(f"# {text}" for text in output.splitlines()), sep="\n")
            sys.exit(1)


main(sys.argv[1])
