"""The two sides of the argument: each takes a sequence and gives its answers by line."""

import glob
import os
import shutil
import signal
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GUEST_FILES = ("init", "guest.py", "packets.py")
MODULES = "/usr/lib/uml/modules/*"
LIMIT = 1700  # seconds for a side, so that nothing waits for ever


class Bail(Exception):
    """A side did not take part."""


def boot(folder):
    """Starts the guest, which follows the sequence in the folder."""
    if not shutil.which("linux.uml") or not glob.glob(MODULES):
        raise Bail("there is no user-mode-linux with its modules; run scripts/deps")
    for name in GUEST_FILES:
        shutil.copy(os.path.join(HERE, name), folder)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else folder
    with open(os.path.join(folder, "console"), "wb") as console:
        return subprocess.Popen(
            ["linux.uml", "mem=512M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro",
             f"init={folder}/init", f"uml_dir={folder}/uml", "con=null", "con0=null,fd:1", "quiet"],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": memory})


def end(guest):
    """Ends it and the processes that are its own."""
    try:
        os.killpg(guest.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    guest.wait()


def read(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="ascii", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def ask_pollux(lines):
    program = os.path.join(os.environ.get("POLLUX_BUILD", "build"), "test/ipvs/ipvs_pollux")
    try:
        ran = subprocess.run([program], input="\n".join(lines) + "\n", stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, encoding="ascii", errors="replace",
                             timeout=LIMIT, check=False)
    except OSError as error:
        raise Bail(f"{program}: {error.strerror}; build it") from error
    except subprocess.TimeoutExpired as late:
        raise Bail(f"Pollux took longer than {LIMIT} s") from late
    answers, said = {}, []
    for line in ran.stdout.splitlines():
        words = line.split()
        if line.startswith("= ") and len(words) == 3:
            answers[int(words[1])] = words[2]
        else:
            said.append(line)
    if ran.returncode != 0:
        raise Bail(f"Pollux ended with status {ran.returncode}: " + "; ".join(said[-8:]))
    return answers


def hear_ipvs(folder, guest):
    """Waits until the guest is through."""
    try:
        guest.wait(LIMIT)
    except subprocess.TimeoutExpired as late:
        raise Bail(f"the guest took longer than {LIMIT} s") from late
    if read(folder, "guest.status") != "0\n":
        said = (read(folder, "guest.out") or read(folder, "console")).splitlines()
        raise Bail("the guest failed: " + "; ".join(said[-8:]))
    pairs = (line.split() for line in read(folder, "answers").splitlines())
    return {int(number): answer for number, answer in pairs}


def ask_both(lines):
    """(IPVS's answers, Pollux's); both follow the sequence at the same time."""
    folder = tempfile.mkdtemp(prefix="pollux-ipvs-", dir="/tmp")
    guest = None
    try:
        with open(os.path.join(folder, "sequence"), "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        guest = boot(folder)
        ours = ask_pollux(lines)
        return hear_ipvs(folder, guest), ours
    finally:
        if guest:
            end(guest)
        shutil.rmtree(folder)
