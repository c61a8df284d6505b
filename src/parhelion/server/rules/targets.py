"""Where a webhook may point: at the outside only, however an address on the inside is spelled.

    target --place_of--> Place(scheme, host, port, path)    the one reading of an address: what is judged is called
                 host is a name     ->  no local one           (target_faults, when a webhook is written)
                 host is numbers    ->  refusal(its address)
    name   --resolved--> addresses  ->  refusal(each of them)  (dispatch/posting, whenever it connects)

A name says nothing of what it stands for, today or tomorrow, so the second judgement is the one that protects; the
first is there to tell a person early. `Reach` opens private networks, or this very machine. Nothing opens link-local
addresses, where clouds keep the credentials of a machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple

from ...wire.reading import Fault
from .signing import HIDDEN

ABSOLUTE = "should be an absolute http or https address"
NOWHERE = "this server sends no events there"
_TARGET = re.compile(r"(https?)://([^/?#\s]*)(/?[^#\s]*)(?:#\S*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_USUAL = {"http": 80, "https": 443}
_LOCAL = ("local", "localdomain", "internal", "home.arpa")


class Reach(NamedTuple):
    """What else may be called: `private` networks (10.x, 192.168.x, fd00::, CGNAT and local names), `loopback`."""

    private: bool = False
    loopback: bool = False


OUTSIDE = Reach()


class Place(NamedTuple):
    """Where a target points. `host` is a name in lower case or an address in its usual form, without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as an address and the `host` header write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL[self.scheme] else f"{host}:{self.port}"


def place_of(target: str) -> Place:
    """Raises ValueError with the words of a fault."""
    match = _TARGET.fullmatch(target)
    if match is None or not target.isprintable():
        raise ValueError(ABSOLUTE)
    scheme, authority, path = match[1].lower(), match[2], match[3]
    if "@" in authority:
        raise ValueError("should have no user name and no password in it")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or not parts[1]:
        raise ValueError(ABSOLUTE)
    port = int(parts[2][:6]) if parts[2] else _USUAL[scheme]
    if not 1 <= port <= 65535:
        raise ValueError("should have a port from 1 to 65535")
    return Place(scheme, _host(parts[1]), port, path if path.startswith("/") else f"/{path}")


def shown(target: str) -> str:
    """A target for somebody to look at: a query says its names, and not its values. ValueError as of `place_of`."""
    place = place_of(target)
    path, mark, query = place.path.partition("?")
    said = (f"{each.partition('=')[0]}={HIDDEN}" if "=" in each else HIDDEN for each in query.split("&"))
    return f"{place.scheme}://{place.authority}{path}{mark}{'&'.join(said) if query else ''}"


def target_faults(target: str, place: str, reach: Reach) -> Iterator[Fault]:
    """What is wrong with the target of a webhook, as far as it can be told without asking anybody."""
    try:
        host = place_of(target).host
    except ValueError as error:
        yield Fault(place, str(error))
        return
    if refused := _name_refusal(host, reach) if is_name(host) else refusal(host, reach):
        yield Fault(place, f"should not be {refused}: {NOWHERE}")


def refusal(address: str, reach: Reach) -> str | None:
    """Why nothing is sent to this address ("a private address (10.0.0.1)"), or None. What is no address is refused."""
    bare = address.partition("%")[0]  # fe80::1%eth0: the zone says through which door, not to whom
    try:
        found = IPv6Address(bare) if ":" in bare else IPv4Address(bare)
    except ValueError:
        return "something that is no address"
    if isinstance(found, IPv6Address) and (found.ipv4_mapped or found in _NAT64):
        found = IPv4Address(found.packed[-4:])
    kind = next((kind for kind, networks in _KINDS.items() if any(found in each for each in networks)), None)
    if kind is None and isinstance(found, IPv6Address) and found not in _PUBLIC:
        kind = _RESERVED
    if kind is None or (reach.private and kind == _PRIVATE) or (reach.loopback and kind == _LOOPBACK):
        return None
    return f"{kind} ({found})"


