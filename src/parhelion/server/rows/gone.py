"""What is left of conversations and authors that are gone, and what is kept no longer, in SQL.

conversation   its messages, some at a time -> the files that were uploaded for it, some at a time -> done
author         the next messages of a conversation that are theirs -> how far this came -> done
retention      a conversation idle for too long: its messages are out of sight at once, and swept like all cleared ones

Each step is one write whose guard says that it is still to be done: several processes may be at it.
"""

from __future__ import annotations

from ..ports import AFTERWARDS, Database, Row, Step, Values, Write
from . import erasures
from .messages import CLEAR, HOLD, SWEEP, let_go

_HERE = "app_id = :app and conversation_id = :conversation"
_CONVERSATION = "app_id = :app and id = :conversation"
_USER = f"{_HERE} and user_id = :user"

_CONVERSATIONS = "select app_id, conversation_id from conversation_gone limit :several"
_AUTHORS = "select app_id, conversation_id, user_id, swept_id from author_gone limit :several"
_UP_TO = f"""
    select max(id) from (select id from message where {_HERE} and id > :after order by id limit :several) as few"""

_MESSAGES = (Step(f"delete from message where {_HERE} and id <= :up_to", "swept"), *let_go("<= :up_to"))
_FILES = (
    Step(
        f"""
    insert into media_to_remove (attachment_id)
    select id from attachment where {_HERE} order by id limit :several on conflict do nothing""",
        "no files",
    ),
    Step(f"delete from attachment where {_HERE} and id in (select attachment_id from media_to_remove)"),
)
_GONE = (
    Step(
        f"""
    delete from conversation_gone where {_HERE}
    and not exists (select 1 from message where {_HERE}) and not exists (select 1 from attachment where {_HERE})""",
        "more of it",
    ),
    Step(f"delete from author_gone where {_HERE}"),
    Step(f"delete from conversation_to_sweep where {_HERE}"),
)

_THEIRS = f"from message where {_HERE} and id > :after and id <= :up_to and author_id = :user"
_BY_AUTHOR = (
    Step(f"update author_gone set swept_id = :up_to where {_USER} and swept_id = :after", "swept"),
    HOLD,
    Step(
        f"""
    update conversation set message_count = message_count - (
        select count(*) {_THEIRS} and id > (select cleared_id from conversation where {_CONVERSATION}))
    where {_CONVERSATION}"""
    ),
    *let_go(f"in (select id {_THEIRS})"),
    Step(f"delete {_THEIRS}"),
)
_AUTHOR_DONE = (Step(f"delete from author_gone where {_USER} and swept_id = :after", "swept"),)

_RETAINING = "select id, retention_seconds, retained_since from app where retention_seconds > 0"
_IDLE = """
    select id, message_count, last_updated_at from conversation
    where app_id = :app and id > :cursor order by id limit :several"""
# Not if somebody speaks first, and not if the app thinks better of it.
_EXPIRE = (
    Step(
        f"""
    update conversation set cleared_id = last_message_id, message_count = 0
    where {_CONVERSATION} and message_count > 0 and last_updated_at = :last
    and exists (select 1 from app where id = :app and retention_seconds = :seconds)""",
        "still in use",
    ),
    *CLEAR[1:],
)


async def conversations(database: Database, several: int) -> list[Row]:
    """(app, conversation)"""
    return await database.read_all(_CONVERSATIONS, {"several": several})


async def authors(database: Database, several: int) -> list[Row]:
    """(app, conversation, user, how far the sweep has come)"""
    return await database.read_all(_AUTHORS, {"several": several})


async def up_to(database: Database, app: str, conversation: str, after: str, several: int = SWEEP) -> str | None:
    """Where a step ends that starts after this id; None when there is nothing after it."""
    values: Values = {"app": app, "conversation": conversation, "after": after, "several": several}
    row = await database.read_one(_UP_TO, values)
    return row[0] if row is not None else None


def messages(app: str, conversation: str, up_to: str) -> Write:
    return Write(conversation, _MESSAGES, {"app": app, "conversation": conversation, "up_to": up_to})


def files(app: str, conversation: str, several: int = SWEEP) -> Write:
    return Write(conversation, _FILES, {"app": app, "conversation": conversation, "several": several})


def conversation_done(app: str, conversation: str) -> Write:
    return Write(conversation, _GONE, {"app": app, "conversation": conversation})


def by_author(app: str, conversation: str, user: str, after: str, up_to: str) -> Write:
    values = {"app": app, "conversation": conversation, "user": user, "after": after, "up_to": up_to}
    return Write(conversation, _BY_AUTHOR, values)


def author_done(app: str, conversation: str, user: str, after: str) -> Write:
    return Write(conversation, _AUTHOR_DONE, {"app": app, "conversation": conversation, "user": user, "after": after})


async def retaining(database: Database) -> list[Row]:
    """Apps that keep messages for a time only: (app, seconds, since when)"""
    return await database.read_all(_RETAINING, {})


async def activity(database: Database, app: str, cursor: str, several: int) -> list[Row]:
    """The next conversations: (id, messages in sight, last updated at)"""
    return await database.read_all(_IDLE, {"app": app, "cursor": cursor, "several": several})


def expire(app: str, conversation: str, last: int, seconds: int, now: int) -> Write:
    """`last`: when it was spoken in last, which still holds; `seconds`: for how long its app keeps messages."""
    values: Values = {"app": app, "conversation": conversation, "last": last, "seconds": seconds}
    values = {**values, "due": erasures.due(now)}
    return Write(conversation, _EXPIRE, values, (AFTERWARDS,))
