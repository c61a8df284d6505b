"""Search: messages that have some words in them. Ours: the API has no word for it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from ._wire import Wire
from .message import Message
from .page import Links, Meta

SearchQuery = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class SearchPiece(Wire, kw_only=True):
    """Some of a text. `matched`: it is one of the words that were asked for."""

    text: str
    matched: bool = False


class SearchResult(Wire, kw_only=True):
    """A message that was found, and where it is.

    `highlight` is the place in its text where the words are, in pieces that together are up to 240 characters of it.
    They are plain text: whoever shows them as HTML escapes them.
    """

    conversation_id: str
    message: Message
    highlight: list[SearchPiece]


class SearchResultListResponse(Wire, kw_only=True):
    """A page of what was found, newest first. What is older is on the next page, after `meta.after_cursor`."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    results: list[SearchResult]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[SearchResult]:
        return self.results
