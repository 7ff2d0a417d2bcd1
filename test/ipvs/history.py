"""
What has happened in a case of a sequence up to a step, as Pollux decided, and whether a difference
at this step is one of our choices.
"""

import collections

import choices
import packets


CHANGES = ("server", "weight", "add", "delete", "limit", "forget")


class History:
    """One case. Loads are those that Pollux counts: [active, inactive] by server, by address."""

    def __init__(self, protocol, port, scheduler, method, options, *vips):
        self.udp, self.port, self.scheduler, self.method = (protocol == "udp", int(port), scheduler,
                                                            method)
        self.options = options.split(",")
        self.servers = {}
        self.limits = {}  # upper and lower, by number
        self.full = {vip: set() for vip in vips}
        self.flows = {}  # (client, vip): IPVS's server, ours, kind of the last packet
        self.reasons = {}  # why the servers of a flow differ
        self.loads = {vip: collections.defaultdict(lambda: [0, 0]) for vip in vips}
        self.templates = {}  # (client's address, vip): IPVS's server, ours
        self.edited = self.drained = self.relimited = self.was_full = False
        self.removed = set()
        self.returned = False
        self.wrr = choices.Wrr()
        self.locality = choices.Locality(1 if scheduler == "lblc" else None)
        self.table = None  # of mh, as the rule has it

    def change(self, word, *rest):
        """A line that is no packet."""
        self.edited |= word != "server"
        if word == "forget":
            self.leave(rest)
        elif word == "limit":
            self.relimited = True
            self.limit(*map(int, rest))
        else:
            self.change_server(word, *rest)

    def limit(self, number, upper, lower):
        self.limits[number] = upper, lower
        for vip in self.full:
            self.judge(vip)

    def judge(self, vip):
        """Full is what has as many connections as it may, until enough of them have ended."""
        for number, (upper, lower) in self.limits.items():
            held = sum(self.loads[vip][number])
            if upper and held >= upper:
                self.full[vip].add(number)
                self.was_full = True
            elif not upper or held < lower or (lower == 0 and 4 * held < 3 * upper):
                self.full[vip].discard(number)

    def open(self, vip):
        """Servers, full ones with weight 0."""
        return {number: 0 if number in self.full[vip] else weight
                for number, weight in self.servers.items()}

    def change_server(self, word, number, weight=0, upper=0, lower=0):
        self.returned |= word == "add" and number in self.removed
        self.drained |= word in ("weight", "add") and int(weight) == 0
        self.table = None
        if word == "delete":
            del self.servers[int(number)]
            self.removed.add(number)
        else:
            self.servers[int(number)] = int(weight)
        if word == "server":
            self.limit(int(number), int(upper), int(lower))

    def rule(self, client, vip):
        """What our rule says of a new flow; None: it is not written down here."""
        source = packets.endpoint(client)
        remembered = self.templates.get((source[0], vip), (None, None))[1]
        full = self.full[vip]
        if self.servers.get(remembered):
            return remembered
        if self.scheduler == "rr":
            return self.wrr.pick({number: min(weight, 1)
                                  for number, weight in self.servers.items()}, full)
        if self.scheduler == "wrr":
            return self.wrr.pick(self.servers, full)
        if self.scheduler == "sh":
            return choices.sh(self.servers, full, source, "port" in self.options,
                              "fallback" in self.options)
        if self.scheduler == "dh":
            return choices.dh(self.servers, full, vip)
        if self.scheduler == "fo":
            return choices.fo(self.open(vip))
        if self.scheduler == "mh":
            if self.table is None:
                port = packets.NAT_PORT if self.method == "nat" else self.port
                self.table = choices.mh_table(self.servers, packets.server_ip, port)
            return choices.mh(self.table, self.open(vip), source, "port" in self.options,
                              "fallback" in self.options)
        if self.scheduler in ("lblc", "lblcr"):
            return self.locality.pick(self.open(vip), self.loads[vip], vip)
        if self.scheduler in choices.BY_LOAD:
            return choices.BY_LOAD[self.scheduler](self.open(vip), self.loads[vip])
        return None

    def reason(self):
        """The choice by which a new flow may go elsewhere now; None: there is none."""
        zero = 0 in self.servers.values()
        if "persist" in self.options and self.drained:
            return choices.TEMPLATE
        if self.scheduler == "wrr" and self.edited:
            return choices.EDITS
        if self.scheduler == "sh" and sum(self.servers.values()) > choices.BUCKETS:
            return choices.SCALED_SH
        if self.scheduler == "sh" and zero:
            return choices.ZERO_SH
        if self.scheduler == "mh" and zero:
            return choices.ZERO_MH
        if self.relimited:
            return choices.LIMIT
        if self.scheduler == "lblc" and self.was_full:
            return choices.FULL_HIT
        if self.scheduler == "lblcr" and self.was_full:
            return choices.FULL_IDLE
        if self.scheduler == "lblcr" and self.returned:
            return choices.REJOIN
        if self.udp and self.scheduler in choices.BY_LOAD:
            return choices.UDP
        return None

    def leave(self, flow):
        """A flow that had ended is forgotten."""
        if self.flows.get(flow, (None, "-"))[1] != "-":
            self.loads[flow[1]][self.flows[flow][1]][1] -= 1
            self.judge(flow[1])
        self.flows.pop(flow, None)

    def enter(self, flow, kind, ipvs, pollux):
        if "persist" in self.options:
            self.templates[packets.endpoint(flow[0])[0], flow[1]] = ipvs, pollux
        if (ipvs, pollux) != ("-", "-") and "one-packet" not in self.options:
            self.flows[flow] = ipvs, pollux, kind
        if pollux != "-" and "one-packet" not in self.options:
            self.loads[flow[1]][pollux][0] += 1
            self.judge(flow[1])

    def note(self, flow, kind):
        """A packet of a flow: what it makes of the loads."""
        ipvs, pollux, last = self.flows[flow]
        if kind in "FR" and last == "A" and pollux != "-":
            self.loads[flow[1]][pollux][0] -= 1
            self.loads[flow[1]][pollux][1] += 1
        if kind in "FR" or last not in "FR":
            self.flows[flow] = ipvs, pollux, kind

    def go_on(self, flow, kind, ipvs, pollux):
        """A packet of a flow that there is, on one side at least: it stays where it was."""
        theirs, ours, last = self.flows[flow]
        if kind in "SU" and theirs == "-":  # IPVS chooses now
            theirs = ipvs
        if kind in "SU" and ours == "-":
            ours = self.rule(*flow)
            self.enter(flow, kind, theirs, ours)
        self.flows[flow] = theirs, ours, last
        self.note(flow, kind)
        if pollux != ours:
            return ""
        if ipvs == "-" and theirs not in self.servers and theirs != ours:
            return self.reasons.get(flow, "")
        if ipvs == "-" and theirs not in self.servers:
            return choices.REMOVED
        if ipvs != theirs:
            return ""
        return None if ipvs == pollux else self.reasons.get(flow, "")

    def start(self, flow, kind, ipvs, pollux):
        """The first packet of a flow, or one that starts it afresh."""
        before, _, last = self.flows.get(flow, (None, None, None))
        self.leave(flow)
        # Those that remember have to be asked each time.
        ask = ipvs != pollux or self.scheduler in ("rr", "wrr", "lblc", "lblcr")
        said = self.rule(*flow) if ask else None
        reason = self.reason()
        if last == "F" and ipvs == before:
            reason = choices.AFRESH
        elif last == "R" and self.scheduler in choices.BY_OVERHEAD:
            reason = choices.UNCOUNTED
        self.enter(flow, kind, ipvs, pollux)
        if ipvs == pollux:
            return None
        self.reasons[flow] = reason if reason and said in (None, pollux) else ""
        return self.reasons[flow]

    def is_new(self, kind, flow):
        """Whether a packet asks for a server."""
        return kind in "SU" and (flow not in self.flows or self.flows[flow][2] in "FR")

    def send(self, kind, client, vip, ipvs, pollux):
        """Note what both decided. None, or why the two may differ here; "": for no reason."""
        flow = client, vip
        if self.is_new(kind, flow):
            return self.start(flow, kind, ipvs, pollux)
        if flow in self.flows:
            return self.go_on(flow, kind, ipvs, pollux)
        return None if ipvs == pollux else ""
