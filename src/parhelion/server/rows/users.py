"""Users in SQL."""

from __future__ import annotations

from ..ports import Database, Row, Step, Write

_CREATE = (
    Step(
        """
    insert into app_user (app_id, id, external_id, brand_id, default_conversation_id, body)
    values (:app, :id, :external, :brand, '', :body) on conflict do nothing""",
        "already there",
    ),
)
_FIND = "select id, default_conversation_id, body from app_user where app_id = :app and "
_BY_ID = _FIND + "id = :id"
_BY_EXTERNAL_ID = _FIND + "brand_id = :brand and external_id = :external"


def create(app: str, user: str, external: str | None, brand: str, body: bytes) -> Write:
    # Whether an external id is taken is decided by its own order, so users who share one have one key.
    values = {"app": app, "id": user, "external": external, "brand": brand, "body": body}
    return Write(external or user, _CREATE, values)


async def by_id(database: Database, app: str, user: str) -> Row | None:
    """(id, default conversation or '', body)"""
    return await database.read_one(_BY_ID, {"app": app, "id": user})


async def by_external_id(database: Database, app: str, external: str, brand: str) -> Row | None:
    """(id, default conversation or '', body)"""
    return await database.read_one(_BY_EXTERNAL_ID, {"app": app, "external": external, "brand": brand})
