"""Which way to a server: straight, or through a proxy.

A proxy is given by address ("http://user:password@proxy:3128"), or found where all programs look for it: http_proxy,
https_proxy, all_proxy and no_proxy, in either case. Only http:// proxies are spoken to; what is https:// inside goes
through their CONNECT, so they do not see it.
"""

from __future__ import annotations

import os
import sys
from binascii import b2a_base64
from typing import Literal
from urllib.parse import unquote, urlsplit

Given = str | Literal[False] | None  # an address | none at all | whatever the environment says


class Proxy:
    """Where a proxy listens, and what it wants to hear."""

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address if "://" in address else f"http://{address}")
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"A proxy is http://host:port; {parts.scheme or 'this'} is not spoken here")
        self.host, self.port = parts.hostname, port or 80
        self.authorization: str | None = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self.authorization = "Basic " + b2a_base64(pair.encode(), newline=False).decode()

    @property
    def origin(self) -> str:
        """Its address, without what it wants to hear."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Proxy({self.origin!r})"


def proxy_for(origin: str, given: Given) -> Proxy | None:
    """The proxy on the way to that server."""
    if given is not None:
        return Proxy(given) if given else None
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib import request  # dear to load, and seldom needed

    scheme, _, place = origin.partition("://")
    found = request.getproxies()
    address = found.get(scheme) or found.get("all")
    return Proxy(address) if address and not request.proxy_bypass(place) else None
