"""parhelion audit export | verify: the log as a file, and whether it is as it was written.

They open the store, beside a running server or without one: what they need is its master key.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..server.assemble import Store, auditing, engines, unopened
from ..server.commands import audit
from ..server.dispatch.sealing import Sealing
from ..server.ports import Unavailable, UnusableStore, milliseconds
from ..server.rules.auditing import Chain
from ..server.rules.auditing_file import Kept, checked, ending, line_kept, opening, seal_kept
from .listen import visible


def export(store: Store, file: Path) -> int:
    """All of it into a file, which is not there yet."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            try:
                chain = asyncio.run(_export(store, out))
                out.flush()  # what is still held has to have room, too
            except BaseException:
                file.unlink()
                raise
    except FileExistsError:
        raise ValueError(f"{file} is there already, and is not written over: say another name") from None
    except Unavailable as trouble:
        raise OSError(str(trouble)) from None
    print(f"Exported the audit log of {store.rows} to {file}. Lines: {chain.lines + chain.unsealed:,}.")
    _note(chain)
    return _told(chain) if chain.several else 0


def verify(store: Store, file: Path | None, head: str | None) -> int:
    """Of a store, or of an export; `head`: of one that was noted earlier."""
    try:
        chain = asyncio.run(_verify(store, head)) if file is None else _verify_file(store, file, head)
    except Unavailable as trouble:
        raise OSError(str(trouble)) from None
    if chain.several:
        if file is not None and chain.several >= chain.lines + chain.unsealed > 0:
            print(f"Not one line fits {store.key}. Is it of another store than the export?", file=sys.stderr)
        return _told(chain)
    where = store.rows if file is None else file
    print(f"The audit log in {where} is whole. Lines: {chain.lines:,}, under seals: {chain.seals:,}.")
    if chain.unsealed:
        print(f"Not sealed yet: {chain.unsealed:,}. A running server seals lines within seconds.")
    _note(chain)
    return 0


async def _export(store: Store, out: BinaryIO) -> Chain:
    await _need(store)
    async with engines(store) as opened:
        await Sealing(opened.database, opened.vault, opened.clock).once()
        chain = Chain(opened.vault.auditing)
        _put(out, opening(milliseconds(opened.clock())))
        async for seal, lines in audit.sealed(opened.database):
            for line in lines:
                _put(out, line_kept(line))
            _put(out, seal_kept(seal))
            chain.seal(seal, lines)
        async for line in audit.unsealed(opened.database, chain.last):
            _put(out, line_kept(line))
            chain.rest([line])
        _put(out, ending(chain))
    return chain


async def _verify(store: Store, head: str | None) -> Chain:
    await _need(store)
    async with engines(store) as opened:
        return await audit.verify(opened.database, opened.vault, head)


def _verify_file(store: Store, file: Path, head: str | None) -> Chain:
    with file.open("rb") as raw:
        try:
            return checked(raw, auditing(store), head)
        except ValueError as wrong:
            raise ValueError(f"{file}: {wrong}") from None


async def _need(store: Store) -> None:
    """What is opened is made where there is nothing: here that would only hide a wrong address."""
    async with unopened(store) as rows:
        if not (await rows.shape()).version:
            raise UnusableStore(f"there is no store in {store.rows}, which is empty")


def _put(out: BinaryIO, kept: Kept) -> None:
    out.write(msgspec.json.encode(kept) + b"\n")


def _note(chain: Chain) -> None:
    if chain.head:
        print(f"Its head is {chain.head}. Noted elsewhere, it shows later that nothing was cut off at the end:")
        print(f"  parhelion audit verify --head {chain.head}")


def _told(chain: Chain) -> int:
    print("The audit log is not as it was written:", file=sys.stderr)
    for each in chain.breaks:
        print(f"  {visible(str(each))}", file=sys.stderr)
    if (more := chain.several - len(chain.breaks)) > 0:
        print(f"  and {more:,} more", file=sys.stderr)
    print("Compare it with an export or a backup from before. Nothing was changed here.", file=sys.stderr)
    return 1
