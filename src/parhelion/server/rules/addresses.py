"""Addresses in messages: absolute, and nothing that a click would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ...wire.reading import Fault

_ABSOLUTE = re.compile(r"([a-z][a-z0-9+.-]*):([^\s\x00-\x1f\x7f]+)", re.IGNORECASE)
_USUAL = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:[/?#]|$)", re.IGNORECASE)
_WEB = ("http", "https")
_RUN_OR_LOCAL = ("javascript", "data", "vbscript", "file")


def web_faults(address: str | None, place: str) -> Iterator[Fault]:
    """What is fetched or shown: http or https."""
    if address is not None and not (_scheme(address) in _WEB and _has_host(address)):
        yield Fault(place, "should be an absolute http or https address")


def link_faults(address: str, place: str) -> Iterator[Fault]:
    """What is followed by a click: mail, telephones and the schemes of apps too."""
    scheme = _scheme(address)
    if scheme in _WEB:
        yield from web_faults(address, place)
    elif not scheme:
        yield Fault(place, "should be an absolute address")
    elif scheme in _RUN_OR_LOCAL:
        yield Fault(place, f"should not be a {scheme}: address")


def _scheme(address: str) -> str:
    match = _ABSOLUTE.fullmatch(address)
    return match[1].lower() if match else ""


def _has_host(address: str) -> bool:
    if _USUAL.match(address):  # ten times as fast as taking it apart
        return True
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0  # reading the port is what refuses a bad one
    except ValueError:
        return False
