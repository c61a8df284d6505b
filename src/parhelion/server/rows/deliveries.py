"""Deliveries in SQL: what a webhook is still to be sent, and what it could not be sent.

    telling (rows/events) -> waiting: next_at 0, then a time -> done: the row goes
                                                             -> failed: failed_at -> replayed: waiting, next_at 0

    lane    WEBHOOK:DIGIT while it waits: one conversation, one lane, sent one after another by who holds its lease.
                    The digit is the event's, so what is replayed is in order with what is new
            WEBHOOK once it has failed: beside the others that failed, in an index of their own. Who looks for work
                    does not meet them

Whoever works at lanes writes under the guard of its lease: what another has taken over is left alone.
"""

from __future__ import annotations

from ..ports import DELIVER, Database, Row, Step, Value, Values, Write

FAR = 9007199254740991  # a position beyond all others
LOST = "the lease is another's, or the delivery is another one by now"
NOTHING = "no such event, or no such webhook"
SWEEP = 500  # deliveries that are changed at once
PAGE = 100  # lanes that are found at once

# From lane to lane along the index, however many rows a lane has.
_BEYOND = "from delivery d where d.failed_at = 0 and d.lane > "
_LANES = f"""
    with recursive at (lane, place) as (
        select min(d.lane), 1 {_BEYOND} :after
        union all
        select (select min(d.lane) {_BEYOND} at.lane), at.place + 1
        from at where at.lane is not null and at.place < :several)
    select at.lane, (select min(d.next_at) from delivery d where d.failed_at = 0 and d.lane = at.lane),
        l.leased_by, l.leased_until,
        (select d.app_id from delivery d where d.failed_at = 0 and d.lane = at.lane limit 1)
    from at left join lane_lease l on l.lane = at.lane where at.lane is not null order by at.lane"""

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
    where lane = :lane and failed_at = 0 and next_at {} order by {} limit 1"""
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
    update delivery set lane = webhook_id, attempts = :attempts, failed_at = :failed_at, answer = :answer
    where {_STILL}""",
        LOST,
    ),
)

_AGAIN = "attempts = 0, next_at = 0, failed_at = 0, answer = null"
_REPLAY = (
    Step(
        f"""
    insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
    select w.id, e.position, e.app_id, w.id || e.lane, 0, 0, 0
    from webhook w join event e on e.app_id = w.app_id
    where w.app_id = :app and w.id = :webhook and e.id = :event
    on conflict (webhook_id, position) do update set {_AGAIN}, lane = excluded.lane""",
        NOTHING,
    ),
)
_ITS_FAILED = "d.lane = :webhook and d.failed_at > 0"  # by the index, past all that wait
_ITS_LANE = "coalesce((select e.lane from event e where e.position = delivery.position), ':')"
_FAILED_SINCE = f"""
    select max(few.position), count(case when few.failed_at >= :since then 1 end) from (
        select d.position, d.failed_at from delivery d where {_ITS_FAILED} and d.position > :after
        order by d.position limit :several) few"""
_REPLAY_FAILED = (
    Step(
        f"""
    update delivery set {_AGAIN}, lane = webhook_id || {_ITS_LANE}
    where webhook_id = :webhook and position in (
        select d.position from delivery d
        where {_ITS_FAILED} and d.position > :after and d.position <= :up_to and d.failed_at >= :since)
    and exists (select 1 from webhook where app_id = :app and id = :webhook)
    returning position""",
        "none of them failed since, or the webhook is gone",
    ),
)

_SHOWN = """
    select d.position, e.id, e.type, e.conversation_id, e.created_at, d.attempts, d.next_at, d.failed_at, d.answer
    from {0} join event e on e.position = d.position
    where {1} and e.app_id = :app and d.position {2} :cursor order by {3}.position {4} limit :several"""
# Keys first, by the index that has them and no other column, past all that failed. Without its limit it would be made
# one with what is around it, and walk the primary key. It is read no further than the page goes.
_PENDING = f"""(
        select webhook_id, position from delivery
        where app_id = :app and webhook_id = :webhook and failed_at = 0 and position {{0}} :cursor
        order by position {{1}} limit {FAR}) few
    join delivery d on d.webhook_id = few.webhook_id and d.position = few.position"""


def _page(state: str | None, back: bool) -> str:
    sides = ("<", "desc") if back else (">", "asc")
    if state == "pending":
        return _SHOWN.format(_PENDING.format(*sides), "d.failed_at = 0", sides[0], "few", sides[1])
    those = _ITS_FAILED if state == "failed" else "d.webhook_id = :webhook"
    return _SHOWN.format("delivery d", those, sides[0], "d", sides[1])


_PAGES = {(state, back): _page(state, back) for state in (None, "pending", "failed") for back in (False, True)}

_GONE = "select app_id, webhook_id from webhook_gone limit :several"
_SWEEP = (
    Step(
        """
    delete from delivery where webhook_id = :webhook and position <= (select max(position) from (
        select position from delivery where webhook_id = :webhook order by position limit :several) few)""",
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
    delete from delivery where webhook_id = :webhook and position <= (select max(position) from (
        select position from delivery where webhook_id = :webhook
        and position < coalesce((select min(position) from event), :none) order by position limit :several) few)""",
        "none is left",
    ),
)


async def lanes(database: Database, after: str = "", several: int = PAGE) -> list[Row]:
    """The next lanes in which something waits.

    (lane, next_at of what is next, who works there or None, until when, app)
    Costs by the number of lanes, not of deliveries.
    """
    return await database.read_all(_LANES, {"after": after, "several": several})


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
    tried: dict[str, Value] = {"attempts": attempts, "next_at": next_at, "answer": answer}
    return Write(lane, _LATER, {"webhook": webhook, "position": position, "lane": lane, "who": who, **tried})


def failed(webhook: str, position: int, lane: str, who: str, attempts: int, failed_at: int, answer: bytes) -> Write:
    """`attempts`: as of `later`."""
    tried: dict[str, Value] = {"attempts": attempts, "failed_at": failed_at, "answer": answer}
    return Write(lane, _FAILED, {"webhook": webhook, "position": position, "lane": lane, "who": who, **tried})


def replay(app: str, webhook: str, event: str) -> Write:
    """Send an event that is kept (again), whatever became of it. Refused when there is no such event or webhook."""
    return Write(webhook, _REPLAY, {"app": app, "webhook": webhook, "event": event}, (DELIVER,))


async def failed_since(
    database: Database, webhook: str, since: int, after: int = 0, several: int = SWEEP
) -> tuple[int, int] | None:
    """Look at the next few that failed, by their positions: (the last position, how many of them failed since a time).

    None when there are no more. Costs by `several`, however many failed and however few of them since.
    """
    values: Values = {"webhook": webhook, "since": since, "after": after, "several": several}
    row = await database.read_one(_FAILED_SINCE, values)
    return None if row is None or row[0] is None else (int(row[0]), int(row[1]))


def replay_failed(app: str, webhook: str, since: int, after: int, up_to: int) -> Write:
    """Send again what has failed since a time (milliseconds), of the positions beyond `after` and up to `up_to`.

    Answers the rows' positions, in any order; refused when there is none. `failed_since` says how far to go at once.
    From there on to the next few, and never back: what fails anew meanwhile is not sent for ever.
    """
    values: Values = {"app": app, "webhook": webhook, "since": since, "after": after, "up_to": up_to}
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
