"""
Follows a sequence (see sequence.py) with the IPVS of the kernel that runs this, and writes for each
line that asks for a decision what it was. Runs inside the guest as root, in the folder that has
`sequence`; writes `answers`.

The kernel is the director. wan and lan are its ports; the other ends of both, outside and inside,
have no addresses: what a client or server would send is put there as a raw frame, and what the
director sends is read there. A frame is through when send() returns, since all this is one CPU and
one softirq; where nothing comes out, a frame that is certainly routed is sent behind, and that it
came out says that nothing else did. IPVS is told what to do by setsockopt, as ipvsadm did before it
had netlink: starting a program for each edit would take 100 times as long.
"""

import os
import socket
import struct
import subprocess
import sys
import time

import packets

SET_ADD, SET_DELETE = 1154, 1156
SET_ADD_DEST, SET_DELETE_DEST, SET_EDIT_DEST = 1159, 1160, 1161
SET_TIMEOUT = 1162
METHODS = {"nat": 0, "tun": 2, "dr": 3}
# IP_VS_SVC_F_PERSISTENT, ONEPACKET, SCHED1 and SCHED2; the last two are those of sh and mh.
FLAGS = {"persist": 0x01, "one-packet": 0x04, "fallback": 0x08, "port": 0x10, "-": 0}
PERSISTENCE = 300  # seconds
PERMANENT_SERVERS = 32
ESTABLISHED = 900  # seconds, as IPVS has it
PATIENCE = 10      # seconds that a connection may take to end
MARK = packets.from_router(packets.ip4("20.0.0.1", "10.2.0.250", 253, b"through"))
MODULES = "rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh".split()


def run(command):
    subprocess.run(command.split(), check=True, stdin=subprocess.DEVNULL)


def load_modules():
    """modprobe looks into lib/modules below a folder of our own: the host's may not be there."""
    os.makedirs("/tmp/root/lib/modules")
    release = os.uname().release
    os.symlink(f"/usr/lib/uml/modules/{release}", f"/tmp/root/lib/modules/{release}")
    run("modprobe -d /tmp/root veth")
    run("modprobe -d /tmp/root ip_vs conn_tab_bits=16")
    run("modprobe -d /tmp/root -a " + " ".join("ip_vs_" + name for name in MODULES))


def set_sysctl(name, value):
    with open("/proc/sys/net/" + name, "w", encoding="ascii") as file:
        file.write(str(value))


def make_link(port, mac, end, address, mtu):
    run(f"ip link add {port} mtu {mtu} address {mac.hex(':')} type veth peer name {end} mtu {mtu}")
    run(f"ip link set {end} arp off up")
    run(f"ip link set {port} up")
    run(f"ip address add {address} dev {port}")


def make_network():
    for name in ("all", "default"):
        set_sysctl(f"ipv4/conf/{name}/rp_filter", 0)
        set_sysctl(f"ipv4/conf/{name}/send_redirects", 0)
        set_sysctl(f"ipv6/conf/{name}/disable_ipv6", 1)
    run("ip link set lo up")
    make_link("wan", packets.WAN_MAC, "outside", "10.1.0.11/24", packets.WAN_MTU)
    make_link("lan", packets.LAN_MAC, "inside", "10.2.0.11/24", packets.LAN_MTU)
    set_sysctl("ipv4/ip_forward", 1)
    run("ip route add default via 10.1.0.1")
    run("ip route add local 198.51.100.0/24 dev lo")
    run(f"ip neigh add 10.1.0.1 lladdr {packets.ROUTER_MAC.hex(':')} dev wan nud permanent")
    for number in range(PERMANENT_SERVERS):
        run(f"ip neigh add {packets.server_ip(number)} lladdr {packets.server_mac(number).hex(':')}"
            " dev lan nud permanent")
    run("ip neigh add 10.2.0.250 lladdr 02:00:00:00:00:fa dev lan nud permanent")


def open_end(name):
    """Frames in and out of an end; what this program sends is not seen again."""
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    end.bind((name, 0x0800))
    end.setblocking(False)
    return end


def connections():
    """What the servers of the case have, active and inactive."""
    with open("/proc/net/ip_vs", encoding="ascii") as file:
        return sum(sum(map(int, line.split()[-2:])) for line in file if "->" in line
                   and "RemoteAddress" not in line)


