"""Going through pages: what `iterate` does, without IO.

    walking = Walking(page)            where to start
    walking.page                       the next page to ask for, None at the end
    walking.take(answer)               its items, in the order of the walk

Walking back, each page is turned round, so that the whole walk has one order: newest first. A walk ends, whatever
the server says: at an empty page, and at a cursor that was met before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from ..wire import Listing, Page

T = TypeVar("T")


class Walking:
    """A walk through a list, from page to page."""

    def __init__(self, page: Page | None) -> None:
        self.page: Page | None = page or Page()
        self._met = {self.page and self.page.before, self.page and self.page.after}

    def take(self, listing: Listing[T]) -> Sequence[T]:
        """The items of the page that was asked for, in walking order. Turns to the next page."""
        page = self.page or Page()
        back = page.before is not None or (page.after is None and listing.walks == "before")
        items, meta = listing.items(), listing.meta
        cursor = meta and (meta.before_cursor if back else meta.after_cursor)
        if not meta or not cursor or not items or meta.has_more is False or cursor in self._met:
            self.page = None
        else:
            self._met.add(cursor)
            self.page = msgspec.structs.replace(page, **{"before" if back else "after": cursor})
        return items[::-1] if back else items
