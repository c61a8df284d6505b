"""Deliveries in SQL: what a webhook is still to be sent, and what it could not be sent.

    telling (rows/events) -> waiting: next_at 0, then a time -> done: the row goes
                                                             -> failed: failed_at, next_at FAR -> replayed: waiting

    lane    WEBHOOK:DIGIT while it waits: one conversation, one lane, sent one after another by who holds its lease
            WEBHOOK once it has failed: nobody is sent there, and the failed of a webhook stand beside each other

Whoever works at lanes writes under the guard of its lease: what another has taken over is left alone.
"""

from __future__ import annotations

from ..ports import DELIVER, Database, Row, Step, Value, Values, Write

FAR = 9007199254740991  # when what has failed is sent
LOST = "the lease is another's, or the delivery is another one by now"
NOTHING = "no such event, or no such webhook"
SWEEP = 500  # deliveries that are changed at once

# From lane to lane along the index, however many rows a lane has: what has failed is one lane of each webhook.
_LANES = f"""
    with recursive at (lane) as (
        select min(lane) from delivery
        union all
        select (select min(d.lane) from delivery d where d.lane > at.lane) from at where at.lane is not null)
    select found.lane, found.next_at, l.leased_by, l.leased_until from (
        select at.lane as lane, (select min(d.next_at) from delivery d where d.lane = at.lane) as next_at
        from at where at.lane is not null) found
    left join lane_lease l on l.lane = found.lane where found.next_at < {FAR} order by found.lane"""

_LEASE = (
    Step(
        """
    insert into lane_lease (lane, leased_by, leased_until) values (:lane, :who, :until)
    on conflict (lane) do update set leased_by = :who, leased_until = :until
    where lane_lease.leased_by = :who or lane_lease.leased_until <= :now""",
        "taken",
    ),
)
_RENEW = (Step("update lane_lease set leased_until = :until where leased_by = :who returning lane"),)
_RELEASE = (Step("delete from lane_lease where lane = :lane and leased_by = :who"),)
_RELEASE_ALL = (Step("delete from lane_lease where leased_by = :who"),)
_FORGET = (
    Step(
        """
    delete from lane_lease where lane in (select lane from lane_lease where leased_until < :before limit :several)""",
        "none is that old",
    ),
)

_WAITING = """
    select webhook_id, position, app_id, attempts from delivery
    where lane = :lane and next_at {} order by {} limit 1"""
_NEXT = f"""
    select d.webhook_id, d.position, d.app_id, d.attempts, e.id, e.type, e.body from (
        select * from ({_WAITING.format("= 0", "position")}) fresh
        union all
        select * from ({_WAITING.format("> 0 and next_at <= :now", "next_at, position")}) late) d
    left join event e on e.position = d.position
    order by d.position limit 1"""
_WEBHOOK = "select w.body from webhook w join app a on a.id = w.app_id where w.app_id = :app and w.id = :webhook"

_ONE = "webhook_id = :webhook and position = :position"
_OURS = "exists (select 1 from lane_lease where lane = :lane and leased_by = :who)"
_DONE = (Step(f"delete from delivery where {_ONE} and {_OURS}", LOST),)
_STILL = f"{_ONE} and attempts = :attempts - 1 and {_OURS}"  # not sent anew meanwhile
_LATER = (Step(f"update delivery set attempts = :attempts, next_at = :next_at, answer = :answer where {_STILL}", LOST),)
_FAILED = (
    Step(
        f"""
    update delivery set lane = webhook_id, attempts = :attempts, next_at = {FAR}, failed_at = :failed_at,
        answer = :answer
    where {_STILL}""",
        LOST,
    ),
)

