"""Events in SQL.

telling   a write, and what it tells: event -> a delivery to each webhook that hears of it, in the same commit

    who hears    a webhook with that trigger; unless its integration is in an enabled switchboard and has no control of
                 the conversation: then only if it wants standby events, or if control is what the event is about and is
                 offered to it

Whoever listens hears of all events but those that are for one webhook alone: tests (rows/deliveries).

A position is given inside the commit, and where there are several writers, not in the order of commits. So who goes on
from a position reads only up to where all is settled, and has missed nothing before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from ..ports import DELIVER, TOLD, Database, Row, Step, Value, Write

LANES = 16  # of a webhook: what is in one lane is sent one after another

_INSERT = """
    insert into event (id, app_id, conversation_id, user_id, type, created_at, lane, body)
    values (:told_id_{0}, :told_app, :told_conversation_{0}, :told_user_{0}, :told_type_{0}, :told_at, :told_lane_{0},
        :told_body_{0})"""
_MINE = """(m.integration_id = t.integration_id or (m.integration_id = '' and m.integration_type = (
            select oauth_client_id from integration where app_id = :told_app and id = t.integration_id)))"""
_HEARS = """(m.deliver_standby = 1 or m.id = c.active_id
            or (m.id = c.pending_id and :told_type_{0} like 'switchboard:%'))"""
_DELIVER = f"""
    insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
    select t.webhook_id, e.position, e.app_id, t.webhook_id || e.lane, 0, 0, 0
    from webhook_trigger t join event e on e.id = :told_id_{{0}}
    where t.app_id = :told_app and t.type = :told_type_{{0}} and (:told_conversation_{{0}} = '' or coalesce((
        select max(case when {_HEARS} then 1 else 0 end) from switchboard s
        join switchboard_integration m on m.app_id = s.app_id and m.switchboard_id = s.id
        left join conversation c on c.app_id = :told_app and c.id = :told_conversation_{{0}}
        where s.app_id = :told_app and s.enabled = 1 and {_MINE}), 1) = 1)"""

_AFTER = "select position, app_id, conversation_id, type, body, created_at from event where webhook_id = '' and "
_EVERYWHERE = _AFTER + "position > :after and position <= :settled order by position limit :several"
_NEWEST = "select coalesce(max(position), 0) from event where position <= :settled"
_OF_APP = _AFTER + "app_id = :app and position > :after and position <= :up_to order by position limit :several"
_TIMES = "select position, created_at from event where position > :after order by position limit :several"
_FIRST = "select position from event where position <= :up_to order by position limit :several"
_EXPIRE = (Step(f"delete from event where position <= (select max(position) from ({_FIRST}) few)", "none is left"),)


class Told(NamedTuple):
    """An event, as a write tells it."""

    id: str
    type: str
    conversation: str  # "" when it is about none
    lane: str  # what is told in one order: a conversation, or a user
    body: bytes  # in full


_OF_EACH = ("id", "type", "conversation", "user", "lane", "body")


@cache
def _names(several: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f"told_{name}_{of}" for name in _OF_EACH) for of in range(several))


@cache
def _steps(steps: tuple[Step, ...], several: int, place: int) -> tuple[Step, ...]:
    events = [(Step(_INSERT.format(of)), Step(_DELIVER.format(of), bell=DELIVER)) for of in range(several)]
    return (*steps[:place], *chain.from_iterable(events), *steps[place:])


def telling(write: Write, app: str, now: int, events: Sequence[Told], place: int | None = None) -> Write:
    """The same write, which also tells. `place`: before which of its steps; None for after the last."""
    values: dict[str, Value] = {**write.values, "told_app": app, "told_at": now}
    for names, event in zip(_names(len(events)), events, strict=True):
        user = "" if event.conversation else event.lane
        told = (event.id, event.type, event.conversation, user, lane(event.lane), event.body)
        values.update(zip(names, told, strict=True))
    steps = _steps(write.steps, len(events), len(write.steps) if place is None else place)
    return Write(write.key, steps, values, (*write.bells, TOLD))


def lane(of: str) -> str:
    """Which lane of any webhook a conversation or a user has. It is kept with the event: a replay is sent there too."""
    return f":{sum(of.encode()) % LANES:x}"


async def after(database: Database, position: int, several: int) -> list[Row]:
    """The next events of all apps, of those that are settled: (position, app, conversation, type, body, created at)"""
    settled = await database.settled()
    return await database.read_all(_EVERYWHERE, {"after": position, "settled": settled, "several": several})


async def of_app(database: Database, app: str, position: int, up_to: int, several: int) -> list[Row]:
    """The next events of an app, rows as of `after`. `up_to`: a position that was read, so all before it is settled."""
    return await database.read_all(_OF_APP, {"app": app, "after": position, "up_to": up_to, "several": several})


async def newest(database: Database) -> int:
    """The position of the last event that is settled; 0 when there is none."""
    row = await database.read_one(_NEWEST, {"settled": await database.settled()})
    return 0 if row is None else int(row[0])


async def times(database: Database, position: int, several: int) -> list[Row]:
    """When the next events were made: (position, created at)"""
    return await database.read_all(_TIMES, {"after": position, "several": several})


def expire(up_to: int, several: int) -> Write:
    """Some of the events up to a position, the first of them. To be done until it is refused."""
    return Write("event", _EXPIRE, {"up_to": up_to, "several": several})
