"""parhelion migrate: bring a store up to date, while it is served."""

from __future__ import annotations

import asyncio
import time

from ..server.assemble import Store, unopened
from ..server.databases import migrations


def migrate(store: Store, *, dry_run: bool) -> int:
    """Carry out what there is to do, or say it."""
    return asyncio.run(_migrate(store, dry_run=dry_run))


async def _migrate(store: Store, *, dry_run: bool) -> int:
    names = migrations.names()
    newest = max(names)
    async with unopened(store) as rows:
        before = await rows.shape()
        left = migrations.plan(before)
        print(
            f"{store.rows} is of version {before.version}, and this program knows versions up to {newest}.", flush=True
        )
        if not left:
            print("There is nothing to do.")
            return 0
        for name, kind in left:
            print(f"to do: {name} ({kind})", flush=True)
        if dry_run:
            print("Nothing was changed. Without --dry-run it is done.")
            return 0
        begun = time.monotonic()

        def done(version: int) -> None:
            print(f"done: {names[version]}, after {time.monotonic() - begun:.1f} s", flush=True)

        await rows.migrate(migrations.scripts(), done)
        after = await rows.shape()
    print(f"It is of version {after.version} now. Servers that know version {after.oldest} or later work with it:")
    print("start the new ones, then stop the old ones.")
    return 0
