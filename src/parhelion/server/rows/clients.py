"""Clients in SQL: the ways in which a user is reached."""

from __future__ import annotations

from ..ports import CHANGED, Database, Row, Step, Values, Write

SDK = "sdk"
_THEIRS = "app_id = :app and user_id = :user"
_DOUBLE = f"select 1 from client where {_THEIRS} and integration_id = :integration and external_id = :external"
_PLACE = f"select 1 from participant where {_THEIRS} and conversation_id = :conversation"

# The two are held: none is added to a user or to an integration that is gone.
_CREATE = (
    Step("update app_user set brand_id = brand_id where app_id = :app and id = :user", CHANGED),
    Step("update integration set type = type where app_id = :app and id = :integration", CHANGED),
    Step(
        f"""
    insert into client (app_id, user_id, id, type, integration_id, external_id, body)
    select app_id, :user, :id, type, id, :external, :body from integration
    where app_id = :app and id = :integration and exists ({_PLACE}) and not exists ({_DOUBLE})""",
        CHANGED,
    ),
)
_REMOVE = (
    Step(f"delete from client where {_THEIRS} and id = :client and type <> '{SDK}'", "not to be removed"),
    Step(f"delete from client_association where {_THEIRS} and client_id = :client"),
)

_PAGE = f"select id, body from client where {_THEIRS} and id {{}} :cursor order by id {{}} limit :several"
_AFTER = _PAGE.format(">", "asc")
_BEFORE = _PAGE.format("<", "desc")


def create(app: str, user: str, client: str, integration: str, external: str, conversation: str, body: bytes) -> Write:
    """Refused when the integration or the user's place in the conversation is gone, or the client is there already."""
    values: Values = {
        "app": app,
        "user": user,
        "id": client,
        "integration": integration,
        "external": external,
        "conversation": conversation,
        "body": body,
    }
    return Write(user, _CREATE, values)


def remove(app: str, user: str, client: str) -> Write:
    return Write(user, _REMOVE, {"app": app, "user": user, "client": client})


async def find(database: Database, app: str, user: str, client: str) -> bytes | None:
    row = await database.read_one(
        f"select body from client where {_THEIRS} and id = :client", {"app": app, "user": user, "client": client}
    )
    return None if row is None else bytes(row[0])


async def is_there(database: Database, app: str, user: str, integration: str, external: str) -> bool:
    """Whether the user has a client with this address on this integration."""
    values = {"app": app, "user": user, "integration": integration, "external": external}
    return await database.read_one(_DOUBLE, values) is not None


async def every(database: Database, app: str, user: str) -> list[Row]:
    """Rows of (id, body), oldest first."""
    return await database.read_all(
        f"select id, body from client where {_THEIRS} order by id", {"app": app, "user": user}
    )


async def page(database: Database, app: str, user: str, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows of (id, body) next to the cursor, nearest first."""
    values: Values = {"app": app, "user": user, "cursor": cursor, "several": several}
    return await database.read_all(_BEFORE if back else _AFTER, values)
