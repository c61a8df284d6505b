"""Pages: a cursor asked for, a list answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Protocol, TypeVar

import msgspec

from ._wire import Wire

T_co = TypeVar("T_co", covariant=True)

Cursor = Annotated[str, msgspec.Meta(min_length=24, max_length=24)]


class Page(Wire, kw_only=True):
    """Where a list starts: `page[before]`, `page[after]`, `page[size]`.

    A cursor is the id of a thing, 24 characters; only one of the two may be given. `size` is 1 to 100 and 25 when it
    is not given; lists of messages ignore it and always answer 100.
    """

    before: Cursor | None = None
    after: Cursor | None = None
    size: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class Meta(Wire, kw_only=True):
    """What is known around a page. A cursor is absent when there is nothing on that side."""

    has_more: bool | None = None
    before_cursor: str | None = None
    after_cursor: str | None = None


class Links(Wire, kw_only=True):
    """The neighbouring pages as addresses, to be followed as they are."""

    prev: str | None = None
    next: str | None = None


class Listing(Protocol[T_co]):
    """What every paged answer can do, whatever its list is called."""

    walks: ClassVar[Literal["before", "after"]]  # which way a walk goes that was not told

    @property
    def meta(self) -> Meta | None: ...
    def items(self) -> Sequence[T_co]: ...
