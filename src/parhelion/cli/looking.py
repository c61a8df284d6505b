"""Whether a store is as it should be, looked at while it is served: `parhelion check` says what is found here.

    the engine  ->  its file, its log, its indexes                       databases/soundness
    the key     ->  is it that of this store? And the audit log, that it holds together?
    each table  ->  page by page, all checks of it                       rows/checking
    the files   ->  each attachment's is there, of its size; none is there of nothing      media/stock

Nothing grows with the store: a page of keys at a time, and of what is wrong the first few. What two looks are needed
for (a row and a file) is looked at once more before it is told. `mend` goes the same way again, as what it is to change
may have changed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from ..server.assemble import Store
from ..server.commands.audit import verify
from ..server.databases import migrations
from ..server.databases.soundness import WORDS, Soundness, Told
from ..server.media.stock import File, Stock
from ..server.ports import Clock, Damaged, Database, Finding, Media, Refused, Row, UnusableStore, milliseconds
from ..server.rows import audit as audit_rows, checking, checks as all_checks, master_key
from ..server.rows.checking import Check
from ..server.vault import Vault

FEW = 10  # of what is wrong are named
FIRST, MOST = 100, 1000  # rows of a page, at the beginning and at most
QUICK, SLOW = 0.05, 0.2  # seconds: pages that take less grow, those that take more shrink
AT_ONCE = 16  # files that are asked for together
OLD = 3 * 60 * 60  # seconds: no upload takes as long, so a file that nobody knows by then is nobody's
UPLOADING = 10 * 60 * 1000  # milliseconds that a row may be there before its file
MIGRATIONS, MASTER_KEY = "migrations", "master key"  # findings that hold up what is done about others
_AGAIN = "restore it from a backup, or delete the attachment by the API"


@dataclass
class Sight:
    """What is looked at, and when."""

    store: Store
    rows: Soundness
    files: Stock
    clock: Clock
    told: Told

    @property
    def old(self) -> int:
        """What was told before then is to be in order by now: milliseconds."""
        return milliseconds(self.clock() - checking.OLD)


@dataclass
class _Count:
    """What a check has found so far."""

    looked: int = 0
    wrong: int = 0
    some: list[str] = field(default_factory=list)

    def add(self, what: str) -> None:
        self.wrong += 1
        if len(self.some) < FEW:
            self.some.append(what)


async def findings(sight: Sight) -> AsyncIterator[Finding]:
    """All that there is to be found, part by part."""
    without_words = False
    async for each in sight.rows.parts(sight.told):
        without_words = without_words or (each.name == WORDS and bool(each.wrong))
        yield each
    try:
        scripts = await _scripts(sight)
    except Damaged:
        return  # which was said
    yield scripts
    if scripts.wrong:
        return
    key = await _key(sight)
    yield key
    for table in checking.KEYS:
        checks = [each for each in all_checks.of(table) if not (without_words and "findable" in each.wrong)]
        for each in await _table(sight, table, checks):
            yield each
    if not key.wrong and sight.store.key.exists():
        yield await _audit(sight)
    yield await _files(sight)
    yield await _orphans(sight)


async def mend(sight: Sight, found: list[Finding], database: Database, media: Media) -> None:
    """What can be done about what was found."""
    names = {each.name for each in found if each.will}
    if WORDS in names and sight.rows.rebuild is not None:
        await database.write(sight.rows.rebuild)
        names |= {each.name for each in all_checks.CHECKS if "findable" in each.wrong}

    async def change(check: Check, rows: list[Row]) -> None:
        if check.mend is not None:
            done = await asyncio.gather(*(database.write(check.mend(row)) for row in rows), return_exceptions=True)
            for each in done:
                if isinstance(each, BaseException) and not isinstance(each, Refused):  # that is: right by now
                    raise each

    for table in checking.KEYS:
        if checks := [each for each in all_checks.of(table) if each.name in names]:
            await _table(sight, table, checks, change)
    if ORPHANS in names:
        await _orphans(sight, media)


# -- what the store is ----------------------------------------------------------------------------------------------


async def _scripts(sight: Sight) -> Finding:
    shape = await sight.rows.shape()
    if not shape.version:
        raise UnusableStore(f"{sight.store.rows} is empty: parhelion serve makes a store of it")
    left = migrations.plan(shape)
    wrong = [name for name, kind in left if kind != "contract"]
    return Finding(
        MIGRATIONS,
        shape.version,
        "scripts",
        len(wrong),
        "are still to be carried out; rows are not looked at before",
        tuple(wrong[:FEW]),
        advice="run `parhelion migrate`, then this again",
    )


async def _key(sight: Sight) -> Finding:
    wanted, path = await master_key.fingerprint(sight.rows), sight.store.key
    says = ""
    if wanted is not None:
        if not path.exists():
            says = "is missing: without it no key of this store works"
        elif Vault.at(path).fingerprint() != wanted:
            says = "is another one than that of this store's keys"
    some = (str(path),) if says else ()
    return Finding(MASTER_KEY, 1, "key", len(some), says, some, advice="put back the one that belongs to the store")


async def _audit(sight: Sight) -> Finding:
    """The one thing that is not mended: it would be hidden."""
    total = await checking.count(sight.rows, audit_rows.TABLE)

    def told(lines: int) -> None:
        sight.told("audit log", lines, max(total, lines))

    try:
        chain = await verify(sight.rows, Vault.at(sight.store.key), told=told)
    except Damaged as damage:
        return _broken(audit_rows.TABLE, 0, damage)
    return Finding(
        "audit log",
        chain.lines + chain.unsealed,
        checking.things(audit_rows.TABLE),
        chain.several,
        "are not as they were written",
        tuple(f"{place}: {what}" for place, what in chain.breaks[:FEW]),
        advice="find out who could write to the store; `parhelion audit verify` shows all of it",
    )


# -- rows -----------------------------------------------------------------------------------------------------------


async def _table(
    sight: Sight,
    table: str,
    checks: list[Check],
    change: Callable[[Check, list[Row]], Awaitable[None]] | None = None,
) -> list[Finding]:
    """All checks of a table, on one way through it. `change`: what is done about what is wrong."""
    counts = [_Count() for _ in checks]
    judges = [check.judge() if check.judge is not None else None for check in checks]
    looked, several = 0, FIRST
    after: Row | None = None
    try:
        total = await checking.count(sight.rows, table)
        while some := await checking.keys(sight.rows, table, after, several):
            began = time.monotonic()
            for check, count, judge in zip(checks, counts, judges, strict=True):
                rows = await checking.wrong(sight.rows, check, after, some[-1], sight.old)
                wrong = [row for row in rows if judge is None or judge(row)]
                for row in wrong:
                    count.add(checking.label(check, row))
                if wrong and change is not None:
                    await change(check, wrong)
            after, looked = some[-1], looked + len(some)
            sight.told(checking.things(table), looked, max(total, looked))
            several = _next(several, time.monotonic() - began)
            await asyncio.sleep(0)
    except Damaged as damage:
        return [_broken(table, looked, damage)]
    return [_finding(check, looked, count) for check, count in zip(checks, counts, strict=True)]


def _next(several: int, took: float) -> int:
    if took > SLOW:
        return max(several // 2, 1)
    return min(several * 2, MOST) if took < QUICK else several


def _finding(check: Check, looked: int, count: _Count) -> Finding:
    will, advice = (check.will, "") if check.mend is not None else ("", check.advice)
    things = checking.things(check.table)
    return Finding(check.name, looked, things, count.wrong, check.says, tuple(count.some), will, advice)


def _broken(table: str, looked: int, damage: Damaged) -> Finding:
    return Finding(
        f"rows of {checking.things(table)}",
        looked,
        checking.things(table),
        1,
        "and then no further: the file is damaged there",
        (str(damage),),
        advice=checking.RESTORE,
        damage=True,
    )


# -- files ----------------------------------------------------------------------------------------------------------

ORPHANS = "files of nothing"


async def _files(sight: Sight) -> Finding:
    """Of each attachment."""
    count, after = _Count(), ""
    total = await checking.count(sight.rows, "attachment")
    recent = milliseconds(sight.clock()) - UPLOADING

    async def look(id: str, size: int, made: int) -> None:
        said = await _ill(sight, id, size, made, recent)
        if said and await checking.is_attachment(sight.rows, id):  # it may have been deleted meanwhile
            count.add(f"{id} ({said})")

    while some := await checking.attachments(sight.rows, after, FIRST):
        for at in range(0, len(some), AT_ONCE):
            await asyncio.gather(*(look(id, size, made) for id, size, made in some[at : at + AT_ONCE]))
        after, count.looked = some[-1][0], count.looked + len(some)
        sight.told("files", count.looked, max(total, count.looked))
    says = "have a file that is missing, or that is of another size"
    return Finding(
        "files of attachments", count.looked, "attachments", count.wrong, says, tuple(count.some), advice=_AGAIN
    )


async def _ill(sight: Sight, id: str, size: int, made: int, recent: int) -> str:
    found = await sight.files.size(id)
    if found == size:
        return ""
    if found is None:
        if made > recent or await sight.files.waits(id) or await sight.files.size(id) is not None:
            return ""  # committed a moment ago, or cut off then: whoever serves settles it
        return "missing"
    return f"{found:,} bytes instead of {size:,}"


async def _orphans(sight: Sight, media: Media | None = None) -> Finding:
    """Files that no row knows. `media`: they are removed."""
    count, bytes_ = _Count(), 0
    async for some in sight.files.files():
        count.looked += len(some)
        sight.told("files of nothing", count.looked, count.looked)
        for each in await _unknown(sight, [each for each in some if each.changed_at < sight.clock() - OLD]):
            count.add(f"{each.id} ({each.size:,} bytes)")
            bytes_ += each.size
            if media is not None:
                await media.remove(each.id)
    says = f"belong to no attachment ({bytes_:,} bytes)"
    return Finding(
        ORPHANS, count.looked, "files", count.wrong, says, tuple(count.some), f"remove them ({bytes_:,} bytes)"
    )


async def _unknown(sight: Sight, files: list[File]) -> list[File]:
    """Those that nobody knows, and that are there once that was asked: one that goes is unknown before it is gone."""
    if not files:
        return []
    known = await checking.known(sight.rows, [each.id for each in files])
    return [each for each in files if each.id not in known and await sight.files.size(each.id) is not None]
