"""Integrations in SQL.

delete    guard: the integration is there -> its webhooks and keys go -> no switchboard leads to it any more
          -> its clients are left to be swept, some at a time
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ports import AFTERWARDS, CHANGED, Database, Row, Step, Value, Write
from . import webhooks
from .apps import HOLD

NOT_NOW = "no such app, or no such responder"
SWEEP = 500  # clients a sweep takes at once

_ONE = "app_id = :app and id = :integration"
_ITS = "app_id = :app and integration_id = :integration"
_RESPONDER = """
    (:responder = '' or exists (select 1 from switchboard_integration other
        where other.app_id = :app and other.id = :responder))"""

_INSERT = """
    insert into integration (app_id, id, type, body, default_responder_id)
    select id, :integration, :type, :body, :responder from app where id = :app and """
_CREATE = (HOLD, Step(_INSERT + _RESPONDER, NOT_NOW))
_CREATE_WITH_WEBHOOK = (
    HOLD,
    Step(
        f"""
    insert into webhook (app_id, id, integration_id, body)
    select id, :webhook, :integration, :webhook_body from app where id = :app and {webhooks.ROOM}""",
        webhooks.FULL,
    ),
    Step(_INSERT + ":responder = ''", NOT_NOW),
    webhooks.HEAR,
)
_UPDATE = (
    HOLD,
    Step(
        f"""
    update integration set body = :body, default_responder_id = :responder
    where {_ONE} and body = :before and {_RESPONDER}""",
        CHANGED,
    ),
)
_LED_HERE = f"(select id from switchboard_integration where {_ITS})"
_DELETE = (
    HOLD,
    Step(f"delete from integration where {_ONE}", "no such integration"),
    Step(webhooks.GONE.format(_ITS)),
    *(Step(f"delete from {table} where {_ITS}") for table in ("webhook", "webhook_trigger")),
    Step(f"delete from api_key where {_ITS}"),
    Step(f"update switchboard set enabled = 0, default_id = '' where app_id = :app and default_id in {_LED_HERE}"),
    Step(f"update switchboard_integration set next_id = '' where app_id = :app and next_id in {_LED_HERE}"),
    Step(f"delete from switchboard_integration where {_ITS}"),
    Step("insert into integration_gone (app_id, integration_id) values (:app, :integration) on conflict do nothing"),
)

# Whoever answers first: set on the integration itself, or else the default of the switchboard that is on.
_READ = """
    select i.id, i.type, i.body, own.id, own.body, own.next_id, shared.body, shared.next_id from integration i
    left join switchboard_integration own on own.app_id = i.app_id and own.id = i.default_responder_id
    left join switchboard s on s.app_id = i.app_id and s.enabled = 1
    left join switchboard_integration shared on shared.app_id = s.app_id and shared.id = s.default_id
    where i.app_id = :app"""
_READ_ONE = f"{_READ} and i.id = :integration"
_PAGE = f"""{_READ} and i.id {{}} :cursor and (:types = '' or :types like '%,' || i.type || ',%')
    order by i.id {{}} limit :several"""
_AFTER = _PAGE.format(">", "asc")
_BEFORE = _PAGE.format("<", "desc")

_A_RESPONDER = """
    select body, next_id from switchboard_integration where app_id = :app
    and (id = :responder or (:responder = '' and id = (
        select default_id from switchboard where app_id = :app and enabled = 1)))"""

_GONE = "select app_id, integration_id from integration_gone limit :several"
_SOME = f"(select user_id, id from client where {_ITS} order by user_id, id limit :several)"
_SWEEP = (
    Step(
        f"""
    update integration_gone set integration_id = integration_id
    where {_ITS} and exists (select 1 from client where {_ITS})""",
        "no clients",
    ),
    Step(f"delete from client_association where app_id = :app and (user_id, client_id) in {_SOME}"),
    Step(f"delete from client where app_id = :app and (user_id, id) in {_SOME}"),
)
_SWEPT = (
    Step(f"delete from integration_gone where {_ITS} and not exists (select 1 from client where {_ITS})", "more of it"),
)


def create(app: str, integration: str, type: str, body: bytes, responder: str) -> Write:
    values: dict[str, Value] = {
        "app": app,
        "integration": integration,
        "type": type,
        "body": body,
        "responder": responder,
    }
    return Write(app, _CREATE, values)


def create_custom(
    app: str, integration: str, body: bytes, webhook: str, webhook_body: bytes, triggers: Sequence[str]
) -> Write:
    """A custom integration, with its first webhook."""
    values: dict[str, Value] = {"app": app, "integration": integration, "type": "custom", "body": body, "responder": ""}
    its_webhook: dict[str, Value] = {
        "webhook": webhook,
        "webhook_body": webhook_body,
        "triggers": webhooks.heard(triggers),
    }
    return Write(app, _CREATE_WITH_WEBHOOK, values | its_webhook)


def update(app: str, integration: str, before: bytes, body: bytes, responder: str) -> Write:
    """Refused when the body is not `before` any more, or the responder is gone."""
    values: dict[str, Value] = {
        "app": app,
        "integration": integration,
        "before": before,
        "body": body,
        "responder": responder,
    }
    return Write(app, _UPDATE, values)


def delete(app: str, integration: str) -> Write:
    return Write(app, _DELETE, {"app": app, "integration": integration}, (AFTERWARDS,))


async def find(database: Database, app: str, integration: str) -> Row | None:
    """(type, body)"""
    values: dict[str, Value] = {"app": app, "integration": integration}
    return await database.read_one(f"select type, body from integration where {_ONE}", values)


async def read(database: Database, app: str, integration: str) -> Row | None:
    """(id, type, body, own responder or None, its body, its next, the switchboard's default responder's body, its
    next)
    """
    return await database.read_one(_READ_ONE, {"app": app, "integration": integration})


async def page(database: Database, app: str, types: str, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows as of `read` next to the cursor, nearest first. `types` is "" for all, or such as ",custom,web,"."""
    values: dict[str, Value] = {"app": app, "types": types, "cursor": cursor, "several": several}
    return await database.read_all(_BEFORE if back else _AFTER, values)


async def responder(database: Database, app: str, responder: str) -> Row | None:
    """(body, next) of a switchboard integration; of the default one when it is "", where the switchboard is on."""
    return await database.read_one(_A_RESPONDER, {"app": app, "responder": responder})


async def gone(database: Database, several: int) -> list[Row]:
    """Integrations that are gone and may have left clients: (app, integration)"""
    return await database.read_all(_GONE, {"several": several})


def sweep(app: str, integration: str, several: int = SWEEP) -> Write:
    """Some of the clients that are left. To be done until it is refused."""
    return Write(app, _SWEEP, {"app": app, "integration": integration, "several": several})


def swept(app: str, integration: str) -> Write:
    return Write(app, _SWEPT, {"app": app, "integration": integration})
