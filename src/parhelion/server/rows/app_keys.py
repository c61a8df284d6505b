"""Keys in SQL: an account's and an app's. Their secrets are not here: see vault."""

from __future__ import annotations

from ..ports import Database, Row, Step, Write
from .apps import HOLD

MOST = 10  # keys of an app

_OF_APP = "app_id = :app and scope = 'app'"
_CREATE = (
    HOLD,
    Step(
        f"""
    insert into api_key (id, scope, app_id, display_name, created_at)
    select :id, 'app', id, :name, :now from app
    where id = :app and (select count(*) from api_key where {_OF_APP}) < :most""",
        "no room",
    ),
)
_CREATE_FOR_ACCOUNT = (
    Step(
        """
    insert into api_key (id, scope, app_id, display_name, created_at) values (:id, 'account', '', :name, :now)"""
    ),
)
_DELETE = (Step(f"delete from api_key where id = :id and {_OF_APP}", "no such key"),)


def create(key: str, app: str, name: str, now: int) -> Write:
    return Write(app, _CREATE, {"id": key, "app": app, "name": name, "now": now, "most": MOST})


def create_for_account(key: str, name: str, now: int) -> Write:
    return Write(key, _CREATE_FOR_ACCOUNT, {"id": key, "name": name, "now": now})


def delete(app: str, key: str) -> Write:
    return Write(app, _DELETE, {"app": app, "id": key})


async def find(database: Database, key: str) -> Row | None:
    """(scope, app id, integration id)"""
    return await database.read_one("select scope, app_id, integration_id from api_key where id = :key", {"key": key})


async def name(database: Database, app: str, key: str) -> str | None:
    """What a key of the app is called; None where there is no such key."""
    row = await database.read_one(
        f"select display_name from api_key where id = :id and {_OF_APP}", {"app": app, "id": key}
    )
    return None if row is None else str(row[0])


async def every(database: Database, app: str) -> list[Row]:
    """Rows of (id, name), oldest first."""
    return await database.read_all(f"select id, display_name from api_key where {_OF_APP} order by id", {"app": app})
