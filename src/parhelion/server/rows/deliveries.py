"""Deliveries in SQL: what a webhook is still to be sent, what it could not be sent, and what it was sent lately.

    telling (rows/events) -> waiting: next_at 0, then a time -> arrived: the row goes, and an arrival comes
                                                             -> failed: failed_at
                             failed, or an arrival -> replayed: waiting, next_at 0; the arrival goes

    lane    WEBHOOK:DIGIT while it waits: one conversation, one lane, sent one after another by who holds its lease.
                    The digit is the event's, so what is replayed is in order with what is new
            WEBHOOK once it has failed: beside the others that failed, in an index of their own. Who looks for work
                    does not meet them

    arrival beside the queue, which stays as short as what waits. The newest of each webhook are kept

Whoever works at lanes writes under the guard of its lease: what another has taken over is left alone. An arrival is
made only by who takes away its delivery. So where something is swept, deliveries come first, and wait for whoever is
taking one away; then arrivals, and no other comes any more.
"""

from __future__ import annotations

from ..ports import DELIVER, Database, Row, Step, Value, Values, Write
from .events import Told, lane

FAR = 9007199254740991  # a position beyond all others
LOST = "the lease is another's, or the delivery is another one by now"
NOTHING = "no such event, or no such webhook"
SWEEP = 500  # deliveries that are changed at once
PAGE = 100  # lanes that are found at once
KEPT = 500  # arrivals of a webhook: twenty pages to look back on. An answer takes 8 kB at most, so all take 4 MB

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

# By the index, a few steps a lane: what waits for its first attempt since it was told, or for another since it was due.
_OLDEST = f"""
    with recursive at (lane) as (
        select min(d.lane) {_BEYOND} ''
        union all
        select (select min(d.lane) {_BEYOND} at.lane) from at where at.lane is not null),
    first (position, due) as (
        select (select min(d.position) from delivery d where d.failed_at = 0 and d.lane = at.lane and d.next_at = 0),
            (select min(d.next_at) from delivery d where d.failed_at = 0 and d.lane = at.lane and d.next_at > 0)
        from at where at.lane is not null)
    select min(e.created_at), min(first.due) from first left join event e on e.position = first.position"""
_SOME_WAIT = "select count(*) from (select 1 from delivery d where d.failed_at = 0 limit :most) few"
_SOME_FAILED = "select count(*) from (select 1 from delivery d where d.failed_at > 0 limit :most) few"

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
_ARRIVED = (
    *_DONE,
    Step(
        """
    insert into arrival (app_id, webhook_id, position, attempts, arrived_at, answer)
    values (:app, :webhook, :position, :attempts, :arrived_at, :answer)
    on conflict (app_id, webhook_id, position) do update
    set attempts = excluded.attempts, arrived_at = excluded.arrived_at, answer = excluded.answer"""
    ),
)
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

