"""Which master key a store belongs to, in SQL. The key itself is not here: see vault."""

from __future__ import annotations

from ..ports import Database, Reads, Step, Write

SINCE = 4  # the version of a store from which on it is asked

_REMEMBER = (Step("insert into master_key (id, fingerprint) values (1, :fingerprint) on conflict (id) do nothing"),)
_FIND = "select fingerprint from master_key where id = 1"


async def fingerprint(database: Reads) -> str | None:
    """That of the key that a store belongs to. None: to none yet."""
    found = await database.read_one(_FIND, {})
    return None if found is None else str(found[0])


async def belongs(database: Database, fingerprint: str) -> bool:
    """Whether a store is one of this key. A store that was of none is from now on."""
    if (found := await database.read_one(_FIND, {})) is None:
        await database.write(Write("master key", _REMEMBER, {"fingerprint": fingerprint}))
        found = await database.read_one(_FIND, {})
    return found is not None and found[0] == fingerprint