def is_name(host: str) -> bool:
    """Whether the host of a Place is a name, and so has to be resolved."""
    return ":" not in host and not host.rpartition(".")[2].isdigit()


def _host(said: str) -> str:
    """As it is resolved and called: every spelling of an address is that address."""
    if said.startswith("["):
        if "%" in said:
            raise ValueError("should have no zone (%) in its address")
        try:
            return str(IPv6Address(said[1:-1]))
        except ValueError:
            raise ValueError("should have an IPv6 address between its brackets") from None
    if not said.isascii():  # how letters beyond ASCII are turned into a name is not the same everywhere
        raise ValueError("should have a host in ASCII: a name with other letters is written as xn--...")
    host = said.lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_ipv4(labels))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("should have a host that is a name or an address: letters, digits, '-', '_' and dots")
    return host


def _ipv4(labels: list[str]) -> IPv4Address:
    """Numbers as inet_aton reads them: 1 to 4, in decimal, octal (017) or hex (0xf); the last one fills the rest."""
    try:
        if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
            raise ValueError
        *most, last = [_number(label) for label in labels]
        rest = 4 - len(most)
        return IPv4Address(bytes(most) + last.to_bytes(rest, "big"))
    except (ValueError, OverflowError):  # a number that does not fit
        raise ValueError("should have a host that is a name or an address, not a number that is neither") from None


def _number(text: str) -> int:
    if len(text) > 40:  # long before it is slow to read
        raise ValueError
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _name_refusal(name: str, reach: Reach) -> str | None:
    labels = name.split(".")
    if labels[-1] == "localhost":
        return None if reach.loopback else f"a name of this machine ({name})"
    if reach.private:
        return None
    if len(labels) == 1:
        return f"a name without a dot ({name})"
    return f"a local name ({name})" if name.endswith(tuple(f".{each}" for each in _LOCAL)) or name in _LOCAL else None


_NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 calls IPv4: one of one's own cannot be read
_PUBLIC = IPv6Network("2000::/3")

_PRIVATE, _LOOPBACK, _RESERVED = "a private address", "an address of this machine", "a reserved address"
# The first that fits is what it is. After the IANA's registries of special addresses: what Python knows of them changes
# from one of its versions to the next.
_KINDS: dict[str, tuple[IPv4Network | IPv6Network, ...]] = {
    "an address of the cloud's own": (
        IPv4Network("100.100.100.200/32"),  # Alibaba Cloud: metadata, inside CGNAT
        IPv4Network("168.63.129.16/32"),  # Azure: the host of a machine, at a public address
        IPv6Network("fd00:ec2::/32"),  # Amazon: metadata, time and names
        IPv6Network("fd20:ce::254/128"),  # Google Cloud: metadata
    ),
    "a link-local address": (IPv4Network("169.254.0.0/16"), IPv6Network("fe80::/10")),
    _LOOPBACK: (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
    _PRIVATE: (
        IPv4Network("10.0.0.0/8"),
        IPv4Network("172.16.0.0/12"),
        IPv4Network("192.168.0.0/16"),
        IPv4Network("100.64.0.0/10"),
        IPv6Network("fc00::/7"),
    ),
    "an unspecified address": (IPv4Network("0.0.0.0/8"), IPv6Network("::/128")),
    "a multicast address": (IPv4Network("224.0.0.0/4"), IPv6Network("ff00::/8")),
    "an address for benchmarks": (IPv4Network("198.18.0.0/15"), IPv6Network("2001:2::/48")),
    "an address for documentation": (
        IPv4Network("192.0.2.0/24"),
        IPv4Network("198.51.100.0/24"),
        IPv4Network("203.0.113.0/24"),
        IPv6Network("2001:db8::/32"),
        IPv6Network("3fff::/20"),
    ),
    "a tunnel's address": (IPv6Network("2002::/16"), IPv6Network("2001::/32")),  # 6to4, Teredo: to any IPv4 address
    _RESERVED: (
        IPv4Network("192.0.0.0/24"),
        IPv4Network("192.88.99.0/24"),
        IPv4Network("240.0.0.0/4"),
        IPv6Network("2001::/23"),
    ),
}
