"""Where the servers of a bus are, and who asks there: what one address says.

    nats://HOST:4222    nats://USER:PASSWORD@HOST,HOST    nats://TOKEN@HOST    tls://HOST,tls://HOST

An address may hold a secret, so nothing here says it again: not an error, not a repr.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

LIKE = "nats://nats1.example.org:4222,nats2.example.org:4222"
PORT = 4222
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?/?")
_SCHEMES = ("nats", "tls")


@dataclass(frozen=True, slots=True)
class Bus:
    """Servers that are one cluster, or one server. Who asks is known there by `user` and `password`, by a `token`, or
    by nothing.
    """

    scheme: str  # tls: encrypted
    hosts: tuple[str, ...]  # each with its port
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{','.join(self.hosts)}"


def bus_of(address: str) -> Bus:
    """What an address says; ValueError says what is wrong with it, and not the address."""
    schemes, credentials, hosts = set[str](), set[str](), list[str]()
    for place in address.split(","):
        scheme, is_said, rest = place.strip().rpartition("://")
        who, _, host = rest.rpartition("@")
        found = _HOST.fullmatch(host)
        if found is None or int(found["port"] or PORT) > 65535:
            raise ValueError(f"it is not an address such as {LIKE}")
        if is_said:
            schemes.add(scheme)
        if who:
            credentials.add(who)
        hosts.append(f"{found['name']}:{found['port'] or PORT}")
    if len(schemes) != 1 or not schemes <= set(_SCHEMES):
        raise ValueError(f"it should begin with nats:// or, for all of its servers, with tls://, such as {LIKE}")
    if len(credentials) > 1:
        raise ValueError("all of its servers should know the same user: say USER:PASSWORD@ before the first")
    [scheme] = schemes
    name, is_user, password = "".join(credentials).partition(":")
    if is_user:
        return Bus(scheme, tuple(hosts), unquote(name), unquote(password))
    return Bus(scheme, tuple(hosts), token=unquote(name) or None)
