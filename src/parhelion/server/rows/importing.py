"""What is brought in, in SQL: each thing under the id it had, at the time it had, and nothing over what is there.

messages      guards: the conversation is there -> room, none of them there, none behind the mark -> all of them
participant   guards: the conversation is there -> the user is, and has no other default -> room -> with their clients
attachment    guard: nobody has that id, and no file of that name is about to be removed

Nobody is told of any of it. What is refused is looked up afterwards: `there` and `state` say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ..ports import Database, Row, Step, Value, Write
from .messages import CAP
from .participants import MOST

NO_CONVERSATION = "no such conversation"
NOT_TAKEN = "not taken in"
SEVERAL = 16  # messages of a write: a function of PostgreSQL has at most a hundred parameters

_HERE = "app_id = :app and conversation_id = :conversation"
_CONVERSATION = "app_id = :app and id = :conversation"
_HOLD = Step(f"update conversation set type = type where {_CONVERSATION}", NO_CONVERSATION)
_CLIENT = (
    Step(
        """
    insert into client (app_id, user_id, id, type, integration_id, external_id, body)
    select app_id, id, :client, :type, :integration, :external, :body from app_user where app_id = :app and id = :user
    on conflict do nothing""",
        NOT_TAKEN,
    ),
)
# Who has control is said as long as they are there.
_DESK = "coalesce((select id from switchboard_integration where app_id = :app and id = :{}), '')"
_CREATE = (
    Step(
        f"""
    insert into conversation (app_id, id, type, is_default, message_count, last_message_id, cleared_id, swept_id,
        last_updated_at, active_minute, business_last_read_at, active_id, pending_id, body)
    select id, :conversation, :type, :default, 0, :last, '', '', :updated, cast(:updated as bigint) / 60000, :read,
        {_DESK.format("active")}, {_DESK.format("pending")}, :body
    from app where id = :app
    and not exists (select 1 from conversation_gone where app_id = :app and conversation_id = :conversation)
    on conflict do nothing""",
        NOT_TAKEN,
    ),
)
_IS_DEFAULT = f"exists (select 1 from conversation where {_CONVERSATION} and is_default = 1 and type = 'personal')"
_JOIN = (
    _HOLD,
    Step(
        f"""
    update app_user set default_conversation_id =
        case when {_IS_DEFAULT} then :conversation else default_conversation_id end
    where app_id = :app and id = :user and (default_conversation_id in ('', :conversation) or not {_IS_DEFAULT})""",
        NOT_TAKEN,
    ),
    Step(
        f"""
    insert into participant (app_id, conversation_id, user_id, id, last_read_id, last_read_at)
    select app_id, id, :user, :participant, :mark, :read from conversation where {_CONVERSATION}
    and (select count(*) from participant where {_HERE}) < case when type = 'personal' then 1 else :most end
    on conflict do nothing""",
        NOT_TAKEN,
    ),
)
_USE = """
    insert into client_association (app_id, conversation_id, user_id, client_id)
    select app_id, :conversation, user_id, id from client
    where app_id = :app and user_id = :user and id = :client_{} on conflict do nothing"""
_ROOM = f"""
    update conversation set message_count = message_count + :several,
        last_message_id = case when last_message_id < :last then :last else last_message_id end
    where {_CONVERSATION} and message_count + :several <= :cap and cleared_id < :first
    and not exists (select 1 from message where {_HERE} and id in ({{}}))"""
_ROW = "(:app, :conversation, :id_{0}, :author_{0}, :body_{0}, :words_{0})"
_SHOW = """
    insert into attachment_use (app_id, conversation_id, message_id, attachment_id)
    select app_id, :conversation, :id_0, id from attachment where id = :attachment_{} and app_id = :app
    on conflict do nothing"""
_ATTACHMENT = (
    Step(
        """
    insert into attachment (id, app_id, conversation_id, for_message, name, media_type, size, created_at)
    select :id, id, :conversation, :for_message, :name, :media_type, :size, :created from app where id = :app
    and not exists (select 1 from media_to_remove where attachment_id = :id)
    on conflict do nothing""",
        NOT_TAKEN,
    ),
)
_STATE = f"""
    select message_count, cleared_id, last_updated_at from conversation where {_CONVERSATION}"""
_THERE = f"""
    select id, body from message where {_HERE}
    and id in ({", ".join(f":id_{number}" for number in range(SEVERAL))})"""


class Said(NamedTuple):
    """A message: who said it, "" for the business; its body; the words it is found by."""

    id: str
    author: str
    body: bytes
    words: str


@cache
def _messages(several: int, attachments: int) -> tuple[Step, ...]:
    ids = ", ".join(f":id_{number}" for number in range(several))
    values = ", ".join(_ROW.format(number) for number in range(several))
    insert = f"insert into message (app_id, conversation_id, id, author_id, body, words) values {values}"
    shown = (Step(_SHOW.format(number)) for number in range(attachments))
    return (_HOLD, Step(_ROOM.format(ids), NOT_TAKEN), Step(insert), *shown)


@cache
def _participant(clients: int) -> tuple[Step, ...]:
    return (*_JOIN, *(Step(_USE.format(number)) for number in range(clients)))


def client(app: str, user: str, id: str, type: str, integration: str, external: str, body: bytes) -> Write:
    """Refused where there is no such user, and when it is there already."""
    values: dict[str, Value] = {"app": app, "user": user, "client": id, "type": type}
    return Write(user, _CLIENT, values | {"integration": integration, "external": external, "body": body})


def conversation(
    app: str,
    id: str,
    type: str,
    body: bytes,
    *,
    default: bool,
    last: str,
    updated: int,
    read: int,
    active: str,
    pending: str,
) -> Write:
    """`last`: the highest id that a message of it ever had. Refused when it is there, or being deleted."""
    values: dict[str, Value] = {
        "app": app,
        "conversation": id,
        "type": type,
        "default": int(default),
        "last": last,
        "updated": updated,
        "read": read,
        "active": active,
        "pending": pending,
        "body": body,
    }
    return Write(id, _CREATE, values)


def participant(app: str, conversation: str, user: str, id: str, mark: str, read: int, clients: Sequence[str]) -> Write:
    """`mark`: up to which message they have read. Clients that are not there are left out."""
    values: dict[str, Value] = {
        "app": app,
        "conversation": conversation,
        "user": user,
        "participant": id,
        "mark": mark,
        "read": read,
        "most": MOST,
    }
    values |= {f"client_{number}": each for number, each in enumerate(clients)}
    return Write(conversation, _participant(len(clients)), values)


def messages(app: str, conversation: str, said: Sequence[Said], attachments: Sequence[str] = ()) -> Write:
    """All of them or none. `attachments`: what the first one shows, when it is the only one."""
    values: dict[str, Value] = {
        "app": app,
        "conversation": conversation,
        "several": len(said),
        "first": min(each.id for each in said),
        "last": max(each.id for each in said),
        "cap": CAP,
    }
    for number, each in enumerate(said):
        values |= {
            f"id_{number}": each.id,
            f"author_{number}": each.author,
            f"body_{number}": each.body,
            f"words_{number}": each.words,
        }
    values |= {f"attachment_{number}": each for number, each in enumerate(attachments)}
    return Write(conversation, _messages(len(said), len(attachments)), values)


def attachment(
    app: str, id: str, conversation: str, name: str, media_type: str, size: int, created: int, *, for_message: bool
) -> Write:
    """Refused when the id is somebody's, or its last file is still to be removed."""
    values: dict[str, Value] = {
        "app": app,
        "id": id,
        "conversation": conversation,
        "for_message": int(for_message),
        "name": name,
        "media_type": media_type,
        "size": size,
        "created": created,
    }
    return Write(id, _ATTACHMENT, values)


async def state(database: Database, app: str, conversation: str) -> Row | None:
    """(messages in sight, up to which id it was cleared, last updated at)"""
    return await database.read_one(_STATE, {"app": app, "conversation": conversation})


async def there(database: Database, app: str, conversation: str, ids: Sequence[str]) -> dict[str, bytes]:
    """Which of these messages there are, SEVERAL at most."""
    values: dict[str, Value] = {"app": app, "conversation": conversation}
    values |= {f"id_{number}": ids[min(number, len(ids) - 1)] for number in range(SEVERAL)}
    return {str(row[0]): bytes(row[1]) for row in await database.read_all(_THERE, values)}
