"""parhelion check: whether a store is as it should be, and what can be done where it is not."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack

import msgspec

from ..server.assemble import Store, media_of, rows_of, soundness_of, stock_of
from ..server.commands.audit import note
from ..server.databases import migrations
from ..server.ports import Clock, Finding, Unavailable
from ..server.vault import Vault
from .looking import MASTER_KEY, MIGRATIONS, Sight, findings, mend
from .progress import Progress

NAME = 44  # signs
_NOTHING = "Nothing was changed."


def check(
    store: Store, *, repair: bool = False, yes: bool = False, as_json: bool = False, clock: Clock = time.time
) -> int:
    """Look, say what is found, and do what can be done when that is asked for. Answers 1 when anything is wrong."""
    store.need()
    try:
        return asyncio.run(_check(store, clock, repair=repair, yes=yes, as_json=as_json))
    except Unavailable as trouble:
        raise OSError(str(trouble)) from None


async def _check(store: Store, clock: Clock, *, repair: bool, yes: bool, as_json: bool) -> int:
    progress = Progress()
    async with AsyncExitStack() as open_:
        open_.callback(progress.end)
        rows = soundness_of(store)
        open_.push_async_callback(rows.close)
        sight = Sight(store, rows, stock_of(store, clock), clock, progress.told)
        if not as_json:
            print(f"{rows}, and files in {store.bucket or store.data / 'media'}", flush=True)
        found = await _look(sight, progress, quiet=as_json)
        if repair and _may_mend(found, as_json=as_json) and _is_wanted(found, yes=yes, as_json=as_json):
            await _mend(store, sight, found)
            progress.end()
            _say("\nDone. Once more:", as_json=as_json)
            found = await _look(sight, progress, quiet=as_json)
    wrong = [each for each in found if each.wrong]
    if as_json:
        print(msgspec.json.encode({"clean": not wrong, "findings": [_plain(each) for each in found]}).decode())
    else:
        _farewell(found, repair=repair)
    return 1 if wrong else 0


async def _look(sight: Sight, progress: Progress, *, quiet: bool) -> list[Finding]:
    found: list[Finding] = []
    async for each in findings(sight):
        found.append(each)
        if not quiet:
            progress.end()
            _show(each)
    progress.end()
    return found


async def _mend(store: Store, sight: Sight, found: list[Finding]) -> None:
    """By guarded writes, as a server makes them: others may serve the store. Each kind leaves its line before it."""
    database = rows_of(store)
    try:
        await database.open(migrations.scripts())
        vault = Vault.at(store.key)
        for each in found:
            if each.wrong and each.will:
                await note(database, vault, sight.clock, "check --repair", f"check/{each.name}")
        await mend(sight, found, database, media_of(store.bucket or store.data / "media", sight.clock))
    finally:
        await database.close()


# -- what is said ---------------------------------------------------------------------------------------------------


def _show(found: Finding) -> None:
    if not found.wrong:
        print(f"ok     {found.name:<{NAME}}  {found.looked:,} {found.things}", flush=True)
        return
    print(f"WRONG  {found.name:<{NAME}}  {found.wrong:,} of {found.looked:,} {found.things}: they {found.says}")
    for each in found.some:
        print(f"         {each}")
    if found.wrong > len(found.some) > 0:
        print("         ...")
    print(f"       --repair would {found.will}" if found.will else f"       {found.advice}", flush=True)


def _may_mend(found: list[Finding], *, as_json: bool) -> bool:
    if any(each.damage for each in found):
        _say(f"\nWhat is on the disk is not what was written: no repair. {_NOTHING}", as_json=as_json)
        return False
    if any(each.wrong and each.name in {MIGRATIONS, MASTER_KEY} for each in found):  # its line takes the key
        _say(f"\n{_NOTHING}", as_json=as_json)
        return False
    return any(each.wrong and each.will for each in found)


def _is_wanted(found: list[Finding], *, yes: bool, as_json: bool) -> bool:
    _say("\nTo do:", as_json=as_json)
    for each in found:
        if each.wrong and each.will:
            _say(f"  {each.name}: {each.wrong:,} {each.things}: {each.will}", as_json=as_json)
    if yes:
        return True
    if not sys.stdin.isatty():
        _say(f"Say --yes to have it done. {_NOTHING}", as_json=as_json)
        return False
    print("Do this? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    _say(_NOTHING, as_json=as_json)
    return False


def _say(line: str, *, as_json: bool) -> None:
    print(line, file=sys.stderr if as_json else sys.stdout, flush=True)


def _farewell(found: list[Finding], *, repair: bool) -> None:
    wrong = [each for each in found if each.wrong]
    print()
    if not wrong:
        print(f"All is well: {len(found)} checks.")
        return
    print(f"{len(wrong)} of {len(found)} checks found something wrong.")
    if any(each.damage for each in wrong):
        print("The store is damaged. Stop the server, keep a copy of the whole folder as it is, and restore a backup.")
    elif not repair and any(each.will for each in wrong):
        print("With --repair what can be mended is mended, after it was said what will be done.")


def _plain(found: Finding) -> dict[str, object]:
    return {
        "name": found.name,
        "looked": found.looked,
        "of": found.things,
        "wrong": found.wrong,
        "says": found.says if found.wrong else "",
        "some": found.some,
        "repair": found.will if found.wrong else "",
        "advice": found.advice if found.wrong else "",
        "damage": found.damage,
    }
