"""Addresses in messages: absolute, and nothing that a click would run."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ...wire.reading import Fault

_ABSOLUTE = re.compile(r"([a-z][a-z0-9+.-]*):([^\s\x00-\x1f\x7f]+)", re.IGNORECASE)
_PLAIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:[/?#][^\s\x00-\x1f\x7f]*)?", re.IGNORECASE)
_NO_WEB = "should be an absolute http or https address"
_WEB = ("http", "https")
_RUN_OR_LOCAL = ("javascript", "data", "vbscript", "file")


def web_faults(address: str | None, place: str) -> list[Fault]:
    """What is fetched or shown: http or https."""
    why = None if address is None else web_fault(address)
    return [] if why is None else [Fault(place, why)]


def web_fault(address: str) -> str | None:
    """Why an address cannot be fetched or shown."""
    return None if _is_plain(address) or (_scheme(address) in _WEB and _has_host(address)) else _NO_WEB


def link_fault(address: str) -> str | None:
    """Why a click may not follow an address: mail, telephones and the schemes of apps are fine too."""
    if _is_plain(address):
        return None
    scheme = _scheme(address)
    if scheme in _WEB:
        return web_fault(address)
    if not scheme:
        return "should be an absolute address"
    return f"should not be a {scheme}: address" if scheme in _RUN_OR_LOCAL else None


def _is_plain(address: str) -> bool:
    """Nearly all are, and this is ten times as fast as taking them apart."""
    return _PLAIN.fullmatch(address) is not None


def _scheme(address: str) -> str:
    match = _ABSOLUTE.fullmatch(address)
    return match[1].lower() if match else ""


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0  # reading the port is what refuses a bad one
    except ValueError:
        return False
