"""No name leads outside: a process that imports this finds none but those of this machine.

Webhooks of these tests point at example.org, and servers here are at work: what they send must not leave.
"""

from __future__ import annotations

import socket
from typing import Any

_found = socket.getaddrinfo
HERE = (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::")


def found(host: Any, *more: Any, **how: Any) -> Any:
    if (host.decode() if isinstance(host, bytes) else host) not in HERE:
        raise socket.gaierror(socket.EAI_NONAME, "no name leads outside")
    return _found(host, *more, **how)


socket.getaddrinfo = found
