"""Messages in SQL.

post      guard: room, and an id above every earlier one -> message -> which attachments it shows
          of a user: they take part, too -> and have read up to here
delete    guards: the message is there and in sight, and is counted no longer -> attachments that nothing shows any more
clear     the mark moves up to the last message: all are out of sight in constant time
sweep     rows behind the mark go, some at a time; the mark in `swept_id` says which
"""

from __future__ import annotations

from functools import cache

from ..ports import AFTERWARDS, Database, Row, Step, Values, Write
from . import erasures

CAP = 30_000  # "Message limit of 30000 per conversation reached."
SWEEP = 500  # rows a sweep takes at once: what others wait behind it

_HERE = "app_id = :app and conversation_id = :conversation"
_CONVERSATION = "app_id = :app and id = :conversation"

# Control goes to the switchboard's default where nobody has it: a conversation may be older than the switchboard, and
# whoever had control may be gone. Without a switchboard this is one look into a small table.
_SPOKEN = f"""
    update conversation set message_count = message_count + 1, last_message_id = :id, last_updated_at = :now,{{}}
        active_id = case
            when active_id <> '' and exists (select 1 from switchboard_integration holder
                where holder.app_id = :app and holder.id = conversation.active_id) then active_id
            else coalesce((select default_id from switchboard where app_id = :app and enabled = 1), '') end
    where {_CONVERSATION} and message_count < :cap and last_message_id < :id"""
# Where it is listed: once a minute only. SQLite would write the page of an index whose column is set to what it is.
_GUARDS = (_SPOKEN.format(""), _SPOKEN.format(" active_minute = cast(:now as bigint) / 60000,"))
_TAKES_PART = f"select 1 from participant where {_HERE} and user_id = :author"
_INSERT = Step(
    """
    insert into message (app_id, conversation_id, id, author_id, body, words)
    values (:app, :conversation, :id, :author, :body, :words)"""
)
# It asks once more whether they take part: they may have left where writes of other keys run beside this one.
_READ = Step(
    f"update participant set last_read_id = :id, last_read_at = :now where {_HERE} and user_id = :author", "not now"
)
_BY_BUSINESS = tuple((Step(guard, "not now"), _INSERT) for guard in _GUARDS)
_BY_USER = tuple((Step(f"{guard} and exists ({_TAKES_PART})", "not now"), _INSERT, _READ) for guard in _GUARDS)
_SHOW = """
    insert into attachment_use (app_id, conversation_id, message_id, attachment_id)
    select app_id, :conversation, :id, id from attachment where id = :attachment_{} and app_id = :app
    on conflict do nothing"""

# Attachments uploaded for messages go with the last message that shows them. They are found by their ids alone, which
# are those of files of the app: asked for its app too, SQLite would look through all that the app has.
_NOTHING_ELSE_SHOWS_IT = """
    not exists (select 1 from attachment_use other
        where other.app_id = :app and other.attachment_id = attachment.id
        and not (other.conversation_id = :conversation and other.message_id {bound}))"""
# Held while it is looked for who else shows them: of two who let go of one at once, the later sees that nobody does.
_HOLD_SHOWN = """
    update attachment set name = name where for_message = 1
    and id in (select attachment_id from attachment_use where app_id = :app and conversation_id = :conversation
        and message_id {bound})"""
_RELEASE = (
    """
    insert into media_to_remove (attachment_id)
    select id from attachment where for_message = 1
    and id in (select attachment_id from attachment_use where app_id = :app and conversation_id = :conversation
        and message_id {bound})
    and """
    + _NOTHING_ELSE_SHOWS_IT
    + " on conflict do nothing"
)
_FORGET = """
    delete from attachment where id in (
        select attachment_id from attachment_use where app_id = :app and conversation_id = :conversation
        and message_id {bound})
    and id in (select attachment_id from media_to_remove)"""
_UNTIE = """
    delete from attachment_use where app_id = :app and conversation_id = :conversation and message_id {bound}"""


def let_go(bound: str) -> tuple[Step, ...]:
    return tuple(Step(sql.format(bound=bound)) for sql in (_HOLD_SHOWN, _RELEASE, _FORGET, _UNTIE))


