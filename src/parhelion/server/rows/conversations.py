"""Conversations in SQL.

create    guards: first personal one? may they be in another? -> conversation -> participants -> their SDK clients
change    guard: the body is still the one that was read
delete    guard: not a default one -> (its event is told here) -> it is gone -> who takes part, and with what
          -> what is large goes afterwards: see gone
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain

from ..ports import AFTERWARDS, CHANGED, Database, Row, Step, Value, Values, Write
from . import participants

NOT_FIRST = "not the first"
NO_APP = "no such app"
NOT_NOW = "gone, or a default one"
BEFORE_IT_GOES = 1  # a place among the steps of a deletion

# A new conversation starts with who has it by default.
_CREATE = Step(
    """
    insert into conversation (app_id, id, type, is_default, message_count, last_message_id, cleared_id, swept_id,
        last_updated_at, active_id, body)
    select :app, :conversation, :type, :default, 0, '', '', '', :now, :active, :body from app where id = :app""",
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
)

_FIND = f"select body, last_updated_at from conversation where {_ONE}"
_KIND = f"select type from conversation where {_ONE}"
_SAID = """c.id, c.body, c.last_updated_at, c.business_last_read_at,
    a.id, a.name, a.integration_id, a.integration_type, p.id, p.name, p.integration_id, p.integration_type"""
_CONTROL = """
    left join switchboard s on s.app_id = c.app_id and s.enabled = 1
    left join switchboard_integration a on a.app_id = s.app_id and a.id = c.active_id
    left join switchboard_integration p on p.app_id = s.app_id and p.id = c.pending_id and p.id <> c.active_id"""
_READ = f"select {_SAID} from conversation c {_CONTROL} where c.app_id = :app and c.id = :conversation"
_PLAIN = f"""
    select body, exists (select 1 from switchboard where app_id = :app and enabled = 1) from conversation
    where {_ONE}"""
_READ_WITH_DEFAULT = f"""
    select {_SAID}, d.id, d.name, d.integration_id, d.integration_type from conversation c {_CONTROL}
    left join switchboard_integration d on d.app_id = s.app_id and d.id = s.default_id
    where c.app_id = :app and c.id = :conversation"""
_PAGE = f"""
    select {_SAID} from participant m
    join conversation c on c.app_id = m.app_id and c.id = m.conversation_id {_CONTROL}
    where m.app_id = :app and m.user_id = :user and m.conversation_id {{}} :cursor
    order by m.conversation_id {{}} limit :several"""
_AFTER = _PAGE.format(">", "asc")
_BEFORE = _PAGE.format("<", "desc")
_STARTING = """
    select i.id, i.name, i.integration_id, i.integration_type from switchboard s
    join switchboard_integration i on i.app_id = s.app_id and i.id = s.default_id
    where s.app_id = :app and s.enabled = 1"""
_TAKES_PART = """
    select 1 from participant where app_id = :app and conversation_id = :conversation and user_id = :user"""


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


def delete(app: str, conversation: str) -> Write:
    """Who hears of it is decided while it is there: tell it at BEFORE_IT_GOES."""
    return Write(conversation, _DELETE, {"app": app, "conversation": conversation}, (AFTERWARDS,))


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
    """(body, whether anybody may have control of it)"""
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


async def takes_part(database: Database, app: str, conversation: str, user: str) -> bool:
    values = {"app": app, "conversation": conversation, "user": user}
    return await database.read_one(_TAKES_PART, values) is not None
