"""
Random sequences of what happens to a virtual service, as text that both sides follow.

    case PROTOCOL PORT SCHEDULER METHOD OPTIONS VIP...
                            what was before is over; services begin that differ in their address;
                            options: fallback, port, persist, one-packet, or -
    server NUMBER WEIGHT UPPER LOWER
                            it has this server, at the end of the walk; its limits: 0 is none
    open                    that were all
    weight NUMBER WEIGHT    a server gets another weight
    limit NUMBER UPPER LOWER
                            a server gets other limits
    add NUMBER WEIGHT       a server comes, or comes back, to the end of the walk
    delete NUMBER           a server goes; its connections are left
    send KIND CLIENT VIP    one packet of a flow: S, A, F, R are TCP's flags, U is UDP
    forget CLIENT VIP       a flow that a client has reset is over at once, not in 10 seconds
    packet PORT HEX         a frame comes to a port, wan or lan

send and packet ask for a decision: which server got it, and what came out at the other port. A case
is short, for time goes by too: in 10 seconds the first closed connections are forgotten. Where the
two sides differ by choice and would go on from different states, the case ends: some flows after an
edit of wrr or of a limit, the return of a server of lblcr, or a drain under persistence, and with a
SYN on a flow that had ended.

Where servers have limits none comes or goes, since the guest would feed it anew, and flows that end
are forgotten, so that servers open again.
"""

import random

import packets

LOADED = ("lc", "wlc", "sed", "nq", "ovf", "lblc", "lblcr")  # go by connections, so TCP only
HASHED = ("sh", "mh")                                         # have options
OVERHEAD = ("lc", "wlc", "lblc", "lblcr")                     # count closing ones too
MOST_VIPS = {"dh": 12, "lblc": 3, "lblcr": 3}                 # of a case; of others one
PERSISTENT = ("rr", "wrr", "lc", "wlc", "sed", "nq", "fo")    # may have it
MODELLED_UDP = ("lc", "wlc", "sed", "nq", "ovf")
METHODS = ("dr", "dr", "dr", "nat", "tun")

MOST_SERVERS = 16
STYLES = ("equal", "small", "small", "steps", "large")  # of weights
DECISIONS = 90        # of a case, about
MOST_LIMIT = 8        # connections that a server with a limit may have
KNOWN_CLIENTS = 12    # of a case with persistence
FLOWS = 20            # of a case about a method
DATA = (0x10, 0x18, 0x12)  # flags of segments that leave a connection as it is
WINDOW = 12           # decisions after which a case ends whose sides differ by choice