_DELETE = (
    Step(
        f"""
    update conversation set message_count = message_count - 1
    where {_CONVERSATION} and cleared_id < :id and exists (select 1 from message where {_HERE} and id = :id)""",
        "no such message",
    ),
    # It may have gone in another process, while this one waited for the conversation.
    Step(f"delete from message where {_HERE} and id = :id", "no such message"),
    *let_go("= :id"),
    erasures.MESSAGE,
)
HOLD = Step(f"update conversation set type = type where {_CONVERSATION}")
CLEAR = (
    Step(
        f"update conversation set cleared_id = last_message_id, message_count = 0 where {_CONVERSATION}",
        "no such conversation",
    ),
    Step(
        """
    insert into conversation_to_sweep (app_id, conversation_id) values (:app, :conversation) on conflict do nothing"""
    ),
    erasures.MESSAGES,
)

_BEHIND = f"select id from message where {_HERE} and id <= (select cleared_id from conversation where {_CONVERSATION})"
_SWEPT = f"(select swept_id from conversation where {_CONVERSATION})"
_SWEEP = (
    Step(
        f"""
    update conversation set swept_id = (select max(id) from ({_BEHIND} order by id limit :several) as few)
    where {_CONVERSATION} and exists ({_BEHIND})""",
        "swept",
    ),
    *let_go(f"<= {_SWEPT}"),
    Step(f"delete from message where {_HERE} and id <= {_SWEPT}"),
)
# Held, as it may be cleared anew.
_SWEPT_CLEAN = (
    HOLD,
    Step(f"delete from conversation_to_sweep where {_HERE} and not exists ({_BEHIND})", "more to sweep"),
)

_STATE = f"""
    select message_count, last_message_id, (select count(*) from participant where {_HERE} and user_id = :author)
    from conversation where {_CONVERSATION}"""
_IN_SIGHT = f"from message where {_HERE} and id > (select cleared_id from conversation where {_CONVERSATION})"
_FIND = f"select body {_IN_SIGHT} and id = :id"
_PAGE = f"select id, body {_IN_SIGHT} and id {{}} :cursor order by id {{}} limit :several"
_BEFORE = _PAGE.format("<", "desc")
_AFTER = _PAGE.format(">", "asc")


@cache
def _post(attachments: int, by_user: bool, moves: bool) -> tuple[Step, ...]:
    said = (_BY_USER if by_user else _BY_BUSINESS)[moves]
    return (*said, *(Step(_SHOW.format(number)) for number in range(attachments)))


def _values(app: str, conversation: str, **more: str | int | bytes) -> Values:
    return {"app": app, "conversation": conversation, **more}


def post(
    app: str,
    conversation: str,
    id: str,
    now: int,
    body: bytes,
    attachments: list[str],
    author: str = "",
    words: str = "",
    cap: int = CAP,
    minute: int = 0,
) -> Write:
    """`author` is the user who speaks; "" for the business. `words`: what the message is found by.

    `minute`: of the message before, when it is known.
    """
    values = _values(app, conversation, id=id, now=now, body=body, author=author, words=words, cap=cap)
    if attachments:
        values = {**values, **{f"attachment_{number}": each for number, each in enumerate(attachments)}}
    return Write(conversation, _post(len(attachments), author != "", minute != now // 60_000), values)


def delete(app: str, conversation: str, id: str, now: int) -> Write:
    return Write(conversation, _DELETE, _values(app, conversation, id=id, due=erasures.due(now)), (AFTERWARDS,))


def clear(app: str, conversation: str, now: int) -> Write:
    return Write(conversation, CLEAR, _values(app, conversation, due=erasures.due(now)), (AFTERWARDS,))


def sweep(app: str, conversation: str, several: int = SWEEP) -> Write:
    return Write(conversation, _SWEEP, _values(app, conversation, several=several))


def swept_clean(app: str, conversation: str) -> Write:
    return Write(conversation, _SWEPT_CLEAN, _values(app, conversation))


async def to_sweep(database: Database, several: int) -> list[Row]:
    """Conversations with rows behind their mark: (app, conversation)."""
    return await database.read_all(
        "select app_id, conversation_id from conversation_to_sweep limit :several", {"several": several}
    )


async def state(database: Database, app: str, conversation: str, author: str) -> Row | None:
    """(messages in sight, last id ever, whether the author takes part); None where there is no such conversation."""
    return await database.read_one(_STATE, _values(app, conversation, author=author))


async def find(database: Database, app: str, conversation: str, id: str) -> bytes | None:
    """A message in sight."""
    row = await database.read_one(_FIND, _values(app, conversation, id=id))
    return None if row is None else bytes(row[0])


async def page(database: Database, app: str, conversation: str, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows of (id, body) next to the cursor, nearest first."""
    return await database.read_all(
        _BEFORE if back else _AFTER, _values(app, conversation, cursor=cursor, several=several)
    )
