"""Where a browser may be sent with a code: addresses that are compared letter by letter, so nothing is left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ...wire.reading import Fault
from .addresses import web_faults

MOST = 10
LONGEST = 2048


def faults(redirect_uris: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with the addresses that a partner wants to be registered with."""
    if not 1 <= len(redirect_uris) <= MOST:
        yield Fault("redirect-uri", f"should be given 1 to {MOST} times")
    for uri in redirect_uris:
        place = f"redirect-uri {uri[:100]!r}"
        if not uri.isascii() or not uri.isprintable() or len(uri) > LONGEST or set(uri) & set(' "<>\\^`{|}'):
            yield Fault(place, f"should be at most {LONGEST} characters, each of them one that an address may have")
        elif bad := list(web_faults(uri, place)):
            yield from bad
        elif "#" in uri:
            yield Fault(place, "should have no fragment (#): the code could not be added")
        elif "@" in urlsplit(uri).netloc:
            yield Fault(place, "should not hold a user name")