# The 12th digit of an id is of the time within a second, so conversations fall into any of the lanes.
_LANE = "{} || ':' || coalesce(substr({}, 12, 1), '')"
_AGAIN = "attempts = 0, next_at = 0, failed_at = 0, answer = null"
_REPLAY = (
    Step(
        f"""
    insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
    select w.id, e.position, e.app_id, {_LANE.format("w.id", "e.conversation_id")}, 0, 0, 0
    from webhook w join event e on e.app_id = w.app_id
    where w.app_id = :app and w.id = :webhook and e.id = :event
    on conflict (webhook_id, position) do update set {_AGAIN},
        lane = case when delivery.failed_at > 0 then excluded.lane else delivery.lane end""",
        NOTHING,
    ),
)
_ITS_FAILED = f"d.lane = :webhook and d.next_at = {FAR}"  # by the index, past all that wait
_ITS_CONVERSATION = "(select conversation_id from event where event.position = delivery.position)"
_REPLAY_FAILED = (
    Step(
        f"""
    update delivery set {_AGAIN}, lane = {_LANE.format("webhook_id", _ITS_CONVERSATION)}
    where webhook_id = :webhook and position in (
        select d.position from delivery d where {_ITS_FAILED} and d.failed_at >= :since and d.position > :after
        order by d.position limit :several)
    and exists (select 1 from webhook where app_id = :app and id = :webhook)
    returning position""",
        "none is left",
    ),
)

_SHOWN = """
    select d.position, e.id, e.type, e.conversation_id, e.created_at, d.attempts, d.next_at, d.failed_at, d.answer
    from delivery d join event e on e.position = d.position
    where {2} and e.app_id = :app and d.position {0} :cursor order by d.position {1} limit :several"""
_STATES = {
    None: "d.webhook_id = :webhook",
    "pending": "d.webhook_id = :webhook and d.failed_at = 0",
    "failed": _ITS_FAILED,
}
_PAGES = {
    (state, back): _SHOWN.format("<" if back else ">", "desc" if back else "asc", those)
    for state, those in _STATES.items()
    for back in (False, True)
}

_GONE = "select app_id, webhook_id from webhook_gone limit :several"
_SWEEP = (
    Step(
        """
    delete from delivery where webhook_id = :webhook and position in (
        select position from delivery where webhook_id = :webhook order by position limit :several)""",
        "none is left",
    ),
)
_SWEPT = (
    Step(
        """
    delete from webhook_gone where app_id = :app and webhook_id = :webhook
    and not exists (select 1 from delivery where webhook_id = :webhook)""",
        "more of it",
    ),
)
# From webhook to webhook along the key, as above.
_OUTLIVED = """
    with recursive at (webhook_id) as (
        select min(webhook_id) from delivery
        union all
        select (select min(d.webhook_id) from delivery d where d.webhook_id > at.webhook_id)
        from at where at.webhook_id is not null)
    select at.webhook_id from at where at.webhook_id is not null
    and (select min(d.position) from delivery d where d.webhook_id = at.webhook_id)
        < coalesce((select min(position) from event), :none)"""
_OUTLIVE = (
    Step(
        """
    delete from delivery where webhook_id = :webhook and position in (
        select position from delivery where webhook_id = :webhook
        and position < coalesce((select min(position) from event), :none) order by position limit :several)""",
        "none is left",
    ),
)


async def lanes(database: Database) -> list[Row]:
    """Lanes in which something waits: (lane, next_at of what is next, who works there or None, until when)

    Costs by the number of lanes, not of deliveries.
    """
    return await database.read_all(_LANES, {})


def lease(lane: str, who: str, now: int, until: int) -> Write:
    """Work at a lane. Refused as long as somebody else does."""
    return Write(lane, _LEASE, {"lane": lane, "who": who, "now": now, "until": until})


def renew(who: str, until: int) -> Write:
    """Go on working at all lanes that nobody has taken over: answers which those are."""
    return Write(who, _RENEW, {"who": who, "until": until})


def release(lane: str, who: str) -> Write:
    return Write(lane, _RELEASE, {"lane": lane, "who": who})


def release_all(who: str) -> Write:
    """Every lane of who stops working; whoever finds them may go on."""
    return Write(who, _RELEASE_ALL, {"who": who}, (DELIVER,))


