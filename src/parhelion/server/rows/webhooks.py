"""Webhooks in SQL. Their secrets are not here: see vault.

What a webhook hears of stands a second time in webhook_trigger, where an event looks for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...wire import TRIGGERS
from ..ports import AFTERWARDS, CHANGED, Database, Row, Step, Value, Write
from .apps import HOLD

MOST = 10  # webhooks of an app
FULL = "the app has as many webhooks as one may have"
ROOM = f"(select count(*) from webhook where app_id = :app) < {MOST}"

_THEIRS = "app_id = :app and integration_id = :integration"
_ALL = " union all ".join(f"select '{trigger}' as type" for trigger in TRIGGERS)
HEAR = Step(
    f"""
    insert into webhook_trigger (app_id, type, webhook_id, integration_id)
    select :app, t.type, :webhook, :integration from ({_ALL}) t where :triggers like '%,' || t.type || ',%'"""
)
GONE = "insert into webhook_gone (app_id, webhook_id) select app_id, id from webhook where {} on conflict do nothing"
_CREATE = (
    HOLD,
    Step(
        f"""
    insert into webhook (app_id, id, integration_id, body)
    select app_id, :webhook, id, :body from integration where app_id = :app and id = :integration and {ROOM}""",
        FULL,
    ),
    HEAR,
)
_ONE = f"{_THEIRS} and id = :webhook"
_UNHEAR = Step("delete from webhook_trigger where app_id = :app and webhook_id = :webhook")
_UPDATE = (Step(f"update webhook set body = :body where {_ONE} and body = :before", CHANGED), _UNHEAR, HEAR)
_DELETE = (Step(GONE.format(_ONE), "no such webhook"), Step(f"delete from webhook where {_ONE}"), _UNHEAR)


def heard(triggers: Sequence[str]) -> str:
    """Triggers, as a write says them."""
    return f",{','.join(triggers)},"


def create(app: str, integration: str, webhook: str, body: bytes, triggers: Sequence[str]) -> Write:
    """Refused when the app has no such integration, or no room."""
    values: dict[str, Value] = {"app": app, "integration": integration, "webhook": webhook, "body": body}
    return Write(app, _CREATE, values | {"triggers": heard(triggers)})


def update(app: str, integration: str, webhook: str, before: bytes, body: bytes, triggers: Sequence[str]) -> Write:
    values: dict[str, Value] = {
        "app": app,
        "integration": integration,
        "webhook": webhook,
        "before": before,
        "body": body,
        "triggers": heard(triggers),
    }
    return Write(app, _UPDATE, values)


def delete(app: str, integration: str, webhook: str) -> Write:
    values: dict[str, Value] = {"app": app, "integration": integration, "webhook": webhook}
    return Write(app, _DELETE, values, (AFTERWARDS,))


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
