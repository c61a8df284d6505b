"""Messages in SQL.

post      guard: room, and an id above every earlier one -> message -> which attachments it shows
delete    guard: the message is there and in sight -> counter -> attachments that nothing shows any more
clear     the mark moves up to the last message: all are out of sight in constant time
sweep     rows behind the mark go, some at a time; the mark in `swept_id` says which
"""

from __future__ import annotations

from functools import cache

from ..ports import AFTERWARDS, Database, Row, Step, Values, Write

CAP = 30_000  # "Message limit of 30000 per conversation reached."
SWEEP = 500  # rows a sweep takes at once: what others wait behind it

_HERE = "app_id = :app and conversation_id = :conversation"
_CONVERSATION = "app_id = :app and id = :conversation"

_POST = (
    Step(
        f"""
    update conversation set message_count = message_count + 1, last_message_id = :id, last_updated_at = :now
    where {_CONVERSATION} and message_count < :cap and last_message_id < :id""",
        "not now",
    ),
    Step("insert into message (app_id, conversation_id, id, body) values (:app, :conversation, :id, :body)"),
)
_SHOW = """
    insert into attachment_use (app_id, conversation_id, message_id, attachment_id)
    select app_id, :conversation, :id, id from attachment where id = :attachment_{} and app_id = :app
    on conflict do nothing"""

# Attachments uploaded for messages go with the last message that shows them.
_NOTHING_ELSE_SHOWS_IT = """
    not exists (select 1 from attachment_use other
        where other.app_id = :app and other.attachment_id = attachment.id
        and not (other.conversation_id = :conversation and other.message_id {bound}))"""
_RELEASE = (
    """
    insert into media_to_remove (attachment_id)
    select id from attachment where app_id = :app and for_message = 1
    and id in (select attachment_id from attachment_use where app_id = :app and conversation_id = :conversation
        and message_id {bound})
    and """
    + _NOTHING_ELSE_SHOWS_IT
    + " on conflict do nothing"
)
_FORGET = """
    delete from attachment where app_id = :app
    and id in (select attachment_id from attachment_use where app_id = :app and conversation_id = :conversation
        and message_id {bound})
    and id in (select attachment_id from media_to_remove)"""
_UNTIE = """
    delete from attachment_use where app_id = :app and conversation_id = :conversation and message_id {bound}"""


def _let_go(bound: str) -> tuple[Step, ...]:
    return tuple(Step(sql.format(bound=bound)) for sql in (_RELEASE, _FORGET, _UNTIE))


_DELETE = (
    Step(
        f"""
    delete from message where {_HERE} and id = :id
    and id > (select cleared_id from conversation where {_CONVERSATION})""",
        "no such message",
    ),
    Step(f"update conversation set message_count = message_count - 1 where {_CONVERSATION}"),
    *_let_go("= :id"),
)
_CLEAR = (
    Step(
        f"update conversation set cleared_id = last_message_id, message_count = 0 where {_CONVERSATION}",
        "no such conversation",
    ),
    Step(
        """
    insert into conversation_to_sweep (app_id, conversation_id) values (:app, :conversation) on conflict do nothing"""
    ),
)

_BEHIND = f"select id from message where {_HERE} and id <= (select cleared_id from conversation where {_CONVERSATION})"
_SWEPT = f"(select swept_id from conversation where {_CONVERSATION})"
_SWEEP = (
    Step(
        f"""
    update conversation set swept_id = (select max(id) from ({_BEHIND} order by id limit :several) as some)
    where {_CONVERSATION} and exists ({_BEHIND})""",
        "swept",
    ),
    *_let_go(f"<= {_SWEPT}"),
    Step(f"delete from message where {_HERE} and id <= {_SWEPT}"),
)
_SWEPT_CLEAN = (Step(f"delete from conversation_to_sweep where {_HERE} and not exists ({_BEHIND})", "more to sweep"),)

_STATE = f"select message_count, last_message_id from conversation where {_CONVERSATION}"
_IN_SIGHT = f"from message where {_HERE} and id > (select cleared_id from conversation where {_CONVERSATION})"
_PAGE = f"select id, body {_IN_SIGHT} and id {{}} :cursor order by id {{}} limit :several"
_BEFORE = _PAGE.format("<", "desc")
_AFTER = _PAGE.format(">", "asc")


@cache
def _post(attachments: int) -> tuple[Step, ...]:
    return (*_POST, *(Step(_SHOW.format(number)) for number in range(attachments)))


def _values(app: str, conversation: str, **more: str | int | bytes) -> Values:
    return {"app": app, "conversation": conversation, **more}


def post(app: str, conversation: str, id: str, now: int, body: bytes, attachments: list[str], cap: int = CAP) -> Write:
    values = _values(app, conversation, id=id, now=now, body=body, cap=cap)
    if attachments:
        values = {**values, **{f"attachment_{number}": each for number, each in enumerate(attachments)}}
    return Write(conversation, _post(len(attachments)), values)


def delete(app: str, conversation: str, id: str) -> Write:
    return Write(conversation, _DELETE, _values(app, conversation, id=id), (AFTERWARDS,))


def clear(app: str, conversation: str) -> Write:
    return Write(conversation, _CLEAR, _values(app, conversation), (AFTERWARDS,))


def sweep(app: str, conversation: str, several: int = SWEEP) -> Write:
    return Write(conversation, _SWEEP, _values(app, conversation, several=several))


def swept_clean(app: str, conversation: str) -> Write:
    return Write(conversation, _SWEPT_CLEAN, _values(app, conversation))


async def to_sweep(database: Database, several: int) -> list[Row]:
    """Conversations with rows behind their mark: (app, conversation)."""
    return await database.read_all(
        "select app_id, conversation_id from conversation_to_sweep limit :several", {"several": several}
    )


async def state(database: Database, app: str, conversation: str) -> Row | None:
    """(messages in sight, last id ever), or None where there is no such conversation."""
    return await database.read_one(_STATE, _values(app, conversation))


async def page(database: Database, app: str, conversation: str, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows of (id, body) next to the cursor, nearest first."""
    return await database.read_all(
        _BEFORE if back else _AFTER, _values(app, conversation, cursor=cursor, several=several)
    )