def forget_leases(before: int, several: int) -> Write:
    """Some of the leases that ran out before. To be done until it is refused."""
    return Write("lane_lease", _FORGET, {"before": before, "several": several})


async def next_due(database: Database, lane: str, now: int) -> Row | None:
    """What a lane sends next, by the order of events: of what was never tried, and of what is to be tried again.

    (webhook, position, app, attempts, event's id or None, its type, its body); None when the event is gone.
    """
    return await database.read_one(_NEXT, {"lane": lane, "now": now})


async def webhook(database: Database, app: str, webhook: str) -> bytes | None:
    """A webhook as it is stored; None when it or its app is gone."""
    row = await database.read_one(_WEBHOOK, {"app": app, "webhook": webhook})
    return None if row is None else bytes(row[0])


def done(webhook: str, position: int, lane: str, who: str) -> Write:
    return Write(lane, _DONE, {"webhook": webhook, "position": position, "lane": lane, "who": who})


def later(webhook: str, position: int, lane: str, who: str, attempts: int, next_at: int, answer: bytes) -> Write:
    """`attempts`: with the one that was just made, and got this answer."""
    values: Values = {
        "webhook": webhook,
        "position": position,
        "lane": lane,
        "who": who,
        "attempts": attempts,
        "next_at": next_at,
        "answer": answer,
    }
    return Write(lane, _LATER, values)


def failed(webhook: str, position: int, lane: str, who: str, attempts: int, failed_at: int, answer: bytes) -> Write:
    """`attempts`: as of `later`."""
    values: Values = {
        "webhook": webhook,
        "position": position,
        "lane": lane,
        "who": who,
        "attempts": attempts,
        "failed_at": failed_at,
        "answer": answer,
    }
    return Write(lane, _FAILED, values)


def replay(app: str, webhook: str, event: str) -> Write:
    """Send an event that is kept (again), whatever became of it. Refused when there is no such event or webhook."""
    return Write(webhook, _REPLAY, {"app": app, "webhook": webhook, "event": event}, (DELIVER,))


def replay_failed(app: str, webhook: str, since: int, after: int = 0, several: int = SWEEP) -> Write:
    """Send again some of what has failed since a time (milliseconds): answers the rows' positions, in any order.

    To be done until it is refused, with the highest of them as `after`: what fails anew meanwhile is not sent for ever.
    """
    values: dict[str, Value] = {"app": app, "webhook": webhook, "since": since, "after": after, "several": several}
    return Write(webhook, _REPLAY_FAILED, values, (DELIVER,))


async def page(
    database: Database, app: str, webhook: str, state: str | None, cursor: int, several: int, *, back: bool
) -> list[Row]:
    """Deliveries next to the cursor, a position, nearest first. `state`: "pending", "failed", or None for all.

    (position, event's id, its type, its conversation or "", created at, attempts, next_at, failed_at, answer or None)
    """
    values: dict[str, Value] = {"app": app, "webhook": webhook, "cursor": cursor, "several": several}
    return await database.read_all(_PAGES[state, back], values)


async def gone(database: Database, several: int) -> list[Row]:
    """Webhooks that are gone and may have left deliveries: (app, webhook)"""
    return await database.read_all(_GONE, {"several": several})


def sweep(webhook: str, several: int = SWEEP) -> Write:
    """Some of the deliveries that are left. To be done until it is refused."""
    return Write(webhook, _SWEEP, {"webhook": webhook, "several": several})


def swept(app: str, webhook: str) -> Write:
    """Refused as long as anything is left."""
    return Write(webhook, _SWEPT, {"app": app, "webhook": webhook})


async def outlived(database: Database) -> list[str]:
    """Webhooks with deliveries of events that are kept no longer. Costs by the number of webhooks."""
    return [str(row[0]) for row in await database.read_all(_OUTLIVED, {"none": FAR})]


def outlive(webhook: str, several: int = SWEEP) -> Write:
    """Some of the deliveries of events that are kept no longer. To be done until it is refused."""
    return Write(webhook, _OUTLIVE, {"webhook": webhook, "none": FAR, "several": several})