def wait(come_true):
    late = time.monotonic() + PATIENCE
    while not come_true():
        if time.monotonic() > late:
            raise RuntimeError("a connection does not end")
        time.sleep(0.001)


class Service:
    """A virtual service of IPVS: one address of a case."""

    def __init__(self, case, vip):
        self.case, self.vip = case, vip
        flags = sum(FLAGS[option] for option in case.options)
        self.head = struct.pack("=H2x4s2s2xI16sII4s", case.protocol, socket.inet_aton(vip),
                                struct.pack("!H", case.port), 0, case.scheduler.encode(), flags,
                                PERSISTENCE, b"\xff" * 4)

    def set(self, control, option, tail=b""):
        control.setsockopt(socket.IPPROTO_IP, option, self.head + tail)

    def dest(self, number, weight):
        upper, lower = self.case.limits.get(number, (0, 0))
        port = packets.NAT_PORT if self.case.method == "nat" else self.case.port
        return struct.pack("=4s2s2xIiII", socket.inet_aton(packets.server_ip(number)),
                           struct.pack("!H", port), METHODS[self.case.method], weight,
                           upper, lower)


class Case:
    """What a line "case" begins: services that differ in their address only."""

    def __init__(self, protocol, port, scheduler, method, options, *vips):
        self.protocol = packets.UDP if protocol == "udp" else packets.TCP
        self.port, self.scheduler, self.method = int(port), scheduler, method
        self.options = options.split(",")
        self.servers = {}  # weights by number, in the order of the walk
        self.limits = {}   # upper and lower by number
        self.services = {vip: Service(self, vip) for vip in vips}
        self.last = {vip: None for vip in vips}  # the server of the last new flow
        self.flows = set()
        self.reset = set()  # flows that a client has reset
        self.templates = {}  # the last server of a client


