"""Users in SQL.

forget    the body is emptied, and those of the clients that tell of the person
delete    guard: the user is there -> personal conversations are gone, groups hold messages of somebody who is gone
          -> clients, devices and places go. What was said is swept afterwards: see gone.
"""

from __future__ import annotations

from functools import lru_cache

from ..ports import AFTERWARDS, CHANGED, Database, Row, Step, Value, Write
from . import erasures

_ONE = "app_id = :app and id = :user"
_THEIRS = "app_id = :app and user_id = :user"
_PERSONAL = f"type = 'personal' and id in (select conversation_id from participant where {_THEIRS})"

_CREATE = (
    Step(
        """
    insert into app_user (app_id, id, external_id, brand_id, default_conversation_id, body, email, zendesk_id)
    select id, :user, :external, :brand, '', :body, :email, :zendesk from app where id = :app
    on conflict do nothing""",
        "already there",
    ),
)
_UPDATE = Step(f"update app_user set body = :body, email = :email where {_ONE} and body = :before", CHANGED)
_CHANGE = (_UPDATE,)
_REWRITE = f"update client set body = :body_{{0}} where {_THEIRS} and id = :client_{{0}} and body = :before_{{0}}"
# Through an index that holds what is asked for. Otherwise SQLite takes the rows of the app to be few, and sees all.
_PLACES = f"conversation_id in (select conversation_id from participant where {_THEIRS})"
_DELETE = (
    Step(f"delete from app_user where {_ONE}", "no such user"),
    Step(
        f"""
    insert into conversation_gone (app_id, conversation_id)
    select app_id, id from conversation where app_id = :app and {_PERSONAL} on conflict do nothing"""
    ),
    erasures.PERSONAL,
    *erasures.AUTHOR,
    Step(
        f"""
    insert into author_gone (app_id, conversation_id, user_id, swept_id)
    select app_id, conversation_id, user_id, '' from participant where {_THEIRS} and not exists (
        select 1 from conversation_gone gone
        where gone.app_id = :app and gone.conversation_id = participant.conversation_id)
    on conflict do nothing"""
    ),
    Step(
        f"""
    insert into author_gone (app_id, conversation_id, user_id, swept_id)
    select app_id, conversation_id, user_id, '' from participant_left where {_THEIRS} on conflict do nothing"""
    ),
    Step(f"delete from conversation where app_id = :app and {_PERSONAL}"),
    Step(f"delete from client_association where {_THEIRS}"),
    Step(f"delete from participant where {_THEIRS} and {_PLACES}"),
    *(Step(f"delete from {table} where {_THEIRS}") for table in ("client", "device", "participant_left")),
)

_FIND = "select id, default_conversation_id, body from app_user where app_id = :app and "
_BY_ID = _FIND + "id = :id"
_BY_EXTERNAL_ID = _FIND + "brand_id = :brand and external_id = :external"
_BY_EMAIL = """
    select body from app_user where app_id = :app and brand_id = :brand
    and id in (select id from app_user where app_id = :app and email = :email) order by id"""
_BY_ZENDESK_ID = "select 1 from app_user where app_id = :app and zendesk_id = :zendesk limit 1"


@lru_cache(maxsize=32)
def _forget(clients: int) -> tuple[Step, ...]:
    return (_UPDATE, *(Step(_REWRITE.format(number), CHANGED) for number in range(clients)), *erasures.PERSON)


def create(
    app: str, user: str, external: str | None, brand: str, email: str, body: bytes, *, zendesk: str = ""
) -> Write:
    """`email` is the identity in lower case, or ""."""
    values = {
        "app": app,
        "user": user,
        "external": external,
        "brand": brand,
        "body": body,
        "email": email,
        "zendesk": zendesk,
    }
    # Whether an external id is taken is decided by its own order, so users who share one have one key.
    return Write(external or user, _CREATE, values)


def update(app: str, user: str, before: bytes, body: bytes, email: str) -> Write:
    """Refused when the user's body is not `before` any more."""
    return Write(user, _CHANGE, {"app": app, "user": user, "before": before, "body": body, "email": email})


def forget(app: str, user: str, before: bytes, body: bytes, clients: list[tuple[str, bytes, bytes]], now: int) -> Write:
    """`clients` are (id, body before, body). Refused when one of the bodies is another by now."""
    values: dict[str, Value] = {"app": app, "user": user, "before": before, "body": body, "email": ""}
    values["due"] = erasures.due(now)
    for number, (client, was, becomes) in enumerate(clients):
        values |= {f"client_{number}": client, f"before_{number}": was, f"body_{number}": becomes}
    return Write(user, _forget(len(clients)), values)


def delete(app: str, user: str, now: int) -> Write:
    return Write(user, _DELETE, {"app": app, "user": user, "due": erasures.due(now)}, (AFTERWARDS,))


async def by_id(database: Database, app: str, user: str) -> Row | None:
    """(id, default conversation or '', body)"""
    return await database.read_one(_BY_ID, {"app": app, "id": user})


async def by_external_id(database: Database, app: str, external: str, brand: str) -> Row | None:
    """(id, default conversation or '', body)"""
    return await database.read_one(_BY_EXTERNAL_ID, {"app": app, "external": external, "brand": brand})


async def by_email(database: Database, app: str, email: str, brand: str) -> list[bytes]:
    """The bodies of all who have it, oldest first."""
    found = await database.read_all(_BY_EMAIL, {"app": app, "email": email, "brand": brand})
    return [bytes(row[0]) for row in found]


async def has_zendesk_id(database: Database, app: str, zendesk: str) -> bool:
    return await database.read_one(_BY_ZENDESK_ID, {"app": app, "zendesk": zendesk}) is not None
