"""The audit log: read, and checked. What writes it is `Context.noting`, and `note`; what seals it, dispatch/sealing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from ...operations import Audit
from ...wire import AuditLine, AuditListFilter, AuditListResponse, BadRequest, Forbidden, Page, instant
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Clock, Database, Reads, Row, Write, milliseconds
from ..rows.audit import FAR
from ..rules.auditing import Chain, Line, Seal, What, mark
from ..vault import Vault
from ._pages import NEWEST, page_of
from ._serves import CHANGED_IT, COMMAND_LINE, OPERATOR, Context, Said, serves

CURSOR = "{:024x}"  # a position, as long as the ids that other lists have for cursors
SEVERAL = 100  # seals that are read at once
_CURSOR = re.compile("[0-9a-f]{24}")


@serves(Audit.list)
async def list_(
    context: Context, *, filter: AuditListFilter | None = None, page: Page | None = None
) -> Said[AuditListResponse]:
    wanted, app = filter or AuditListFilter(), None if filter is None else filter.app
    if context.grant.scope != "account":
        if app not in (None, context.grant.app_id):
            raise Forbidden
        app = context.grant.app_id

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.audit.page(
            context.database,
            _position(cursor),
            several,
            back=back,
            app=app,
            key=wanted.key or "",
            operation=wanted.operation or "",
            object=wanted.object or "",
            since=_milliseconds(wanted.since, 0),
            until=_milliseconds(wanted.until, FAR),
        )
        return [(CURSOR.format(row[0]), to_json(line_said(rows.audit.line(row)))) for row in found]

    asked = {
        "filter[app]": wanted.app,
        "filter[key]": wanted.key,
        "filter[operation]": wanted.operation,
        "filter[object]": wanted.object,
        "filter[since]": _text(wanted.since),
        "filter[until]": _text(wanted.until),
    }
    return Said(await page_of(context, "lines", page, near, newest_first=True, asked=asked))


def line_said(line: Line) -> AuditLine:
    """A line as it is told."""
    at, app, key, scope, operation, object, outcome, address, request = line.what
    return AuditLine(
        id=CURSOR.format(line.position),
        at=instant(at),
        app_id=app or None,
        key=key,
        scope=scope,
        operation=operation,
        object=object,
        outcome=outcome,
        address=address or None,
        request=request or None,
    )


async def note(database: Database, vault: Vault, clock: Clock, command: str, object: str, app: str = "") -> None:
    """The line of a command that changes a store in many writes, by itself: before the first of them."""
    at = milliseconds(clock())
    what = What(at, app, OPERATOR.key_id, COMMAND_LINE, command, object, CHANGED_IT, address="", request="")
    await database.write(rows.audit.noting(Write("audit", (), {}), what, mark(vault.auditing, what)))


async def sealed(database: Reads) -> AsyncIterator[tuple[Seal, list[Line]]]:
    """Each seal with its lines, in their order; an anchor without any."""
    number = last = 0
    while found := await rows.audit.seals(database, number, SEVERAL):
        for seal in found:
            lines = [] if seal.anchor else await rows.audit.lines(database, last, seal.last)
            cut = None if seal.anchor else await _pruned(database, seal)
            number, last = (cut or seal).number, (cut or seal).last
            yield (seal, lines) if cut is None else (cut, [])
            if cut is not None:
                break


async def unsealed(database: Reads, last: int) -> AsyncIterator[Line]:
    """What comes after a line, in its order, as far as it is committed."""
    while found := await rows.audit.lines(database, last, FAR, SEVERAL):
        for line in found:
            yield line
        last = found[-1].position


async def verify(
    database: Reads, vault: Vault, head: str | None = None, told: Callable[[int], None] = lambda _: None
) -> Chain:
    """Whether the log is as it was written: see its breaks. `head`: one that was noted earlier. `told`: how many
    lines were looked at. ValueError
    """
    chain = Chain(vault.auditing, head)
    async for seal, lines in sealed(database):
        chain.seal(seal, lines)
        told(chain.lines)
    async for line in unsealed(database, chain.last):
        chain.rest([line])
    chain.end()
    return chain


async def _pruned(database: Reads, seal: Seal) -> Seal | None:
    """The anchor that has taken a seal's place since it was read."""
    [*found] = await rows.audit.seals(database, 0, 1)
    return found[0] if found and found[0].anchor and found[0].number >= seal.number else None


def _position(cursor: str) -> int:
    if cursor == NEWEST:
        return FAR
    if not _CURSOR.fullmatch(cursor):
        raise BadRequest("page: should have a cursor that was answered with a page")
    return min(int(cursor, 16), FAR)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _milliseconds(moment: datetime | None, otherwise: int) -> int:
    return otherwise if moment is None else milliseconds(moment.timestamp())
