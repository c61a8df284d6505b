"""parhelion config check: what holds, where it was said, and whether what it names is there.

Nothing in the store is changed, but for a small file in the bucket that is taken away again.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import stat
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ..server.assemble import Store, rows_of
from ..server.databases import migrations
from ..server.media.bucket import Bucket
from ..server.ports import Media, Unavailable, UnusableStore
from ..server.rows import master_key
from ..server.vault import Vault
from .settings import TABLE, Gathered, Settings, gather, key, shown

PROBE = b"parhelion config check"
ROOM = 1024 * 1024  # bytes that are to be left on a disk
PATIENCE = 10.0  # seconds that a store has to answer in


def check(asked: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    """Show and try all. Answers 1 when something is wrong."""
    gathered = gather(asked, environment)
    _show(gathered)
    for each in (*gathered.warnings, *gathered.faults):
        print(each)
    if gathered.faults:
        wrong = len(gathered.faults)
    else:
        print()
        wrong = asyncio.run(_try(gathered.settings().store))
    print()
    print({0: "All is well.", 1: "One thing is wrong."}.get(wrong, f"{wrong} things are wrong."))
    return 1 if wrong else 0


def _show(gathered: Gathered) -> None:
    lines = [("setting", "value", "from")]
    for name, setting in TABLE.items():
        found = gathered.found.get(name)
        if found is None:
            lines.append((key(name), shown(name, getattr(Settings, name)) or setting.usual, "(as without a word)"))
        else:
            lines.append((key(name), shown(name, found.value), found.where))
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    for name, value, where in lines:
        print(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {where}")
    if gathered.warnings or gathered.faults:
        print()


async def _try(store: Store) -> int:
    """Answers how many are wrong."""
    wrong = 0
    tries: dict[str, Callable[[Store], Awaitable[str]]] = {
        "master key": _key,
        "database": _database,
        "media": _media,
        "bus": _bus,
    }
    for name, each in tries.items():
        try:
            said, mark = await each(store), "ok"
        except (UnusableStore, Unavailable, OSError, ValueError) as trouble:
            said, mark = str(trouble), "WRONG"
            wrong += 1
        except ModuleNotFoundError as missing:
            said, mark = f"{missing}: pip install 'parhelion[server,postgresql,s3,nats]'", "WRONG"
            wrong += 1
        print(f"{name:<10}  {mark:<5}  {said}")
    return wrong


async def _key(store: Store) -> str:
    path = store.key
    if not path.exists():
        if store.master_key is None:
            return f"there is none yet; a new store gets one at its first start, in {path}"
        raise UnusableStore(f"{path} is not there: copy it from another node, or make it, once, for a new store")
    Vault.at(path)
    if path.stat().st_mode & stat.S_IROTH:
        raise UnusableStore(f"others on this machine can read {path}: chmod o-r {path}")
    return str(path)


async def _database(store: Store) -> str:
    if store.database is None:
        _let_write(store.data)
    if store.database is None and not (store.data / "parhelion.db").exists():
        return f"a file that is made at the first start, in {store.data}"
    newest = max(version for version, _ in migrations.scripts())
    rows = rows_of(store)
    try:
        store_now = await rows.shape()
        version, left = store_now.version, migrations.plan(store_now)
        if not version:
            return "reached; it takes writes, and is empty: tables are made at the first start"
        fingerprint = await master_key.fingerprint(rows) if version >= master_key.SINCE else None
    finally:
        await rows.close()
    if fingerprint is not None and not (store.key.exists() and Vault.at(store.key).fingerprint() == fingerprint):
        raise UnusableStore(f"it belongs to another master key than {store.key}: copy that of another node there")
    state = f"and this program knows {newest}: parhelion migrate brings it up to date" if left else "up to date"
    return f"reached; it takes writes, and is of version {version}, {state}"


async def _media(store: Store) -> str:
    if store.bucket is None:
        _let_write(store.data)
        return f"in {store.data / 'media'}"
    media, id = _bucket(store.bucket), secrets.token_hex(12)
    part = await media.receive(id)
    try:
        await part.write(PROBE)
        await part.seal()
        await part.keep()
        found = b"".join([piece async for piece in media.read(id, 0, len(PROBE))])
    finally:
        await media.remove(id)
    if found != PROBE:
        raise UnusableStore(f"{store.bucket} gives back something else than was written there")
    return f"wrote, read and removed a file in {store.bucket}"


async def _bus(store: Store) -> str:
    if store.bus is None:
        return "none: what is new is told through the store"
    from ..server.bus.nats import Nats  # an extra

    line = Nats(store.bus, "check")
    try:
        await line.open(lambda _: None, lambda: None)
        await line.call(["check"])
    finally:
        await line.close()
    return f"{store.bus} is reached, and takes what is said"


def _bucket(bucket: Bucket) -> Media:
    from ..server.media.s3 import S3  # an extra

    return S3(bucket, time.time, PATIENCE)


def _let_write(folder: Path) -> None:
    """OSError, where nothing can be made in a folder, nor the folder itself."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise OSError(f"nothing can be written into {there}: whose is it?")
    if (left := shutil.disk_usage(there).free) < ROOM:
        raise OSError(f"there is hardly any room left in {there}, {left} bytes: make some")
