"""
What Pollux decides where it decides otherwise than IPVS by choice: each rule as it is documented
(doc/comparison.md), written once more without a look at the code. A difference is expected only
if its circumstances are there and Pollux did what the rule says.
"""

import math

EDITS = "wrr: cursor and level survive an edit"
ZERO_SH = "sh: a server of weight 0 holds no bucket"
SCALED_SH = "sh: weights are scaled when there are more than buckets"
ZERO_MH = "mh: a server of weight 0 has the slots of the least weight, whatever it had before"
UDP = "a UDP flow counts as active"
AFRESH = "a SYN on a flow that had a FIN is scheduled at once"
UNCOUNTED = "lc, wlc, lblc, lblcr: a flow that starts afresh has ended before its server is chosen"
TEMPLATE = "persistence: weight 0 ends it for a client that comes back"
REMOVED = "flows of a removed server go on"
FULL_HIT = "lblc: a full server is left, also where it is remembered"
FULL_IDLE = "lblc, lblcr: a full server is no idle one, for which a busy one would be left"
LIMIT = "a limit that is edited holds at once"
REJOIN = "lblcr: a server that was removed has left the sets, also when it comes back"
NO_CHECKSUM = "nat: a UDP datagram without checksum stays without"
QUOTED = "nat: the checksum of the packet that an ICMP error quotes stays right"
NUMBER = "tun: the outer header of a packet that may be fragmented has a number of its own"

ALL = (EDITS, ZERO_SH, SCALED_SH, ZERO_MH, UDP, AFRESH, UNCOUNTED, TEMPLATE, REMOVED,
       FULL_HIT, FULL_IDLE, LIMIT, REJOIN, NO_CHECKSUM, QUOTED, NUMBER)

BUCKETS = 256
SLOTS = 4093
MH_KEYS = (2654435761, 2654446892)


def address_number(text):
    a, b, c, d = (int(part) for part in text.split("."))
    return a << 24 | b << 16 | c << 8 | d


class Wrr:
    """
    Levels fall from the greatest weight by steps of the greatest common divisor. With equal weights
    that is rr.
    """

    def __init__(self):
        self.used = None        # the server that was used last
        self.before = self.after = None  # who stood beside it
        self.place = 0          # where it stood
        self.level = 0
        self.servers = None     # as the last pick saw them
        self.next = 0

    def take_over(self, servers):
        """Servers have changed since the last pick."""
        self.servers = list(servers.items())
        self.walk = [(place, number, weight)
                     for place, (number, weight) in enumerate(self.servers) if weight]
        weights = [weight for _, _, weight in self.walk]
        self.step = math.gcd(*weights)
        self.top = max(weights) - self.step + 1
        numbers = list(servers)
        resume = self.place
        if self.used in numbers:
            self.stand(numbers.index(self.used))
            resume = self.place + 1
        elif self.before in numbers:
            resume = numbers.index(self.before) + 1
        elif self.after in numbers:
            resume = numbers.index(self.after)
        self.next = sum(place < resume for place, _, _ in self.walk)
        if self.used is None or self.level > self.top:
            self.level = self.top
        else:
            self.level = (self.level - 1) // self.step * self.step + 1

    def stand(self, place):
        numbers = [number for number, _ in self.servers]
        self.place = place
        self.before = numbers[place - 1] if place > 0 else None
        self.after = numbers[place + 1] if place + 1 < len(numbers) else None

    def pick(self, servers, full=()):
        if not any(weight for number, weight in servers.items() if number not in full):
            return "-"
        if self.servers != list(servers.items()):
            self.take_over(servers)
        while True:
            for at in range(self.next, len(self.walk)):
                place, number, weight = self.walk[at]
                if weight >= self.level and number not in full:
                    self.used, self.next = number, at + 1
                    self.stand(place)
                    return number
            self.next = 0
            self.level = self.level - self.step if self.level > self.step else self.top


