"""Whether what two directors made of a packet differs by choice."""

import choices
import packets

IP = 14               # in a frame
IPIP = 4
TO_ADDRESSES = 12     # in an IPv4 header
QUOTE = 8             # in an ICMP message
SUM = {packets.TCP: 16, packets.UDP: 6}  # where the checksum stands


def behind(frame, at):
    """Where the IPv4 header at a place ends."""
    return at + (frame[at] & 15) * 4


def without(frame, *places):
    """A frame whose 16-bit words at these places are 0."""
    blank = bytearray(frame)
    for place in places:
        blank[place:place + 2] = b"\0\0"
    return blank


def is_same_but_number(theirs, ours):
    """Outer headers that may be fragmented: other numbers, and so other checksums."""
    for frame in (theirs, ours):
        if frame[IP + 9] != IPIP or frame[IP + 6] & 0x40 or packets.checksum(frame[IP:IP + 20]):
            return False
    return without(theirs, IP + 4, IP + 10) == without(ours, IP + 4, IP + 10)


def is_same_without_checksum(theirs, ours):
    """UDP that has none on our side."""
    at = behind(ours, IP) + SUM[packets.UDP]
    return ours[at:at + 2] == b"\0\0" and without(theirs, at) == ours


def quoted_sum(frame):
    """What NAT may not change in the packet that an ICMP error quotes: addresses, ports, checksum
    as a sum. And the places of both checksums in the frame."""
    icmp = behind(frame, IP)
    quote = icmp + QUOTE
    inner = behind(frame, quote)
    at = inner + SUM[frame[quote + 9]]
    addresses = frame[quote + TO_ADDRESSES:quote + TO_ADDRESSES + 8]
    return packets.checksum(addresses + frame[inner:inner + 4] + frame[at:at + 2]), icmp + 2, at


def is_same_but_quoted(sent, theirs, ours):
    """ICMP errors whose quoted checksum is right on our side."""
    if ours[IP + 9] != packets.ICMP or packets.checksum(ours[behind(ours, IP):]):
        return False
    before, _, _ = quoted_sum(sent)
    after, *places = quoted_sum(ours)
    return before == after and without(theirs, *places) == without(ours, *places)


def reason(method, sent, theirs, ours):
    """None if they are the same; else the choice by which they differ; "": there is none."""
    if theirs == ours:
        return None
    if set(theirs + ours) & set("-,"):  # none, or several
        return ""
    sent, theirs, ours = (bytes.fromhex(text) for text in (sent, theirs, ours))
    if method == "tun" and is_same_but_number(theirs, ours):
        return choices.NUMBER
    if method == "nat" and ours[IP + 9] == packets.UDP and is_same_without_checksum(theirs, ours):
        return choices.NO_CHECKSUM
    if method == "nat" and is_same_but_quoted(sent, theirs, ours):
        return choices.QUOTED
    return ""
