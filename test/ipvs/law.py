"""Whether decisions follow a law that says how likely each one was."""

import collections
import math

import choices
from history import CHANGES, History

LEAST_VARIANCE = 4  # of a server's flows, to count


class Law:
    """
    Of one case. A server's number of flows has the sum of p as its mean and the sum of p (1 - p) as
    its variance, also when p depends on what was decided before; so the squares of what is too many
    or too few, each over its variance, add up to one per server.
    """

    def __init__(self):
        self.off, self.variance = collections.Counter(), collections.Counter()
        self.impossible = 0

    def add(self, law, server):
        """One decision."""
        if law.get(server, 0) == 0:
            self.impossible += 1
        self.off[server] += 1
        for number, likely in law.items():
            self.off[number] -= likely
            self.variance[number] += likely * (1 - likely)

    def sum(self):
        """(sum, its mean, its variance as of a multinomial distribution)."""
        cells = [number for number in self.variance if self.variance[number] >= LEAST_VARIANCE]
        if len(cells) < 2:
            return 0, 0, 0
        total = sum(self.off[number] ** 2 / self.variance[number] for number in cells)
        return total, len(cells), 2 * len(cells) ** 2 / (len(cells) - 1)


def of_twos(lines, answers):
    """The laws of the cases of a sequence for twos, given the loads at each decision."""
    laws, history = [], None
    for number, line in enumerate(lines, 1):
        word, *rest = line.split()
        if word == "case":
            history = History(*rest)
            laws.append(Law())
        elif word in CHANGES:
            history.change(word, *rest)
        elif word == "send":
            kind, client, vip = rest
            server = answers[number] if answers[number] == "-" else int(answers[number])
            if history.is_new(kind, (client, vip)) and any(history.open(vip).values()):
                history.leave((client, vip))
                laws[-1].add(choices.twos(history.open(vip), history.loads[vip]), server)
            history.send(kind, client, vip, server, server)
    return laws


def judge(laws):
    """(sum, its mean, how many standard deviations it is off, impossible decisions)."""
    total, mean, variance = (sum(column) for column in zip(*(law.sum() for law in laws)))
    return (total, mean, (total - mean) / math.sqrt(variance),
            sum(law.impossible for law in laws))
