"""Webhooks: where events may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from ...wire.reading import Fault
from .addresses import web_faults


def target_faults(target: str, place: str) -> Iterator[Fault]:
    """An absolute http or https address. What is secret in an address shows in logs, so none may be."""
    faults = list(web_faults(target, place))
    yield from faults
    if not faults and "@" in urlsplit(target).netloc:
        yield Fault(place, "should have no user name and no password in it")


def known_once(triggers: list[str]) -> list[str]:
    """Each trigger once, in the order in which they were said."""
    return list(dict.fromkeys(triggers))
