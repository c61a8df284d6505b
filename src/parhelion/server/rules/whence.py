"""From where a request comes, when proxies stand before the server: the right-most address that is no proxy of ours.

    X-Forwarded-For: <whatever the client said>, <client, as the first proxy saw it>, <that proxy, as the next saw it>
                      forged for all we know                                           the peer stands behind these

Each proxy puts behind the others whom it saw. So from the right on each word is as good as who wrote it, and the first
that is none of our proxies is where it came from; what stands before it anybody may have made up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
HOPS = 32  # proxies in a row, at most
_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")


def network(said: str) -> Network:
    """10.0.0.0/8, or one address. ValueError"""
    try:
        return ip_network(said.strip())
    except ValueError:
        raise ValueError(f"{said!r} is no address and no network such as 10.0.0.0/8 or fd00::/8") from None


def whence(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Where a request comes from. `peer`: who is connected to us; `forwarded`: all that X-Forwarded-For says.

    The peer itself where no proxy is to be believed, or where a proxy says what is no address.
    """
    here = _address(peer)
    if here is None or not _is_among(here, trusted):
        return str(here or peer)
    for said in reversed(forwarded.rsplit(",", HOPS)[-HOPS:]):
        there = _address(said)
        if there is None:
            break  # what a proxy of ours did not understand is nobody's address
        here = there
        if not _is_among(here, trusted):
            break
    return str(here)


def _address(said: str) -> IPv4Address | IPv6Address | None:
    """One as a proxy or a socket says it, perhaps with a port; an IPv4 that is written as IPv6 is meant as such."""
    said = said.strip()
    if match := _PORT.fullmatch(said):
        said = match[1] or match[2]
    try:
        found = ip_address(said)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or (None if found.scope_id else found)
    return found


def _is_among(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
