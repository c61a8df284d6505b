"""Apps in SQL."""

from __future__ import annotations

from ..ports import Database, Row, Step, Write

_CREATE = (Step("insert into app (id, body) values (:id, :body) on conflict do nothing", "already there"),)

# Two bounds on the key: a cursor survives the deletion of the row it was made from.
_PAGE = "select id, body from app where id {} :cursor order by id {} limit :several"
_AFTER = _PAGE.format(">", "asc")
_BEFORE = _PAGE.format("<", "desc")


def create(app: str, body: bytes) -> Write:
    return Write(app, _CREATE, {"id": app, "body": body})


async def find(database: Database, app: str) -> bytes | None:
    row = await database.read_one("select body from app where id = :app", {"app": app})
    return None if row is None else bytes(row[0])


async def page(database: Database, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows of (id, body) next to the cursor, nearest first."""
    return await database.read_all(_BEFORE if back else _AFTER, {"cursor": cursor, "several": several})
