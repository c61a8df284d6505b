"""A database as something to look at, by who changes nothing: what `parhelion check` reads, and what an engine knows of
itself that rows cannot say.

    read_all   a statement, at one moment, over a connection of its own that can only read
    parts      what is to be looked at of the engine: its file, its log, its indexes; each a Finding
    rebuild    the write that makes the index of words anew, as far as this engine needs one: it is empty after it
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from ..ports import Finding, Reads, Shape, Write

Told = Callable[[str, int, int], None]  # what, how much is done, of how much
WORDS = "index of words"  # what the finding about it is called


class Soundness(Reads, Protocol):
    """One store's rows. `Damaged` from whatever meets bytes that are not what was written."""

    def __str__(self) -> str: ...
    async def shape(self) -> Shape:
        """`UnusableStore` when it is none of ours."""
        ...

    def parts(self, told: Told) -> AsyncIterator[Finding]: ...
    @property
    def rebuild(self) -> Write | None: ...
    async def close(self) -> None: ...
