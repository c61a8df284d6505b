"""Keys in SQL: an account's and an app's. Their secrets are not here: see vault."""

from __future__ import annotations

from ..ports import Database, Row, Step, Write

_CREATE = (
    Step(
        """
    insert into api_key (id, scope, app_id, display_name, created_at)
    select :id, 'app', :app, :name, :now from app
    where id = :app and (select count(*) from api_key where app_id = :app) < :most""",
        "no room",
    ),
)
_CREATE_FOR_ACCOUNT = (
    Step(
        """
    insert into api_key (id, scope, app_id, display_name, created_at) values (:id, 'account', '', :name, :now)"""
    ),
)


def create(key: str, app: str, name: str, now: int, most: int) -> Write:
    return Write(app, _CREATE, {"id": key, "app": app, "name": name, "now": now, "most": most})


def create_for_account(key: str, name: str, now: int) -> Write:
    return Write(key, _CREATE_FOR_ACCOUNT, {"id": key, "name": name, "now": now})


async def find(database: Database, key: str) -> Row | None:
    """(scope, app id, integration id)"""
    return await database.read_one("select scope, app_id, integration_id from api_key where id = :key", {"key": key})
