"""Webhooks in SQL. Their secrets are not here: see vault."""

from __future__ import annotations

from ..ports import CHANGED, Database, Row, Step, Value, Write

MOST = 10  # webhooks of an app
FULL = "the app has as many webhooks as one may have"
ROOM = f"(select count(*) from webhook where app_id = :app) < {MOST}"

_THEIRS = "app_id = :app and integration_id = :integration"
_CREATE = (
    Step(
        f"""
    insert into webhook (app_id, id, integration_id, body)
    select app_id, :webhook, id, :body from integration where app_id = :app and id = :integration and {ROOM}""",
        FULL,
    ),
)
_UPDATE = (Step(f"update webhook set body = :body where {_THEIRS} and id = :webhook and body = :before", CHANGED),)
_DELETE = (Step(f"delete from webhook where {_THEIRS} and id = :webhook", "no such webhook"),)


def create(app: str, integration: str, webhook: str, body: bytes) -> Write:
    """Refused when the app has no such integration, or no room."""
    return Write(app, _CREATE, {"app": app, "integration": integration, "webhook": webhook, "body": body})


def update(app: str, integration: str, webhook: str, before: bytes, body: bytes) -> Write:
    values: dict[str, Value] = {
        "app": app,
        "integration": integration,
        "webhook": webhook,
        "before": before,
        "body": body,
    }
    return Write(app, _UPDATE, values)


def delete(app: str, integration: str, webhook: str) -> Write:
    return Write(app, _DELETE, {"app": app, "integration": integration, "webhook": webhook})


async def find(database: Database, app: str, integration: str, webhook: str) -> bytes | None:
    values: dict[str, Value] = {"app": app, "integration": integration, "webhook": webhook}
    row = await database.read_one(f"select body from webhook where {_THEIRS} and id = :webhook", values)
    return None if row is None else bytes(row[0])


async def every(database: Database, app: str, integration: str) -> list[Row]:
    """Rows of (id, body) of an integration, oldest first."""
    values: dict[str, Value] = {"app": app, "integration": integration}
    return await database.read_all(f"select id, body from webhook where {_THEIRS} order by id", values)


async def of_app(database: Database, app: str) -> list[Row]:
    """Rows of (id, body, integration), oldest first. They are few."""
    return await database.read_all(
        "select id, body, integration_id from webhook where app_id = :app order by id", {"app": app}
    )
