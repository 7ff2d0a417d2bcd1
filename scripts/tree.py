"""What the checks know of the source tree: its C files, its libraries and what those depend on."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)


def run(*command, **options):
    """The finished command with its output as text; a missing tool ends the check."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    try:
        return subprocess.run(command, cwd=ROOT, check=False, **options)
    except FileNotFoundError:
        sys.exit(f"{command[0]}: not found; run scripts/deps as root")


def files(*suffixes):
    """Files of the project with such a suffix, new ones included, as paths from the root."""
    # The tree may belong to another user than root, who runs the tests.
    listed = run("git", "-c", "safe.directory=*", "ls-files", "-coz", "--exclude-standard")
    if listed.returncode != 0:
        sys.exit("git ls-files: " + listed.stderr.strip())
    # A file that is deleted, but not yet in a commit, is still listed.
    return sorted(path for path in set(listed.stdout.split("\0"))
                  if path.endswith(suffixes) and os.path.isfile(os.path.join(ROOT, path)))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def code(path):
    """The C text with its comments blanked, line by line where it was."""
    def blanked(match):
        if match.group().startswith("/"):
            return re.sub(r"[^\n]", " ", match.group())
        return match.group()

    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', blanked,
                  read(path), flags=re.DOTALL)


def includes(path):
    """(line, name) of each #include of the file."""
    text = code(path)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1))
            for match in INCLUDE.finditer(text)]


def strings(text):
    return re.findall(r"'([^']*)'", text)


def library_deps():
    """Each library of lib/ with the libraries that its meson.build lists."""
    libraries = {}
    for path in files("meson.build"):
        parts = path.split("/")
        if len(parts) == 3 and parts[0] == "lib":
            listed = re.search(r"^deps\s*=\s*\[([^]]*)\]", read(path), re.MULTILINE)
            libraries[parts[1]] = strings(listed.group(1)) if listed else []
    return libraries


def plugin_deps():
    """Each class of drivers/ with the libraries that drivers/meson.build lists for it."""
    table = re.search(r"^plugin_deps\s*=\s*\{(.*?)^\}", read("drivers/meson.build"),
                      re.MULTILINE | re.DOTALL)
    return {name: strings(listed)
            for name, listed in re.findall(r"'(\w+)'\s*:\s*\[([^]]*)\]", table.group(1))}


def reachable(names, arrows):
    """The names and all that the arrows lead to from them."""
    found = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += arrows.get(name, [])
    return found