_ITS = "app_id = :app and webhook_id = :webhook"
_POSITION = "(select position from event where id = :event)"
_AGAIN = "attempts = 0, next_at = 0, failed_at = 0, answer = null"
_REPLAY = (
    Step(
        f"""
    insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
    select w.id, e.position, e.app_id, w.id || e.lane, 0, 0, 0
    from webhook w join event e on e.app_id = w.app_id
    where w.app_id = :app and w.id = :webhook and e.id = :event and e.webhook_id in ('', w.id)
    on conflict (webhook_id, position) do update set {_AGAIN}, lane = excluded.lane""",
        NOTHING,
    ),
    Step(f"delete from arrival where {_ITS} and position = {_POSITION}"),
)
_TEST = (
    Step(
        """
    insert into event (id, app_id, conversation_id, type, created_at, lane, body, webhook_id)
    select :event, app_id, '', :type, :now, :lane, :body, id from webhook where app_id = :app and id = :webhook""",
        NOTHING,
    ),
    Step(
        """
    insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
    select webhook_id, position, app_id, webhook_id || lane, 0, 0, 0 from event where id = :event""",
        bell=DELIVER,
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

_SHOWN = """d.position, e.id, e.type, e.conversation_id, e.created_at,
        d.attempts, d.next_at, d.failed_at, d.arrived_at, d.answer"""
_OF_DELIVERY = "d.position, d.attempts, d.next_at, d.failed_at, 0 as arrived_at, d.answer"
_OF_ARRIVAL = "position, attempts, 0 as next_at, 0 as failed_at, arrived_at, answer"
_FIRST = "coalesce((select min(position) from event), :none)"
# No further than a page, each by an index of its own, and nothing that is there without its event. Of what waits keys
# first, by the index that has them and no other column: otherwise the primary key is walked, past all that failed.
_NEAR = f"position {{0}} :cursor and position >= {_FIRST} order by position {{1}} limit :several"
_STATES = {
    "pending": f"""
        select {_OF_DELIVERY} from (
            select webhook_id, position from delivery where {_ITS} and failed_at = 0 and {_NEAR}) few
        join delivery d on d.webhook_id = few.webhook_id and d.position = few.position""",
    "failed": f"select {_OF_DELIVERY} from delivery d where {_ITS_FAILED} and d.{_NEAR}",
    "delivered": f"select {_OF_ARRIVAL} from arrival where {_ITS} and {_NEAR}",
}


def _page(state: str | None, back: bool) -> str:
    sides = ("<", "desc") if back else (">", "asc")
    states = [state] if state else [*_STATES]
    near = " union all ".join(f"select * from ({_STATES[each].format(*sides)}) {each}" for each in states)
    return f"""
    select {_SHOWN} from ({near}) d join event e on e.position = d.position
    where e.app_id = :app order by d.position {sides[1]} limit :several"""


_PAGES = {(state, back): _page(state, back) for state in (None, *_STATES) for back in (False, True)}
_FIND = f"""
    select {_SHOWN}, e.body from (
        select {_OF_DELIVERY} from delivery d where d.webhook_id = :webhook and d.position = {_POSITION}
        union all
        select {_OF_ARRIVAL} from arrival where {_ITS} and position = {_POSITION}) d
    join event e on e.position = d.position where e.app_id = :app order by d.arrived_at limit 1"""

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
    and not exists (select 1 from delivery where webhook_id = :webhook)
    and not exists (select 1 from arrival where app_id = :app and webhook_id = :webhook)""",
        "more of it",
    ),
)
_ARRIVALS = f"""
    select w.app_id, w.id, (select min(position) from arrival where app_id = w.app_id and webhook_id = w.id),
        (select position from arrival where app_id = w.app_id and webhook_id = w.id
            order by position desc limit 1 offset {KEPT}),
        {_FIRST} - 1
    from webhook w where (w.app_id, w.id) > (:app, :webhook) order by w.app_id, w.id limit :several"""
_FORGET_ARRIVALS = (
    Step(
        f"""
    delete from arrival where {_ITS} and position <= (select max(position) from (
        select position from arrival where {_ITS} and position <= :up_to order by position limit :several) few)""",
        "none is left",
    ),
)
# From webhook to webhook along the key, as above.
_OUTLIVED = f"""
    with recursive at (webhook_id) as (
        select min(webhook_id) from delivery
        union all
        select (select min(d.webhook_id) from delivery d where d.webhook_id > at.webhook_id)
        from at where at.webhook_id is not null)
    select at.webhook_id from at where at.webhook_id is not null
    and (select min(d.position) from delivery d where d.webhook_id = at.webhook_id)
        < {_FIRST}"""
_OUTLIVE = (
    Step(
        f"""
    delete from delivery where webhook_id = :webhook and position <= (select max(position) from (
        select position from delivery where webhook_id = :webhook
        and position < {_FIRST} order by position limit :several) few)""",
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


async def backlog(database: Database, now: int, most: int) -> tuple[int, int, int]:
    """How many wait and how many have failed, counted up to `most`; and for how many milliseconds, of those that are
    due, the first has been. It looks at every lane.
    """
    [[waiting]] = await database.search(_SOME_WAIT, {"most": most})
    [[failed]] = await database.search(_SOME_FAILED, {"most": most})
    [[told, due]] = await database.search(_OLDEST, {})
    since = min(each for each in (told, due, now) if each is not None)
    return int(waiting), int(failed), now - int(since)


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
    """There is nothing to be sent any more."""
    return Write(lane, _DONE, {"webhook": webhook, "position": position, "lane": lane, "who": who})


def arrived(
    app: str, webhook: str, position: int, lane: str, who: str, attempts: int, arrived_at: int, answer: bytes
) -> Write:
    """`attempts`: with the one that was just made, and got this answer."""
    tried: dict[str, Value] = {"app": app, "attempts": attempts, "arrived_at": arrived_at, "answer": answer}
    return Write(lane, _ARRIVED, {"webhook": webhook, "position": position, "lane": lane, "who": who, **tried})


def later(webhook: str, position: int, lane: str, who: str, attempts: int, next_at: int, answer: bytes) -> Write:
    """`attempts`: as of `arrived`."""
    tried: dict[str, Value] = {"attempts": attempts, "next_at": next_at, "answer": answer}
    return Write(lane, _LATER, {"webhook": webhook, "position": position, "lane": lane, "who": who, **tried})


def failed(webhook: str, position: int, lane: str, who: str, attempts: int, failed_at: int, answer: bytes) -> Write:
    """`attempts`: as of `arrived`."""
    tried: dict[str, Value] = {"attempts": attempts, "failed_at": failed_at, "answer": answer}
    return Write(lane, _FAILED, {"webhook": webhook, "position": position, "lane": lane, "who": who, **tried})


def replay(app: str, webhook: str, event: str) -> Write:
    """Send an event that is kept (again), whatever became of it. Refused when there is no such event or webhook."""
    return Write(webhook, _REPLAY, {"app": app, "webhook": webhook, "event": event}, (DELIVER,))


def send_test(app: str, webhook: str, event: Told, now: int) -> Write:
    """An event for this webhook alone. Refused when there is no such webhook."""
    told: dict[str, Value] = {"event": event.id, "type": event.type, "lane": lane(event.lane), "body": event.body}
    return Write(webhook, _TEST, {"app": app, "webhook": webhook, "now": now, **told})


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
    """Deliveries next to the cursor, a position, nearest first. `state`: one of them, or None for all.

    (position, event's id, its type, its conversation or "", created at, attempts, next_at, failed_at, arrived_at,
    answer or None). Costs by `several`, however many there are in whatever state.
    """
    values: dict[str, Value] = {"app": app, "webhook": webhook, "cursor": cursor, "several": several, "none": FAR}
    return await database.read_all(_PAGES[state, back], values)


async def find(database: Database, app: str, webhook: str, event: str) -> Row | None:
    """What became of an event at a webhook: a row as of `page`, and the event's body."""
    return await database.read_one(_FIND, {"app": app, "webhook": webhook, "event": event})


async def gone(database: Database, several: int) -> list[Row]:
    """Webhooks that are gone and may have left deliveries, waiting or arrived: (app, webhook)"""
    return await database.read_all(_GONE, {"several": several})


def sweep(webhook: str, several: int = SWEEP) -> Write:
    """Some of the deliveries that are left. To be done until it is refused."""
    return Write(webhook, _SWEEP, {"webhook": webhook, "several": several})


def swept(app: str, webhook: str) -> Write:
    """Refused as long as anything is left."""
    return Write(webhook, _SWEPT, {"app": app, "webhook": webhook})


async def arrivals(database: Database, app: str, webhook: str, several: int) -> list[Row]:
    """The next webhooks beyond one: (app, webhook, their oldest arrival, the newest beyond those that are kept, and the
    newest whose event is kept no longer); None where there is none. Costs by `several` times KEPT.
    """
    values: Values = {"app": app, "webhook": webhook, "several": several, "none": FAR}
    return await database.read_all(_ARRIVALS, values)


def forget_arrivals(app: str, webhook: str, up_to: int = FAR, several: int = SWEEP) -> Write:
    """Some of the arrivals up to a position, the first of them. To be done until it is refused."""
    values: Values = {"app": app, "webhook": webhook, "up_to": up_to, "several": several}
    return Write(webhook, _FORGET_ARRIVALS, values)


async def outlived(database: Database) -> list[str]:
    """Webhooks with deliveries of events that are kept no longer. Costs by the number of webhooks."""
    return [str(row[0]) for row in await database.read_all(_OUTLIVED, {"none": FAR})]


def outlive(webhook: str, several: int = SWEEP) -> Write:
    """Some of the deliveries of events that are kept no longer. To be done until it is refused."""
    return Write(webhook, _OUTLIVE, {"webhook": webhook, "none": FAR, "several": several})
