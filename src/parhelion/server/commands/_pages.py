"""A page of a list: the rows next to a cursor, what is known around them, and where the neighbouring pages are.

Bodies are stored as they are answered, so a page is joined and never decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote, urlencode

from ...wire import BadRequest, Page
from ..ports import Row
from ._serves import Context

SIZE = 25
OLDEST, NEWEST = "", "g"  # below and above every id
_IN_A_PATH = "/%:@!$&'()*+,;=~"  # what stays as it was asked; an external id may hold anything


class Telling(Protocol):
    """Makes the bodies of a page's rows."""

    async def __call__(self, found: list[Row]) -> list[bytes]: ...


class Near(Protocol):
    """Finds rows of (id, body) on one side of a cursor, nearest first."""

    async def __call__(self, cursor: str, several: int, *, back: bool) -> list[Row]: ...


async def page_of(
    context: Context,
    name: str,
    page: Page | None,
    near: Near,
    *,
    size: int | None = None,
    newest_first: bool = False,
    telling: Telling | None = None,
    asked: Mapping[str, str | None] | None = None,
) -> bytes:
    """The answer to a list: `{"NAME": [...], "meta": {...}, "links": {...}}`, oldest to newest.

    A `size` given here is fixed; otherwise the page says it. `telling`: where the second column is not the body yet, it
    makes those that are answered, at once. `asked` is what else the query said: links keep it.
    """
    page = page or Page()
    if page.before is not None and page.after is not None:
        raise BadRequest("page: only one of page[before] and page[after] may be given")
    several = size or page.size or SIZE
    cursor = page.before or page.after
    back = page.before is not None or (cursor is None and newest_first)
    found = await near(cursor or (NEWEST if newest_first else OLDEST), several + 1, back=back)
    ahead = len(found) > several
    del found[several:]
    if back:
        found.reverse()
    # Without a cursor the page is an end of the list: nothing is behind it.
    behind = cursor is not None and bool(found) and bool(await near(found[-1 if back else 0][0], 1, back=not back))
    bodies = [row[1] for row in found] if telling is None else await telling(found)
    before = found[0][0] if found and (ahead if back else behind) else None
    after = found[-1][0] if found and (behind if back else ahead) else None
    around = [f'"hasMore":{"true" if ahead else "false"}']
    links: list[str] = []
    path = quote(context.path.encode("latin-1"), safe=_IN_A_PATH)
    more = {name: value for name, value in (asked or {}).items() if value is not None}
    if not size and page.size is not None:
        more["page[size]"] = str(page.size)
    rest = f"&{urlencode(more)}" if more else ""
    for cursor_name, link_name, side, edge in (
        ("beforeCursor", "prev", "before", before),
        ("afterCursor", "next", "after", after),
    ):
        if edge is not None:
            around.append(f'"{cursor_name}":"{edge}"')
            links.append(f'"{link_name}":"{context.base}{path}?page%5B{side}%5D={edge}{rest}"')
    return b'{"%b":[%b],"meta":{%b}%b}' % (
        name.encode(),
        b",".join(bodies),
        ",".join(around).encode(),
        b',"links":{%b}' % ",".join(links).encode() if links else b"",
    )
