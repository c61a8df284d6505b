"""parhelion vacuum: write a store anew, so that what was deleted is in none of its files."""

from __future__ import annotations

import asyncio
import time

from ..server.assemble import Store, tables_of, unopened
from ..server.databases import migrations
from ..server.ports import UnusableStore
from ..server.rows import erasures


def vacuum(store: Store) -> int:
    """Do it, and say what came of it."""
    return asyncio.run(_vacuum(store))


async def _vacuum(store: Store) -> int:
    async with unopened(store) as rows:
        if migrations.plan(await rows.shape()):
            raise UnusableStore(f"{store.rows} is of an older version: run parhelion migrate first")
        left = await erasures.left(rows)
    tables = tables_of(store, source=True)
    begun = time.monotonic()

    def told(what: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {what}", flush=True)

    try:
        before = await tables.size()
        print(f"{store.rows} takes up {before:,} bytes, and is written anew. {_WAITS}", flush=True)
        await tables.rewrite(told)
        after = await tables.size()
    finally:
        await tables.close()
    told("done")
    print(f"It takes up {after:,} bytes now: {before - after:,} went back.")
    if left:
        what = "1 deletion was" if left == 1 else f"{left:,} deletions were"
        print(f"{what} not carried out to the end before: it takes two minutes, where a server or parhelion dispatch")
        print("runs. What is left of that may still be in the files: run this again then.")
        return 1
    print("Nothing of what was deleted before is in its files any more." if store.database is None else _SHARED)
    return 0


_WAITS = """It may be served meanwhile: requests that change
something wait, and are answered 503 when they have waited for ten seconds."""
_SHARED = """Nothing of what was deleted before is in its tables any more. PostgreSQL writes over its log (WAL) in time;
archives, standbys and backups are yours to see to."""
