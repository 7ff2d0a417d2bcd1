#!/usr/bin/python3
"""What `meson install` puts where, and that the unit among it is one. Prints TAP.

    install.py BUILD
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

EXAMPLES = ("caches", "dns", "dr", "groups", "maintenance", "nat", "pair", "pair-ipv6", "pair-unicast",
            "pollux", "shop", "tun", "vip-only")
# What the unit of a director has to say, whatever else it says.
UNIT = {
    "Unit": {"Documentation": "man:polluxd(8) man:pollux.conf(5)", "After": "network.target"},
    "Service": {
        "Type": "notify",
        "ExecStartPre": "{sbin}/polluxd --check",
        "ExecStart": "{sbin}/polluxd",
        "ExecReload": "{sbin}/polluxd --check\n/bin/kill -HUP $MAINPID",
        "LimitMEMLOCK": "infinity",
        "RuntimeDirectory": "pollux",
        "Restart": "on-failure",
    },
    "Install": {"WantedBy": "multi-user.target"},
}


class Tests:
    def __init__(self):
        self.ran = self.failed = 0

    def check(self, sentence, faults):
        """The sentence holds when there are no faults."""
        self.ran += 1
        self.failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {self.ran} - shipped: {sentence}")
        for fault in faults:
            print(f"# {fault}")

    def finish(self):
        print(f"1..{self.ran}")
        sys.exit(1 if self.failed else 0)


def run(*command, **options):
    return subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)


def folders(build):
    """The folders that the build was set up for, as absolute paths."""
    options = {option["name"]: option["value"] for option in
               json.loads(run("meson", "introspect", "--buildoptions", build).stdout)}
    prefix = options["prefix"]
    return {"lib": os.path.join(prefix, "lib"),
            "sbin": os.path.join(prefix, options["sbindir"]),
            "bin": os.path.join(prefix, options["bindir"]),
            "man": os.path.join(prefix, options["mandir"]),
            "data": os.path.join(prefix, options["datadir"]),
            "etc": os.path.join(prefix, options["sysconfdir"])}


def wanted(at):
    """Every file of an installation with its mode."""
    files = {at["sbin"] + "/polluxd": 0o755, at["bin"] + "/polluxctl": 0o755,
             at["etc"] + "/pollux/pollux.conf": 0o644,
             at["lib"] + "/systemd/system/pollux.service": 0o644}
    if shutil.which("scdoc"):
        for page in ("polluxd.8", "polluxctl.1", "pollux.conf.5"):
            files[f"{at['man']}/man{page[-1]}/{page}"] = 0o644
    for name in EXAMPLES:
        files[f"{at['data']}/doc/pollux/examples/{name}.conf"] = 0o644
    return files


def found(stage):
    paths = (os.path.join(folder, name) for folder, _, names in os.walk(stage) for name in names)
    return {path[len(stage):]: os.stat(path).st_mode & 0o777 for path in paths}


def differences(got, want):
    return [f"{path}: {'wanted' if path in want else 'not wanted'}, with mode {mode:o}"
            for path, mode in sorted(set(want.items()) ^ set(got.items()))]


def install(build, stage):
    # A umask of the installer's does not decide who may read what is installed.
    done = run("meson", "install", "-C", build, "--no-rebuild", "--destdir", stage, umask=0o077)
    return done.stdout.splitlines() if done.returncode != 0 else []


def parse(text):
    """Sections of a unit; a key that stands twice has its values on lines. None: it is no unit."""
    sections = {}
    section = None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = sections.setdefault(header.group(1), {})
        elif (pair := re.fullmatch(r"([A-Z]\w+)=(.+)", line)) and section is not None:
            key, value = pair.groups()
            section[key] = f"{section[key]}\n{value}" if key in section else value
        else:
            return None
    return sections


def unit_faults(text, at):
    sections = parse(text)
    if sections is None:
        return ["it does not have the form of a unit"]
    return [f"[{section}] {key}: is {sections.get(section, {}).get(key)}, not {value}"
            for section, keys in UNIT.items() for key, value in
            ((key, value.format(**at)) for key, value in keys.items())
            if sections.get(section, {}).get(key) != value]


def verify(text, stage, at):
    """What systemd says about the unit. Its programs are those of the stage; manuals are not read."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pollux.service")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(f"={at['sbin']}/", f"={stage}{at['sbin']}/"))
        done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path)
    # It ends with 0 whatever it does not understand, but says so.
    return done.stdout.splitlines() or [f"status {done.returncode}"] * bool(done.returncode)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def check_unit(tests, stage, at):
    unit = read(f"{stage}{at['lib']}/systemd/system/pollux.service")
    tests.check("the unit starts, checks, reloads and limits polluxd", unit_faults(unit, at))
    # On a machine without systemd the check of the form is all there is.
    if shutil.which("systemd-analyze"):
        tests.check("systemd accepts the unit", verify(unit, stage, at))
        garbage = unit.replace("Restart=", "Restrat=")
        tests.check("systemd would refuse another one",
                    [] if verify(garbage, stage, at) else ["a wrong key was accepted"])


def check_pages(tests, stage, at):
    """The manual and the daemon speak of the file that was installed."""
    path = at["etc"] + "/pollux/pollux.conf"
    told = {"polluxd --help": run(f"{stage}{at['sbin']}/polluxd", "--help").stdout}
    for page in ("man8/polluxd.8", "man5/pollux.conf.5"):
        if shutil.which("scdoc"):
            told[page] = read(f"{stage}{at['man']}/{page}").replace("\\&", "")
    tests.check("polluxd and the manual name the installed configuration",
                [f"{name} does not" for name, text in told.items() if path not in text])


def main(build):
    tests = Tests()
    at = folders(build)
    with tempfile.TemporaryDirectory() as stage:
        faults = install(build, stage)
        tests.check("meson install puts everything in place, for everybody to read",
                    faults or differences(found(stage), wanted(at)))
        if not faults:
            check_unit(tests, stage, at)
            check_pages(tests, stage, at)
            configuration = f"{stage}{at['etc']}/pollux/pollux.conf"
            with open(configuration, "w", encoding="utf-8") as file:
                file.write("mine\n")
            faults = install(build, stage)
            tests.check("a configuration that is there stays as it is",
                        faults or ["it was overwritten"] * (read(configuration) != "mine\n"))
    tests.finish()


main(sys.argv[1])