class Case:
    """One case in the making."""

    def __init__(self, rng, scheduler, port, protocol=None):
        self.rng, self.scheduler, self.port = rng, scheduler, port
        self.udp = protocol == "udp"
        self.method = rng.choice(METHODS)
        self.limited = not self.udp and rng.random() < 0.25
        self.vips = [f"198.51.100.{number}" for number in
                     rng.sample(range(1, 255), self.number_of_vips())]
        self.weights = {}
        self.flows = {}      # (client, vip): what was sent last
        self.closed = []     # flows that a SYN starts afresh on both sides
        self.finished = []   # the same, but IPVS leaves them where they were
        self.gone = []       # deleted servers that may come back
        self.deleted = False
        self.left = None     # decisions until the case ends; None: many
        self.decisions = 0
        self.lines = []

    def number_of_vips(self):
        return self.rng.randint(1, MOST_VIPS.get(self.scheduler, 1))

    def weight(self):
        rng, style = self.rng, self.style
        if style == "equal":
            return 1
        if rng.random() < (0.03 if self.scheduler in HASHED else 0.08) and not self.is_strict():
            return 0
        if self.scheduler in ("ovf", "lblc", "lblcr", "nq"):
            return rng.randint(1, 6)
        if style == "small":
            return rng.randint(1, 5)
        if style == "steps":
            return 50 * rng.randint(1, 4)
        return rng.randint(1, 400)

    def is_strict(self):
        """Tables of the two sides must be equal, or other servers would be full."""
        return self.limited and self.scheduler in HASHED

    def limits(self):
        """Upper and lower one of a server."""
        if not self.limited or self.rng.random() < 0.3:
            return "0 0"
        upper = self.rng.randint(1, MOST_LIMIT)
        return f"{upper} {self.rng.choice((0, self.rng.randrange(upper)))}"

    def begin(self):
        rng = self.rng
        options = [name for name in ("fallback", "port") if rng.random() < 0.5]
        options = options if self.scheduler in HASHED else []
        if self.scheduler in PERSISTENT and rng.random() < 0.2:
            options = ["persist"]
            self.addresses = [self.address() for _ in range(KNOWN_CLIENTS)]
        elif self.udp and self.method != "nat" and rng.random() < 0.3:
            options.append("one-packet")
        self.persistent = "persist" in options
        self.style = rng.choice(STYLES)
        # Little weight for its buckets.
        if self.scheduler == "sh" and (self.limited or rng.random() < 0.8):
            self.style = "small"
        self.lines.append(f"case {'udp' if self.udp else 'tcp'} {self.port} {self.scheduler} "
                          f"{self.method} {','.join(options) or '-'} {' '.join(self.vips)}")
        for number in rng.sample(range(MOST_SERVERS), rng.choice((1, 2, 3, 3, 4, 5, 6, 8, 10))):
            self.weights[number] = self.weight()
            self.lines.append(f"server {number} {self.weights[number]} {self.limits()}")
        self.lines.append("open")

    def send(self, kind, flow):
        self.lines.append(f"send {kind} {flow[0]} {flow[1]}")

    def decide(self, flow):
        """The first packet of a flow, or one that starts it afresh."""
        self.send("U" if self.udp else "S", flow)
        self.flows[flow] = "U" if self.udp else "S"
        self.decisions += 1
        if self.left is not None:
            self.left -= 1

    def end_soon(self, decisions=WINDOW):
        """The two sides differ by choice from now on."""
        if self.left is None:
            self.left = decisions

    # Steps. Those that cannot be done now do nothing.

    def address(self):
        rng = self.rng
        return (f"{rng.randint(20, 99)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}."
                f"{rng.randint(1, 254)}")

    def new_flow(self):
        rng = self.rng
        while True:
            address = rng.choice(self.addresses) if self.persistent else self.address()
            flow = f"{address}:{rng.randint(1024, 65535)}", rng.choice(self.vips)
            if flow not in self.flows:
                break
        self.decide(flow)
        if not self.udp and rng.random() < 0.6:
            self.send("A", flow)
            self.flows[flow] = "A"

    def known_flow(self):
        """It stays where it is, whatever the scheduler would say now."""
        if self.flows:
            flow = self.rng.choice(list(self.flows))
            self.send({"U": "U", "S": "S"}.get(self.flows[flow], "A"), flow)

    def end_flow(self):
        established = [flow for flow, last in self.flows.items() if last == "A"]
        if not established:
            return
        flow = self.rng.choice(established)
        kind = self.rng.choice("RRRRRF" if self.limited else "RRF")
        self.send(kind, flow)
        self.flows[flow] = kind
        if self.deleted:
            self.gone = []  # IPVS may not have seen that it ended
        elif kind == "R":
            self.closed.append(flow)
        elif self.method != "nat":
            self.finished.append(flow)

    def start_afresh(self):
        if self.closed:
            flow = self.rng.choice(self.closed)
            self.closed.remove(flow)
            self.decide(flow)

    def forget(self):
        if not self.closed or self.persistent:
            return
        flow = self.rng.choice(self.closed)
        self.closed.remove(flow)
        del self.flows[flow]
        self.lines.append(f"forget {flow[0]} {flow[1]}")
        if self.scheduler == "wrr":  # the guest has edited weights for it
            self.end_soon()

    def edit_limit(self):
        self.lines.append(f"limit {self.rng.choice(list(self.weights))} {self.limits()}")
        self.end_soon()

    def edit(self):
        if self.scheduler == "wrr":
            self.end_soon()
        if self.limited:
            self.rng.choice((self.edit_weight, self.edit_weight, self.edit_limit))()
            return
        if self.scheduler == "lblcr" and self.gone:
            self.add()
            return
        self.rng.choice((self.edit_weight, self.edit_weight, self.edit_weight, self.add,
                         self.delete))()

    def edit_weight(self):
        number = self.rng.choice(list(self.weights))
        drain = (self.rng.random() < (0.05 if self.scheduler in HASHED else 0.25)
                 and not self.is_strict())
        self.weights[number] = 0 if drain else self.weight()
        if self.persistent and self.weights[number] == 0:
            self.end_soon()
        self.lines.append(f"weight {number} {self.weights[number]}")

    def add(self):
        new = [number for number in range(MOST_SERVERS) if number not in self.weights]
        if self.deleted:
            new = self.gone
        if not new:
            return
        number = self.rng.choice(new)
        if number in self.gone:
            self.gone.remove(number)
            if self.scheduler == "lblcr":
                self.end_soon(3 * WINDOW)
        self.weights[number] = self.weight()
        if self.persistent and self.weights[number] == 0:
            self.end_soon()
        self.lines.append(f"add {number} {self.weights[number]}")

    def delete(self):
        if len(self.weights) < 2:
            return
        number = self.rng.choice(list(self.weights))
        del self.weights[number]
        self.gone.append(number)
        self.deleted = True
        self.closed = []
        self.lines.append(f"delete {number}")

    def make(self):
        self.begin()
        edits = self.rng.random() < 0.6
        while self.decisions < DECISIONS and self.left != 0:
            step = self.rng.random()
            if self.limited and step < 0.25:
                self.forget()
            elif step < 0.70:
                self.new_flow()
            elif step < 0.78:
                self.known_flow()
            elif step < 0.93:
                self.end_flow()
            elif step < 0.96:
                if self.scheduler not in OVERHEAD and not self.limited:
                    self.start_afresh()
            elif edits:
                self.edit()
        self.end()
        return self

    def end(self):
        """A flow starts afresh whose old entry IPVS keeps, or still counts."""
        ended = self.finished
        if self.scheduler in OVERHEAD and self.rng.random() < 0.7:
            ended = self.closed
        if ended and not self.deleted and not self.limited and self.left is None:
            self.decide(self.rng.choice(ended))

    def make_udp(self):
        """New flows alone: what the two sides count is not the same from the first on."""
        self.begin()
        while self.decisions < DECISIONS // 3:
            self.new_flow()
        return self


