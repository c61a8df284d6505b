"""OAuth in SQL: the partners that are registered, and the codes on their way from a browser to a partner's server.

A code is kept as its digest. Its exchange takes it away, makes the integration and its key where the app has none of
this partner yet, and tells the key: one integration an app and a partner, however often it is let in.
"""

from __future__ import annotations

from ..ports import Database, Row, Step, Value, Write
from .apps import HOLD

NO_CODE, NO_APP, STILL_IN = "no such code", "no such app", "still let in"
KEY = "OAuth"  # what the key of such an integration is called

_CREATE = (
    Step("insert into oauth_client (id, name, redirect_uris, created_at) values (:id, :name, :redirect_uris, :now)"),
)
# A partner is held while it is let in, and while it is looked whether anybody has: the later of the two sees the other.
_HOLD_CLIENT = "update oauth_client set name = name where id = :{}"
_DELETE = (
    Step(_HOLD_CLIENT.format("id")),
    Step(
        """
    delete from oauth_client where id = :id
    and not exists (select 1 from integration where oauth_client_id = :id)""",
        STILL_IN,
    ),
    Step("delete from oauth_code where client_id = :id"),
)
_ALLOW = (
    Step(
        """
    insert into oauth_code (digest, client_id, redirect_uri, app_id, expires_at)
    select :digest, :client, :redirect_uri, id, :expires from app
    where id = :app and exists (select 1 from oauth_client where id = :client)""",
        NO_APP,
    ),
)
# What an app that is gone has left is there for a while, and lets nobody in.
_ITS_INTEGRATION = """
    from integration where app_id = :app and oauth_client_id = :client and exists (select 1 from app where id = :app)"""
_EXCHANGE = (
    Step(_HOLD_CLIENT.format("client"), NO_CODE),
    HOLD,
    Step("delete from oauth_code where digest = :digest and client_id = :client and expires_at > :now", NO_CODE),
    Step(
        """
    insert into integration (app_id, id, type, body, oauth_client_id)
    select id, :integration, 'custom', :body, :client from app where id = :app on conflict do nothing"""
    ),
    Step(
        f"""
    insert into api_key (id, scope, app_id, integration_id, display_name, created_at)
    select :key, 'integration', app_id, id, :key_name, :now {_ITS_INTEGRATION}
    and not exists (select 1 from api_key where api_key.app_id = integration.app_id
        and api_key.integration_id = integration.id and api_key.display_name = :key_name)"""
    ),
    Step(
        f"""
    update api_key set display_name = display_name where id = (
        select min(id) from api_key where app_id = :app and display_name = :key_name
        and integration_id = (select id {_ITS_INTEGRATION})) returning id""",
        NO_APP,
    ),
)
_EXPIRE = (
    Step(
        """
    delete from oauth_code where expires_at <= (select max(expires_at) from (
        select expires_at from oauth_code where expires_at <= :now order by expires_at limit :several) few)""",
        "nothing expired",
    ),
)


def create_client(id: str, name: str, redirect_uris: str, now: int) -> Write:
    """`redirect_uris` is a JSON array."""
    return Write(id, _CREATE, {"id": id, "name": name, "redirect_uris": redirect_uris, "now": now})


def delete_client(id: str) -> Write:
    """Refused while an app still has an integration of it."""
    return Write(id, _DELETE, {"id": id})


def allow(digest: str, client: str, redirect_uri: str, app: str, expires: int) -> Write:
    values: dict[str, Value] = {"digest": digest, "client": client, "redirect_uri": redirect_uri}
    return Write(app, _ALLOW, values | {"app": app, "expires": expires})


def exchange(digest: str, client: str, app: str, integration: str, body: bytes, key: str, now: int) -> Write:
    """Yields (key id): the new one, or the one that the integration had. Others may be called like it: it is older."""
    values: dict[str, Value] = {"digest": digest, "client": client, "app": app, "now": now}
    return Write(app, _EXCHANGE, values | {"integration": integration, "body": body, "key": key, "key_name": KEY})


def expire(now: int, several: int) -> Write:
    return Write("oauth_code", _EXPIRE, {"now": now, "several": several})


async def client(database: Database, id: str) -> Row | None:
    """(name, redirect URIs as a JSON array)"""
    return await database.read_one("select name, redirect_uris from oauth_client where id = :id", {"id": id})


async def clients(database: Database) -> list[Row]:
    """Rows of (id, name, redirect URIs as a JSON array), oldest first."""
    return await database.read_all("select id, name, redirect_uris from oauth_client order by id", {})


async def code(database: Database, digest: str) -> Row | None:
    """(client id, redirect URI, app, expires at)"""
    return await database.read_one(
        "select client_id, redirect_uri, app_id, expires_at from oauth_code where digest = :digest", {"digest": digest}
    )


async def integrations(database: Database, client: str) -> list[Row]:
    """Where a partner was let in: rows of (app, integration)."""
    return await database.read_all(
        "select app_id, id from integration where oauth_client_id = :client order by app_id", {"client": client}
    )
