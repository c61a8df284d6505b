"""Conversations and who takes part in them, in SQL."""

from __future__ import annotations

from functools import cache

from ..ports import Database, Row, Step, Write

_CREATE = Step(
    """
    insert into conversation
        (app_id, id, message_count, last_message_id, cleared_id, swept_id, last_updated_at, body)
    select :app, :conversation, 0, '', '', '', :now, :body from app where id = :app""",
    "no such app",
)
# The first personal conversation of a user is the default one, and only the user's own row can say which came first.
_CLAIM_DEFAULT = Step(
    """
    update app_user set default_conversation_id = :conversation
    where app_id = :app and id = :user_0 and default_conversation_id = ''""",
    "not the first",
)
_JOIN = """
    insert into participant (app_id, conversation_id, user_id, id)
    select app_id, :conversation, id, :participant_{0} from app_user where app_id = :app and id = :user_{0}"""

_FIND = "select body, last_updated_at from conversation where app_id = :app and id = :conversation"
_TAKES_PART = """
    select 1 from participant where app_id = :app and conversation_id = :conversation and user_id = :user"""


@cache
def _steps(participants: int, default: bool) -> tuple[Step, ...]:
    guards = (_CLAIM_DEFAULT, _CREATE) if default else (_CREATE,)
    return (*guards, *(Step(_JOIN.format(number), "no such user") for number in range(participants)))


def create(
    app: str, conversation: str, participants: list[tuple[str, str]], body: bytes, now: int, *, default: bool
) -> Write:
    """`participants` are (user id, participant id)."""
    values: dict[str, str | int | bytes] = {"app": app, "conversation": conversation, "body": body, "now": now}
    for number, (user, participant) in enumerate(participants):
        values |= {f"user_{number}": user, f"participant_{number}": participant}
    key = participants[0][0] if default else conversation
    return Write(key, _steps(len(participants), default), values)


async def find(database: Database, app: str, conversation: str) -> Row | None:
    """(body, last updated at)"""
    return await database.read_one(_FIND, {"app": app, "conversation": conversation})


async def takes_part(database: Database, app: str, conversation: str, user: str) -> bool:
    values = {"app": app, "conversation": conversation, "user": user}
    return await database.read_one(_TAKES_PART, values) is not None