def decide(scheduler, decisions, seed, port):
    """Cases of a scheduler with so many decisions: their lines. Ports count up from the given."""
    rng = random.Random(f"{seed} {scheduler}")
    lines, made = [], 0
    while made < decisions:
        protocol = "udp" if scheduler not in LOADED and rng.random() < 0.25 else "tcp"
        case = Case(rng, scheduler, port, protocol).make()
        made += case.decisions
        lines += case.lines
        port += 1
        if scheduler in MODELLED_UDP and rng.random() < 0.15:
            lines += Case(rng, scheduler, port, "udp").make_udp().lines
            port += 1
    return lines, port


def random_bytes(rng, longest):
    return bytes(rng.randrange(256) for _ in range(rng.randint(0, longest)))


def header_fields(rng):
    """What a packet may have in its IPv4 header; options are those that no router writes to."""
    return {
        "tos": rng.randrange(256),
        "number": rng.randrange(65536),
        "df": rng.random() < 0.5,
        "ttl": rng.choice((1, 2, 3, 64, 128, 255, rng.randint(1, 255))),
        "options": rng.choice((b"", b"", b"", b"\1" * 4, b"\x94\4\0\0", b"\1\1\1\0")),
    }


def segment(rng, udp, source, to, flags):
    """A random payload of IP; now and then its checksum is wrong, or left out."""
    data = random_bytes(rng, rng.choice((0, 1, 20, 1200)))
    if udp:
        made = packets.udp(source, to, data, sealed=rng.random() < 0.8)
        at = 6 if made[6:8] != b"\0\0" else None
    else:
        made = packets.tcp(source, to, flags, data, random_bytes(rng, 8).ljust(8, b"\1"))
        at = 16
    if at and rng.random() < 0.1:
        made = made[:at] + b"\x5a\x5a" + made[at + 2:]
    return made


class Forwarded:
    """Packets of one flow through a service with one server."""

    def __init__(self, rng, method, udp, port, vip, number):
        self.rng, self.method, self.udp, self.number = rng, method, udp, number
        self.protocol = packets.UDP if udp else packets.TCP
        self.client = f"{rng.randint(20, 99)}.{rng.randint(0, 255)}.7.7", rng.randint(1024, 65535)
        self.service = vip, port
        self.server = packets.server_ip(number), packets.NAT_PORT if method == "nat" else port

    def packet(self, source, to):
        """With anything in its headers."""
        return packets.ip4(source[0], to[0], self.protocol,
                           segment(self.rng, self.udp, source, to, self.rng.choice(DATA)),
                           **header_fields(self.rng))

    def error(self, source, to, about):
        """An ICMP error about a packet, of which it quotes enough."""
        kind, code = self.rng.choice(((3, 0), (3, 1), (3, 3), (3, 4), (3, 13), (11, 0), (11, 1)))
        quoted = about[:(about[0] & 15) * 4 + self.rng.choice((8, 20, 28, 400))]
        return packets.ip4(source, to, packets.ICMP, packets.icmp_error(kind, code, quoted),
                           **header_fields(self.rng))

    def from_client(self):
        return packets.from_router(self.packet(self.client, self.service))

    def from_server(self):
        return packets.from_server(self.number, self.packet(self.server, self.client))

    def error_from_client(self):
        """About an answer as a router on the way to the client saw it."""
        return packets.from_router(self.error("20.9.9.9", self.service[0],
                                              self.packet(self.service, self.client)))

    def error_from_server(self):
        """About a request as the server saw it."""
        return packets.from_server(self.number,
                                   self.error(self.server[0], self.client[0],
                                              self.packet(self.client, self.server)))

    def lines(self):
        kind = "U" if self.udp else "S"
        made = [f"send {kind} {self.client[0]}:{self.client[1]} {self.service[0]}"]
        for _ in range(2):
            made.append(f"packet wan {self.from_client().hex()}")
        made.append(f"packet wan {self.error_from_client().hex()}")
        if self.method == "nat":
            made.append(f"packet lan {self.from_server().hex()}")
            made.append(f"packet lan {self.error_from_server().hex()}")
        return made


def forward(method, count, seed, port):
    """Packets through services of a method, so many or a few more; like decide()."""
    rng = random.Random(f"{seed} {method}")
    lines, made = [], 0
    while made < count:
        udp, vip = rng.random() < 0.4, f"198.51.100.{rng.randint(1, 254)}"
        number = rng.randrange(MOST_SERVERS)
        lines += [f"case {'udp' if udp else 'tcp'} {port} rr {method} - {vip}",
                  f"server {number} 1 0 0", "open"]
        for _ in range(FLOWS):
            new = Forwarded(rng, method, udp, port, vip, number).lines()
            lines += new
            made += len(new)
        port += 1
    return lines, port
