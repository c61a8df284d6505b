"""Keys of custom integrations, in SQL. Their secrets are not here: see vault."""

from __future__ import annotations

from ..ports import Database, Row, Step, Value, Write
from .apps import HOLD

MOST = 10  # keys of an integration

_THEIRS = "app_id = :app and integration_id = :integration and scope = 'integration'"
# An app that is gone has taken its keys along: what it has left for a while makes no new ones.
_CREATE = (
    HOLD,
    Step(
        f"""
    insert into api_key (id, scope, app_id, integration_id, display_name, created_at)
    select :id, 'integration', app_id, id, :name, :now from integration
    where app_id = :app and id = :integration and type = 'custom' and exists (select 1 from app where id = :app)
    and (select count(*) from api_key where {_THEIRS}) < :most""",
        "not now",
    ),
)
_DELETE = (Step(f"delete from api_key where id = :id and {_THEIRS}", "no such key"),)


def create(key: str, app: str, integration: str, name: str, now: int) -> Write:
    values: dict[str, Value] = {
        "id": key,
        "app": app,
        "integration": integration,
        "name": name,
        "now": now,
        "most": MOST,
    }
    return Write(app, _CREATE, values)


def delete(app: str, integration: str, key: str) -> Write:
    return Write(app, _DELETE, {"app": app, "integration": integration, "id": key})


async def name(database: Database, app: str, integration: str, key: str) -> str | None:
    """What a key of the integration is called; None where there is no such key."""
    values: dict[str, Value] = {"app": app, "integration": integration, "id": key}
    row = await database.read_one(f"select display_name from api_key where id = :id and {_THEIRS}", values)
    return None if row is None else str(row[0])


async def every(database: Database, app: str, integration: str) -> list[Row]:
    """Rows of (id, name), oldest first."""
    values: dict[str, Value] = {"app": app, "integration": integration}
    return await database.read_all(f"select id, display_name from api_key where {_THEIRS} order by id", values)
