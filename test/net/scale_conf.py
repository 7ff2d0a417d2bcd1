#!/usr/bin/env python3
"""Write services of a list, for a configuration of the largest size that is promised.

    scale_conf.py VIP SERVICES SERVERS WEIGHT

TCP services s0 and on, from port 10000 on, by TUN; each with so many of 100 servers, 10.2.0.100 and on,
whose weights begin with WEIGHT.
"""
import sys

FIRST_PORT = 10000
ADDRESSES = 100


def service(vip, number, servers, weight):
    """Text of one service."""
    port = FIRST_PORT + number
    lines = [f'{{ address = "10.2.0.{100 + (number * servers + i) % ADDRESSES}"; port = {port}; '
             f'weight = {weight + i}; }}' for i in range(servers)]
    return (f'{{ name = "s{number}"; address = "{vip}"; port = {port}; forward = "tun"; servers = (\n'
            + ",\n".join(lines) + " ); }")


def main():
    """All of them."""
    vip, (services, servers, weight) = sys.argv[1], map(int, sys.argv[2:])
    print(",\n".join(service(vip, number, servers, weight) for number in range(services)))


if __name__ == "__main__":
    main()