def sh_table(servers):
    servers = [(number, weight) for number, weight in servers.items() if weight]
    total = sum(weight for _, weight in servers)
    table = []
    if total <= BUCKETS:
        turn = [number for number, weight in servers for _ in range(weight)]
        return (turn * BUCKETS)[:BUCKETS]
    passed = 0
    for behind, (number, weight) in zip(range(len(servers) - 1, -1, -1), servers):
        passed += weight
        until = min(max(passed * BUCKETS // total, len(table) + 1), BUCKETS - behind)
        table += [number] * (until - len(table))
    return table


def bucket(value):
    return (value * 0x61C88647 & 0xffffffff) >> 24


def sh(servers, full, client, port, fallback):
    if not any(servers.values()):
        return "-"
    table = sh_table(servers)
    home = bucket(address_number(client[0]) + (client[1] if port else 0))
    asked = [home]
    if fallback:
        asked += [(2 * home + k) % BUCKETS for k in range(BUCKETS)]
    return next((table[at] for at in asked if table[at] not in full), "-")


def dh(servers, full, vip):
    number = list(servers)[bucket(address_number(vip)) % len(servers)]
    return number if servers[number] and number not in full else "-"


def siphash(number, key):
    """SipHash-1-3 of one 32-bit number, cut to 32 bits; both words of the key are the same."""
    mask = 0xffffffffffffffff
    v = [key ^ 0x736f6d6570736575, key ^ 0x646f72616e646f6d,
         key ^ 0x6c7967656e657261, key ^ 0x7465646279746573]

    def rotate(x, bits):
        return (x << bits | x >> (64 - bits)) & mask

    def turn():
        v[0] = (v[0] + v[1]) & mask
        v[2] = (v[2] + v[3]) & mask
        v[1] = rotate(v[1], 13) ^ v[0]
        v[3] = rotate(v[3], 16) ^ v[2]
        v[0] = rotate(v[0], 32)
        v[2] = (v[2] + v[1]) & mask
        v[0] = (v[0] + v[3]) & mask
        v[1] = rotate(v[1], 17) ^ v[2]
        v[3] = rotate(v[3], 21) ^ v[0]
        v[2] = rotate(v[2], 32)

    block = 4 << 56 | number & 0xffffffff
    v[3] ^= block
    turn()
    v[0] ^= block
    v[2] ^= 0xff
    for _ in range(3):
        turn()
    return (v[0] ^ v[1] ^ v[2] ^ v[3]) & 0xffffffff


def mh_table(servers, address, port):
    """address: of a server, by number."""
    order = sorted(servers, key=lambda number: address_number(address(number)))
    step = math.gcd(*servers.values()) or 1
    heaviest = max(max(servers.values()) // step, 1)
    shift = max(0, heaviest.bit_length() - SLOTS.bit_length() // 2)
    table, free = [None] * SLOTS, SLOTS
    at, skip = {}, {}
    for number in order:
        name = address_number(address(number)) + port
        at[number] = siphash(name, MH_KEYS[0]) % SLOTS
        skip[number] = siphash(name, MH_KEYS[1]) % (SLOTS - 1) + 1
    while True:
        for number in order:
            for _ in range(max(servers[number] // step >> shift, 1)):
                while table[at[number]] is not None:
                    at[number] = (at[number] + skip[number]) % SLOTS
                table[at[number]] = number
                free -= 1
                if free == 0:
                    return table


def mh(table, servers, client, port, fallback):
    """Of the servers only those with weight may be chosen."""
    if not any(servers.values()):
        return "-"
    name = address_number(client[0]) + (client[1] if port else 0)
    home = slot = siphash(name, MH_KEYS[0]) % SLOTS
    tries = 0
    while servers[table[slot]] == 0:
        if not fallback or tries == SLOTS:
            return "-"
        slot = siphash(name + (home + tries) % SLOTS, MH_KEYS[0]) % SLOTS
        tries += 1
    return table[slot]


def overhead(load):
    return 256 * load[0] + load[1]


def least(servers, loads, cost):
    """The first of those that cost least for their weight."""
    best = "-"
    for number, weight in servers.items():
        if weight and (best == "-" or cost(loads[best]) * weight > cost(loads[number]) *
                       servers[best]):
            best = number
    return best


def lc(servers, loads):
    return least({number: min(weight, 1) for number, weight in servers.items()}, loads, overhead)


def wlc(servers, loads):
    return least(servers, loads, overhead)


def sed(servers, loads):
    return least(servers, loads, lambda load: load[0] + 1)


def nq(servers, loads):
    idle = [number for number, weight in servers.items() if weight and loads[number][0] == 0]
    return idle[0] if idle else sed(servers, loads)


def fo(servers):
    best = max(servers, key=lambda number: servers[number])
    return best if servers[best] else "-"


def ovf(servers, loads):
    free = [number for number, weight in servers.items() if weight and loads[number][0] <= weight]
    return max(free, key=lambda number: servers[number]) if free else "-"


class Locality:
    """lblc and lblcr: the servers that each destination has, newest first; lblc leaves it one."""

    def __init__(self, most):
        self.most = most
        self.sets = {}

    def pick(self, servers, loads, destination):
        """Full servers have weight 0."""
        members = [number for number in self.sets.get(destination, ()) if number in servers]
        best = wlc({number: servers[number] for number in members}, loads)
        if best == "-" or self.is_busy(best, servers, loads):
            best = wlc(servers, loads)
            if best not in members and best != "-":
                members = ([best] + members)[:self.most]
        self.sets[destination] = members
        return best

    @staticmethod
    def is_busy(number, servers, loads):
        return loads[number][0] > servers[number] and any(
            2 * loads[other][0] < weight for other, weight in servers.items())


BY_OVERHEAD = ("lc", "wlc", "lblc", "lblcr")
BY_LOAD = {"lc": lc, "wlc": wlc, "sed": sed, "nq": nq, "ovf": ovf}


def twos(servers, loads):
    """How likely each server is: two are drawn by weight, and the less loaded one is taken."""
    total = sum(servers.values())
    law = dict.fromkeys(servers, 0.0)
    for first, weight in servers.items():
        for second, other in servers.items():
            lighter = overhead(loads[first]) * other > overhead(loads[second]) * weight
            law[second if lighter else first] += weight * other / total / total
    return law
