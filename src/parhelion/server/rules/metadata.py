"""Metadata: what a business hangs on things. Flat by its type; here is how much of it."""

from __future__ import annotations

import msgspec

from ...wire import Metadata
from ...wire.reading import Fault

LIMIT = 4096


def faults(metadata: Metadata | None, place: str, of: str = "Message") -> list[Fault]:
    """Too much of it. Keys and values both count: its size is that of its JSON without spaces, in UTF-8.

    `of` is whose metadata it is. A whole thing's own is refused in the hosted service's words, which name no place.
    """
    if not metadata or _size(metadata) <= LIMIT:
        return []
    return [Fault("" if place == "metadata" else place, f"{of} metadata is limited to {LIMIT} bytes in size.")]


def _size(metadata: Metadata) -> int:
    return len(msgspec.json.encode(metadata))
