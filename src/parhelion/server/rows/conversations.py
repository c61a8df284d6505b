"""Conversations in SQL.

create    guards: first personal one? may they be in another? -> conversation -> participants -> their SDK clients
change    guard: the body is still the one that was read
recent    by the minute of the last message, which an index has; within it by the moment
delete    guard: not a default one -> (its event is told here) -> it is gone -> who takes part, and with what
          -> what is large goes afterwards: see gone
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import chain

from ..ports import AFTERWARDS, CHANGED, Database, Row, Step, Value, Values, Write
from . import erasures, participants

FAR = 2**53  # milliseconds: a place after all others
LOOK = 100  # messages that are looked at for those that are unread
NOT_FIRST = "not the first"
NO_APP = "no such app"
NOT_NOW = "gone, or a default one"
BEFORE_IT_GOES = 1  # a place among the steps of a deletion

# A new conversation starts with who has it by default.
_CREATE = Step(
    """
    insert into conversation (app_id, id, type, is_default, message_count, last_message_id, cleared_id, swept_id,
        last_updated_at, active_minute, active_id, body)
    select :app, :conversation, :type, :default, 0, '', '', '', :now, cast(:now as bigint) / 60000, :active, :body
    from app where id = :app""",
    NO_APP,
)
# The first personal conversation of a user is the default one, and only the user's own row can say which came first.
_CLAIM_DEFAULT = Step(
    """
    update app_user set default_conversation_id = :conversation
    where app_id = :app and id = :user_0 and default_conversation_id = ''""",
    NOT_FIRST,
)
_ONE = "app_id = :app and id = :conversation"
_CHANGE = (Step(f"update conversation set body = :body where {_ONE} and body = :before", CHANGED),)
_READ_BY_BUSINESS = (
    Step(f"update conversation set business_last_read_at = :now where {_ONE}", "no such conversation"),
)
_DELETE = (
    Step(f"update conversation set is_default = 0 where {_ONE} and is_default = 0", NOT_NOW),
    Step(f"delete from conversation where {_ONE}"),
    Step("delete from client_association where app_id = :app and conversation_id = :conversation"),
    Step("delete from participant where app_id = :app and conversation_id = :conversation"),
    Step("insert into conversation_gone (app_id, conversation_id) values (:app, :conversation) on conflict do nothing"),
    erasures.CONVERSATION,
)

_FIND = f"select body, last_updated_at from conversation where {_ONE}"
_KIND = f"select type from conversation where {_ONE}"
SAID = """c.id, c.body, c.last_updated_at, c.business_last_read_at,
    a.id, a.name, a.integration_id, a.integration_type, p.id, p.name, p.integration_id, p.integration_type"""
CONTROL = """
    left join switchboard s on s.app_id = c.app_id and s.enabled = 1
    left join switchboard_integration a on a.app_id = s.app_id and a.id = c.active_id
    left join switchboard_integration p on p.app_id = s.app_id and p.id = c.pending_id and p.id <> c.active_id"""
_READ = f"select {SAID} from conversation c {CONTROL} where c.app_id = :app and c.id = :conversation"
_PLAIN = f"""
    select body, active_minute, exists (select 1 from switchboard where app_id = :app and enabled = 1) from conversation
    where {_ONE}"""
_READ_WITH_DEFAULT = f"""
    select {SAID}, d.id, d.name, d.integration_id, d.integration_type from conversation c {CONTROL}
    left join switchboard_integration d on d.app_id = s.app_id and d.id = s.default_id
    where c.app_id = :app and c.id = :conversation"""
_PAGE = f"""
    select {SAID} from participant m
    join conversation c on c.app_id = m.app_id and c.id = m.conversation_id {CONTROL}
    where m.app_id = :app and m.user_id = :user and m.conversation_id {{}} :cursor
    order by m.conversation_id {{}} limit :several"""
_AFTER = _PAGE.format(">", "asc")
_BEFORE = _PAGE.format("<", "desc")
# A conversation's place among all of its app: when it was last spoken in, within the minute that the index has. Where
# that is another one (see migrations, 0007), the beginning of it: one place, whichever way it is come to.
# First up to which minute there are enough of them; then what is in between is sorted. So no database sorts them all.
_PLACE = "case when last_updated_at / 60000 = active_minute then last_updated_at else active_minute * 60000 end"
_RECENT = f"""
    select {SAID}, c.place, (
        select m.body from message m
        where m.app_id = c.app_id and m.conversation_id = c.id and m.id > c.cleared_id
        order by m.id desc limit 1)
    from (
        select app_id, id, body, active_minute, last_updated_at, business_last_read_at, active_id, pending_id,
            cleared_id, {_PLACE} as place
        from conversation where app_id = :app and active_minute {{0}}= :minute and active_minute {{2}}= coalesce((
                select {{3}}(active_minute) from (
                    select active_minute from conversation where app_id = :app and active_minute {{0}} :minute
                    order by active_minute {{1}} limit :several) few), :minute)
            and (active_minute {{0}} :minute or {_PLACE} {{0}} :place or ({_PLACE} = :place and id {{0}} :cursor))
        order by active_minute {{1}}, {_PLACE} {{1}}, id {{1}} limit :several) c {CONTROL}
    order by c.active_minute {{1}}, c.place {{1}}, c.id {{1}}"""
_OLDER = _RECENT.format("<", "desc", ">", "min")
_NEWER = _RECENT.format(">", "asc", "<", "max")
_STARTING = """
    select i.id, i.name, i.integration_id, i.integration_type from switchboard s
    join switchboard_integration i on i.app_id = s.app_id and i.id = s.default_id
    where s.app_id = :app and s.enabled = 1"""
_TAKES_PART = """
    select 1 from participant where app_id = :app and conversation_id = :conversation and user_id = :user"""


@cache
def _unread(several: int) -> str:
    """Of so many conversations at once."""
    marks = ", ".join(f"(:conversation_{number}, :read_{number})" for number in range(several))
    return f"""
    with mark (conversation_id, id) as (values {marks})
    select c.id, (select count(*) from (
        select m.author_id, m.id from message m
        where m.app_id = c.app_id and m.conversation_id = c.id and m.id > c.cleared_id
        order by m.id desc limit :look) newest where newest.author_id <> '' and newest.id > mark.id)
    from mark join conversation c on c.app_id = :app and c.id = mark.conversation_id"""


@lru_cache(maxsize=256)
def _steps(several: int, subscribed: int, *, default: bool, alone: bool) -> tuple[Step, ...]:
    guards = (_CLAIM_DEFAULT, _CREATE) if default else (_CREATE,)
    each = (participants.joining(number, subscribed=number < subscribed, alone=alone) for number in range(several))
    return (*guards, *chain.from_iterable(each))


def create(
    app: str,
    conversation: str,
    type: str,
    joining: list[participants.Joining],
    body: bytes,
    now: int,
    active: str,
    *,
    default: bool,
    alone: bool,
) -> Write:
    """`alone`: users can be in one conversation only."""
    values: dict[str, Value] = {
        "app": app,
        "conversation": conversation,
        "type": type,
        "default": int(default),
        "now": now,
        "active": active,
        "body": body,
        "most": participants.MOST,
    }
    # Those with a client come first, so that two numbers say what the steps are.
    for number, each in enumerate(sorted(joining, key=lambda each: each.client is None)):
        values |= each.values(number)
    subscribed = sum(each.client is not None for each in joining)
    key = joining[0].user if joining else conversation
    return Write(key, _steps(len(joining), subscribed, default=default, alone=alone), values)


def change(app: str, conversation: str, before: bytes, body: bytes) -> Write:
    values: Values = {"app": app, "conversation": conversation, "before": before, "body": body}
    return Write(conversation, _CHANGE, values)


def read_by_business(app: str, conversation: str, now: int) -> Write:
    return Write(conversation, _READ_BY_BUSINESS, {"app": app, "conversation": conversation, "now": now})


def delete(app: str, conversation: str, now: int) -> Write:
    """Who hears of it is decided while it is there: tell it at BEFORE_IT_GOES."""
    values: Values = {"app": app, "conversation": conversation, "due": erasures.due(now)}
    return Write(conversation, _DELETE, values, (AFTERWARDS,))


async def find(database: Database, app: str, conversation: str) -> Row | None:
    """(body, last updated at)"""
    return await database.read_one(_FIND, {"app": app, "conversation": conversation})


async def kind(database: Database, app: str, conversation: str) -> str | None:
    """Its type; None where there is no such conversation."""
    row = await database.read_one(_KIND, {"app": app, "conversation": conversation})
    return None if row is None else str(row[0])


async def read(database: Database, app: str, conversation: str) -> Row | None:
    """(id, body, last updated at, business last read at), and (id, name, integration id, type) twice:

    of who is active, and of who is pending; each is None when there is nobody.
    """
    return await database.read_one(_READ, {"app": app, "conversation": conversation})


async def plain(database: Database, app: str, conversation: str) -> Row | None:
    """(body, the minute of its last message, whether anybody may have control of it)"""
    return await database.read_one(_PLAIN, {"app": app, "conversation": conversation})


async def with_default(database: Database, app: str, conversation: str) -> Row | None:
    """As `read`, and a third time: of who gets control when nobody has it and somebody speaks."""
    return await database.read_one(_READ_WITH_DEFAULT, {"app": app, "conversation": conversation})


async def starting(database: Database, app: str) -> Row | None:
    """Who has a new conversation: (id, name, integration id, type)"""
    return await database.read_one(_STARTING, {"app": app})


async def page(database: Database, app: str, user: str, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows as of `read`, of a user's conversations next to the cursor, nearest first."""
    values: Values = {"app": app, "user": user, "cursor": cursor, "several": several}
    return await database.read_all(_BEFORE if back else _AFTER, values)


async def recent(database: Database, app: str, place: int, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Conversations of an app beside a place, nearest first: older ones, or `back` to newer ones.

    (the columns of `read`, its place, the body of the last message in sight or None). A place is a time in
    milliseconds, and the id tells apart what has the same.
    """
    values: Values = {"app": app, "minute": place // 60_000, "place": place, "cursor": cursor, "several": several}
    return await database.read_all(_NEWER if back else _OLDER, values)


async def unread(database: Database, app: str, read: Mapping[str, str]) -> dict[str, int]:
    """How many of the newest messages users have said, by conversation. `read`: up to which id they are read."""
    values: dict[str, Value] = {"app": app, "look": LOOK}
    for number, (conversation, last) in enumerate(read.items()):
        values |= {f"conversation_{number}": conversation, f"read_{number}": last}
    return {str(id): int(several) for id, several in await database.read_all(_unread(len(read)), values)}


async def takes_part(database: Database, app: str, conversation: str, user: str) -> bool:
    values = {"app": app, "conversation": conversation, "user": user}
    return await database.read_one(_TAKES_PART, values) is not None
