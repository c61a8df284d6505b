"""Who takes part in conversations, and with which clients, in SQL.

join        guards: the conversation is a group -> they are there -> room, and they are new -> their SDK client
subscribe   guard: they take part -> an SDK client is made when they have none -> it takes part
leave       guard: it is still the same participation -> their clients leave with them

A row that is updated is held until the commit: whoever counts after that counts what others have committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ..ports import Database, Row, Step, Value, Values, Write

MOST = 100  # "Too many participants"
NO_GROUP = "no such group"
NO_USER = "no such user"
NOT_JOINED = "not joined"  # full, or in it already, or elsewhere
OTHER_CLIENT = "another client"
NOT_A_MEMBER = "not a member"

_HERE = "app_id = :app and conversation_id = :conversation"
_CONVERSATION = "app_id = :app and id = :conversation"
_HOLD_GROUP = Step(f"update conversation set type = type where {_CONVERSATION} and type = 'sdkGroup'", NO_GROUP)
_HOLD_USER = "update app_user set brand_id = brand_id where app_id = :app and id = :user_{0}"
_HOLD_MEMBER = Step(
    f"update participant set last_read_at = last_read_at where {_HERE} and user_id = :user_0", NOT_A_MEMBER
)
# What was said before is not counted as unread.
_INSERT = f"""
    insert into participant (app_id, conversation_id, user_id, id, last_read_id)
    select app_id, id, :user_{{0}}, :participant_{{0}}, last_message_id from conversation where {_CONVERSATION}
    and (select count(*) from participant where {_HERE}) < :most"""
_ALONE = " and not exists (select 1 from participant where app_id = :app and user_id = :user_{0})"
_UNLESS_THERE = " on conflict do nothing"
_CLIENT = """
    insert into client (app_id, user_id, id, type, integration_id, body)
    select app_id, id, :client_{0}, 'sdk', '', :client_body_{0} from app_user where app_id = :app and id = :user_{0}
    and not exists (select 1 from client where app_id = :app and user_id = :user_{0} and type = 'sdk')"""
_ASSOCIATE = """
    insert into client_association (app_id, conversation_id, user_id, client_id)
    select app_id, :conversation, user_id, id from client
    where app_id = :app and user_id = :user_{0} and id = :client_{0}
    on conflict (app_id, conversation_id, user_id, client_id) do update set client_id = excluded.client_id"""
_LEAVE = (
    Step(f"delete from participant where {_HERE} and user_id = :user and id = :participant", NOT_A_MEMBER),
    Step(f"delete from client_association where {_HERE} and user_id = :user"),
    Step(
        """
    insert into participant_left (app_id, user_id, conversation_id) values (:app, :user, :conversation)
    on conflict do nothing"""
    ),
)
_LATEST = f"(select {{}} from conversation where {_CONVERSATION})"
_READ = (
    Step(
        f"""
    update participant set last_read_id = {_LATEST.format("last_message_id")},
        last_read_at = {_LATEST.format("last_updated_at")}
    where {_HERE} and user_id = :user and {_LATEST.format("last_message_id")} <> ''
    and last_read_id <= {_LATEST.format("last_message_id")}"""
    ),
)

_SAID = """
    select p.id, p.user_id, u.external_id, p.last_read_id, p.last_read_at from participant p
    left join app_user u on u.app_id = p.app_id and u.id = p.user_id
    where p.app_id = :app and p.conversation_id = :conversation and p."""
_BY_USER = _SAID + "user_id = :user"
_BY_ID = _SAID + "id = :participant"
_AFTER = _SAID + "id > :cursor order by p.id asc limit :several"
_BEFORE = _SAID + "id < :cursor order by p.id desc limit :several"
# No client says when it was used last in a conversation: the newest comes first.
_CLIENTS = f"""
    select a.user_id, c.type, c.id from client_association a
    join client c on c.app_id = a.app_id and c.user_id = a.user_id and c.id = a.client_id
    where a.app_id = :app and a.conversation_id = :conversation
    and a.user_id in (select user_id from participant where {_HERE} and id >= :first and id <= :last)
    order by c.id desc"""
_SDK = "select min(id) from client where app_id = :app and user_id = :user and type = 'sdk'"
_WHY = f"""
    select (select count(*) from participant where {_HERE}),
        (select count(*) from participant where {_HERE} and user_id = :user),
        (select count(*) from participant where app_id = :app and user_id = :user)"""
_STATE = f"select message_count, last_message_id, cleared_id from conversation where {_CONVERSATION}"
_BETWEEN = f"select count(*) from message where {_HERE} and id > :low and id <= :high"


@cache
def _first(several: int) -> str:
    """Of so many conversations at once."""
    named = ", ".join(f":conversation_{number}" for number in range(several))
    return f"""
    select p.conversation_id, p.several, p.user_id, u.body from (
        select app_id, conversation_id, user_id, count(*) over (partition by conversation_id) as several,
            row_number() over (partition by conversation_id order by id) as place
        from participant where app_id = :app and conversation_id in ({named})) p
    join app_user u on u.app_id = p.app_id and u.id = p.user_id
    where p.place <= :few order by p.conversation_id, p.place"""


class SDKClient(NamedTuple):
    """The client a user has, or else will have."""

    id: str
    body: bytes
    new: bool


class Joining(NamedTuple):
    """A user who will take part, with a client or without."""

    user: str
    participant: str
    client: SDKClient | None

    def values(self, number: int) -> dict[str, Value]:
        found: dict[str, Value] = {f"user_{number}": self.user, f"participant_{number}": self.participant}
        if self.client is not None:
            found |= {f"client_{number}": self.client.id, f"client_body_{number}": self.client.body}
        return found


def joining(number: int, *, subscribed: bool, alone: bool) -> tuple[Step, ...]:
    """The steps by which one user comes in. `alone`: they may not be in another conversation."""
    insert = _INSERT + (_ALONE if alone else "") + _UNLESS_THERE
    return (
        Step(_HOLD_USER.format(number), NO_USER),
        Step(insert.format(number), NOT_JOINED),
        *(_subscribing(number) if subscribed else ()),
    )


def _subscribing(number: int) -> tuple[Step, ...]:
    return (Step(_CLIENT.format(number)), Step(_ASSOCIATE.format(number), OTHER_CLIENT))


@cache
def _join(*, subscribed: bool, alone: bool) -> tuple[Step, ...]:
    return (_HOLD_GROUP, *joining(0, subscribed=subscribed, alone=alone))


_STAY = (_HOLD_MEMBER,)
_SUBSCRIBE = (_HOLD_MEMBER, Step(_HOLD_USER.format(0), NO_USER), *_subscribing(0))


def join(app: str, conversation: str, who: Joining, *, alone: bool) -> Write:
    values: dict[str, Value] = {"app": app, "conversation": conversation, "most": MOST, **who.values(0)}
    return Write(conversation, _join(subscribed=who.client is not None, alone=alone), values)


def subscribe(app: str, conversation: str, who: Joining) -> Write:
    return Write(conversation, _SUBSCRIBE, {"app": app, "conversation": conversation, **who.values(0)})


def stay(app: str, conversation: str, user: str) -> Write:
    """They take part, as before. It is a write, so that what was answered upon it can be remembered with it."""
    return Write(conversation, _STAY, {"app": app, "conversation": conversation, "user_0": user})


def leave(app: str, conversation: str, user: str, participant: str) -> Write:
    values = {"app": app, "conversation": conversation, "user": user, "participant": participant}
    return Write(conversation, _LEAVE, values)


def read(app: str, conversation: str, user: str) -> Write:
    """They have read what there is."""
    return Write(conversation, _READ, {"app": app, "conversation": conversation, "user": user})


async def find(
    database: Database, app: str, conversation: str, *, user: str = "", participant: str | None = None
) -> Row | None:
    """(id, user id, external id, last read message's id, last read at), by the user's id or by the participant's."""
    values = {"app": app, "conversation": conversation, "user": user, "participant": participant}
    return await database.read_one(_BY_USER if participant is None else _BY_ID, values)


async def page(database: Database, app: str, conversation: str, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows as of `find`, next to the cursor, nearest first."""
    values: Values = {"app": app, "conversation": conversation, "cursor": cursor, "several": several}
    return await database.read_all(_BEFORE if back else _AFTER, values)


async def first(database: Database, app: str, conversations: Sequence[str], few: int) -> list[Row]:
    """(conversation, how many take part, user id, user's body) of the first few in each of these conversations."""
    values: dict[str, Value] = {"app": app, "few": few}
    values |= {f"conversation_{number}": each for number, each in enumerate(conversations)}
    return await database.read_all(_first(len(conversations)), values)


async def clients(database: Database, app: str, conversation: str, first: str, last: str) -> list[Row]:
    """(user id, type, client id) of the participants from one id to another, the newest client first."""
    values = {"app": app, "conversation": conversation, "first": first, "last": last}
    return await database.read_all(_CLIENTS, values)


async def sdk_client(database: Database, app: str, user: str) -> str | None:
    row = await database.read_one(_SDK, {"app": app, "user": user})
    return row[0] if row is not None else None


async def state(database: Database, app: str, conversation: str, user: str) -> Row:
    """(participants, whether the user is one of them, in how many conversations the user is)"""
    row = await database.read_one(_WHY, {"app": app, "conversation": conversation, "user": user})
    return row or (0, 0, 0)


async def unread(database: Database, app: str, conversation: str, marks: Iterable[str]) -> dict[str, int]:
    """How many messages are in sight after each of these ids. Together they cost one walk over what is in sight."""
    here = {"app": app, "conversation": conversation}
    state = await database.read_one(_STATE, here)
    count, high, cleared = state or (0, "", "")
    found: dict[str, int] = {}
    after = 0
    for mark in sorted(set(marks), reverse=True):
        if mark <= cleared:
            found[mark] = count
            continue
        if mark < high:
            row = await database.read_one(_BETWEEN, {**here, "low": mark, "high": high})
            after += row[0] if row is not None else 0
            high = mark
        found[mark] = after
    return found