class Guest:
    def __init__(self):
        self.control = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.outside, self.inside = open_end("outside"), open_end("inside")
        self.case = None
        self.primed = 0
        self.answers = []

    def take(self, end):
        try:
            return end.recv(2048)
        except BlockingIOError:
            return None

    def settle(self):
        """All frames that came out at the inside end, which are complete then."""
        frames = []
        self.outside.send(MARK)
        while True:
            frame = self.take(self.inside)
            if frame is None:
                os.sched_yield()
            elif frame[14 + 9] == 253:
                return frames
            else:
                frames.append(frame)

    def send(self, kind, client, to):
        """Number of the server that gets it, or "-"."""
        self.outside.send(packets.simple(kind, client, to))
        frame = self.take(self.inside)
        if frame is None:
            frames = self.settle()
            frame = frames[0] if frames else None
        return "-" if frame is None else packets.server_of(frame)

    def feed(self):
        """Add all servers of the case: IPVS walks them last added first. Pollux sorts for mh."""
        order = list(self.case.servers.items())
        if self.case.scheduler == "mh":
            order.sort()
        for service in self.case.services.values():
            for number, weight in reversed(order):
                service.set(self.control, SET_ADD_DEST, service.dest(number, weight))

    def withdraw(self, numbers):
        for service in self.case.services.values():
            for number in numbers:
                service.set(self.control, SET_DELETE_DEST, service.dest(number, 0))

    def prime(self, vip, kinds=""):
        """A new flow that the sequence knows nothing of, from a client of its own."""
        self.primed += 1
        client = f"192.168.{self.primed >> 8 & 255}.{self.primed & 255}", 1024
        kinds = kinds or ("U" if self.case.protocol == packets.UDP else "S")
        return [self.send(kind, client, (vip, self.case.port)) for kind in kinds][0]

    def take_first_round(self):
        """
        wrr, whose servers were added one by one, first goes round once at its lowest level. Where
        there are limits, these flows have to end before any other comes.
        """
        limited = any(upper for upper, _ in self.case.limits.values())
        if limited:
            self.set_established(1)
        for vip in self.case.services:
            for _ in range(sum(weight > 0 for weight in self.case.servers.values())):
                self.prime(vip, "SA" if limited else "")
        if limited:
            self.set_established(ESTABLISHED)
            wait(lambda: connections() == 0)

    def set_established(self, seconds):
        """How long a connection that becomes established from now on stays without packets."""
        self.control.setsockopt(socket.IPPROTO_IP, SET_TIMEOUT, struct.pack("=iii", seconds, 0, 0))

    def go_on(self):
        """rr begins at the head again when servers are fed anew: go on to where it was."""
        for vip, server in self.case.last.items():
            if server is None:
                continue
            weight = self.case.servers[server]
            if weight == 0:
                self.do_weight(server, 1)
            while self.prime(vip) != server:
                pass
            if weight == 0:
                self.do_weight(server, 0)

    def step_back(self, number):
        """A server is about to go: rr then stands at the one before it."""
        order = list(self.case.servers)
        before = order[order.index(number) - 1] if order[0] != number else None
        for vip, server in self.case.last.items():
            if server == number:
                self.case.last[vip] = before

    # One method for each word that a line may begin with.

    def do_case(self, *words):
        if self.case:
            for service in self.case.services.values():
                service.set(self.control, SET_DELETE)
        self.case = Case(*words)

    def do_server(self, number, weight, *limits):
        self.case.servers[int(number)] = int(weight)
        self.case.limits[int(number)] = tuple(map(int, limits))

    def do_open(self):
        for service in self.case.services.values():
            service.set(self.control, SET_ADD)
        self.feed()
        if self.case.scheduler == "wrr":
            self.take_first_round()

    def do_weight(self, number, weight):
        self.case.servers[int(number)] = int(weight)
        for service in self.case.services.values():
            service.set(self.control, SET_EDIT_DEST, service.dest(int(number), int(weight)))

    def do_limit(self, number, *limits):
        self.case.limits[int(number)] = tuple(map(int, limits))
        self.do_weight(number, self.case.servers[int(number)])

    def do_forget(self, client, vip):
        """
        A SYN ends a connection that was closed, and makes none when no server takes it. IPVS does
        the former by a timer, at the next tick.
        """
        weights, there = dict(self.case.servers), connections()
        for number in weights:
            self.do_weight(number, 0)
        self.send("S", packets.endpoint(client), (vip, self.case.port))
        for number, weight in weights.items():
            self.do_weight(number, weight)
        if (client, vip) in self.case.reset:
            wait(lambda: connections() < there)

    def do_delete(self, number):
        self.step_back(int(number))
        del self.case.servers[int(number)]
        self.withdraw([int(number)])

    def do_add(self, number, weight):
        """To the end of the walk. Servers that come back have their connections again."""
        self.withdraw(self.case.servers)
        self.case.servers[int(number)] = int(weight)
        self.feed()
        if self.case.scheduler == "rr":
            self.go_on()

    def do_send(self, kind, client, vip):
        server = self.send(kind, packets.endpoint(client), (vip, self.case.port))
        self.note(kind, client, vip, server)
        return server

    def note(self, kind, client, vip, server):
        """Where rr stands: at the server of the last flow that it was asked about."""
        case, address = self.case, client.split(":")[0]
        if kind in "SU" and server != "-" and (
                (client, vip) not in case.flows or "one-packet" in case.options):
            case.flows.add((client, vip))
            if "persist" not in case.options or case.templates.get((address, vip)) != server:
                case.last[vip] = server
            case.templates[address, vip] = server
        if kind == "R" and (client, vip) in case.flows:
            case.flows.remove((client, vip))
            case.reset.add((client, vip))

    def do_packet(self, port, text):
        """What comes out at the other port, in hexadecimal."""
        while self.take(self.outside):
            pass
        end = self.outside if port == "wan" else self.inside
        end.send(bytes.fromhex(text))
        inside = self.settle()
        frames = inside if port == "wan" else iter(lambda: self.take(self.outside), None)
        return ",".join(frame.hex() for frame in frames) or "-"

    def follow(self, lines):
        for number, line in enumerate(lines, 1):
            words = line.split()
            if words and words[0] != "#":
                answer = getattr(self, "do_" + words[0])(*words[1:])
                if answer is not None:
                    self.answers.append(f"{number} {answer}\n")


def main():
    load_modules()
    make_network()
    guest = Guest()
    with open("sequence", encoding="ascii") as file:
        lines = file.readlines()
    try:
        guest.follow(lines)
    finally:
        with open("answers", "w", encoding="ascii") as file:
            file.writelines(guest.answers)
    return 0


sys.exit(main())
