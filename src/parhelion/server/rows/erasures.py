"""What was told and answered about what is gone, in SQL.

mark      in the commit that takes something away: what was told of it is to go as well, after a while
event     goes with its deliveries and arrivals; or stays in other words, and what receivers have answered goes
answer    stays without its body, so that a request that comes again is not carried out again

After a while: by then whoever is well has been told, and what was under way has ended. Who sends an event that goes
finds its delivery gone, and keeps no answer; with one that is put in other words the lane is taken away, so that it is
sent once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..ports import CHANGED, Database, Row, Step, Value, Values, Write
from ..rules.erasing import AFTER, Erasure

SWEEP = 100  # events that are looked at before others come in between

_THEIRS = "app_id = :app and user_id = :user"


def _mark(what: str) -> Step:
    return Step(
        f"""
    insert into erasure (app_id, conversation_id, user_id, message_id, kind, swept_id, due_at) {what}
    on conflict (app_id, conversation_id, user_id, message_id, kind)
    do update set swept_id = excluded.swept_id, due_at = excluded.due_at"""
    )


def _of_user(kind: str, where: str = "") -> tuple[Step, ...]:
    """What is told of them alone, and where they take part or did."""
    return (
        _mark(f"values (:app, '', :user, '', '{kind}', '', :due)"),
        *(
            _mark(f"select app_id, conversation_id, user_id, '', '{kind}', '', :due from {of} where {_THEIRS}{unless}")
            for of, unless in (("participant", where), ("participant_left", ""))
        ),
    )


# Each is a step of the write that takes it away, with `due`: see `due`.
MESSAGE = _mark("values (:app, :conversation, '', :id, 'message', '', :due)")
MESSAGES = _mark(
    """select app_id, id, '', last_message_id, 'messages', '', :due from conversation
    where app_id = :app and id = :conversation and last_message_id <> ''"""
)
CONVERSATION = _mark("values (:app, :conversation, '', '', 'conversation', '', :due)")
PERSONAL = _mark(
    f"""select app_id, id, '', '', 'conversation', '', :due from conversation
    where app_id = :app and type = 'personal' and id in (select conversation_id from participant where {_THEIRS})"""
)
_NOT_GONE = """ and not exists (
    select 1 from conversation_gone gone
    where gone.app_id = :app and gone.conversation_id = participant.conversation_id)"""
AUTHOR, PERSON = _of_user("author", _NOT_GONE), _of_user("person")

_DUE = """
    select app_id, conversation_id, user_id, message_id, kind, swept_id, due_at from erasure
    where due_at <= :now order by due_at limit :several"""
_EVENTS = """
    select id, position, type, body from event where app_id = :app and {} and id > :after and id <= :up_to
    order by id limit :several"""
_OF_CONVERSATION = _EVENTS.format("conversation_id = :conversation")
_OF_USER = _EVENTS.format("user_id = :user and user_id <> ''")
_ANSWERS = """
    select expires_at, owner, idempotency_key, body from answered
    where about = :about and app_id = :app and expires_at <= :up_to
    and (expires_at, owner, idempotency_key) > (:expires, :owner, :key)
    order by expires_at, owner, idempotency_key limit :several"""
_SAID = """
    select id, body from message
    where app_id = :app and conversation_id = :conversation and id > :after and id <= :up_to and author_id = :user"""

# One webhook at a time: of several at once PostgreSQL would look through all deliveries for the position.
_ITS = "webhook_id = :webhook_{0} and position = :position"
_WAITS = "select 1 from delivery where webhook_id = :webhook_0 and position = :position and failed_at = 0"
_WEBHOOKS = "select id from webhook where app_id = :app"
_ARRIVAL = f"delete from arrival where app_id = :app and {_ITS}"
_GONE = (f"delete from delivery where {_ITS}", _ARRIVAL)
_UNANSWERED = (
    f"delete from lane_lease where lane in (select lane from delivery where {_ITS} and failed_at = 0)",
    f"update delivery set answer = null where {_ITS}",
    _ARRIVAL,
)
_DROP = Step("delete from event where position = :position")
_CHANGE = Step("update event set body = :body where position = :position and body = :before", CHANGED)


@cache
def _of_each(several: int, statements: tuple[str, ...]) -> tuple[Step, ...]:
    """For so many webhooks."""
    return tuple(Step(sql.format(number)) for number in range(several) for sql in statements)


@cache
def _untell(several: int) -> tuple[Step, ...]:
    return (*_of_each(several, _GONE), _DROP)


@cache
def _retell(several: int) -> tuple[Step, ...]:
    return (_CHANGE, *_of_each(several, _UNANSWERED))


_REWORD = (
    Step(
        "update answered set body = :body where owner = :owner and idempotency_key = :key and body = :before", CHANGED
    ),
)
# Its words are found out anew: the index goes by what they were.
_RESAY = (
    Step(
        """
    update message set body = :body, words = null
    where app_id = :app and conversation_id = :conversation and id = :id and body = :before""",
        CHANGED,
    ),
)
_PLACE = """app_id = :app and conversation_id = :conversation and user_id = :user and message_id = :message
    and kind = :kind and due_at = :due"""
_KEY = f"{_PLACE} and swept_id = :swept"
_ADVANCE = (Step(f"update erasure set swept_id = :to where {_KEY}", CHANGED),)
_AGAIN = (Step(f"update erasure set swept_id = '', due_at = :later where {_PLACE}", CHANGED),)
_DONE = (Step(f"delete from erasure where {_KEY}", CHANGED),)

# All that is still to be done after a commit that took something away.
_LEFT = "select " + " + ".join(
    f"(select count(*) from {table})"
    for table in (
        *("erasure", "app_gone", "conversation_gone", "author_gone", "conversation_to_sweep", "webhook_gone"),
        *("integration_gone", "media_to_remove"),
    )
)


def due(now: int) -> int:
    """When what is marked at a time is to be done. Milliseconds"""
    return now + AFTER


async def due_by(database: Database, now: int, several: int) -> list[Erasure]:
    """What is to be done by now."""
    return [Erasure(*row) for row in await database.read_all(_DUE, {"now": now, "several": several})]


async def left(database: Database) -> int:
    """How many deletions have left something that is still to go."""
    row = await database.read_one(_LEFT, {})
    return 0 if row is None else int(row[0])


async def events(database: Database, what: Erasure, after: str, several: int = SWEEP) -> list[Row]:
    """The next events that may tell of it: (id, position, type, body)"""
    first, last = what.events
    values: dict[str, Value] = {"app": what.app, "after": max(first, after), "up_to": last, "several": several}
    if what.conversation:
        return await database.read_all(_OF_CONVERSATION, {**values, "conversation": what.conversation})
    return await database.read_all(_OF_USER, {**values, "user": what.user})


async def webhooks(database: Database, app: str) -> list[str]:
    """Those that may have heard of something in an app: a few."""
    return [str(row[0]) for row in await database.read_all(_WEBHOOKS, {"app": app})]


async def is_still_told(database: Database, position: int, webhooks: Sequence[str]) -> bool:
    """Whether any of these is still to hear of an event."""
    for webhook in webhooks:
        if await database.read_one(_WAITS, {"webhook_0": webhook, "position": position}) is not None:
            return True
    return False


async def answers(
    database: Database, what: Erasure, last: tuple[int, str, str], up_to: int, several: int = SWEEP
) -> list[Row]:
    """The next remembered answers that may tell of it: (expires at, owner, key, body)"""
    expires, owner, key = last
    values: Values = {
        "about": what.conversation or what.user,
        "app": what.app,
        "expires": expires,
        "owner": owner,
        "key": key,
        "up_to": up_to,
        "several": several,
    }
    return await database.read_all(_ANSWERS, values)


async def said(database: Database, what: Erasure, after: str, up_to: str) -> list[Row]:
    """Messages that a user has said between two others: (id, body)"""
    values: Values = {"app": what.app, "conversation": what.conversation, "user": what.user}
    return await database.read_all(_SAID, {**values, "after": after, "up_to": up_to})


def untell(app: str, position: int, webhooks: Sequence[str]) -> Write:
    """An event goes, and what became of it at these webhooks."""
    return Write(app, _untell(len(webhooks)), {"position": position, **_named(app, webhooks)})


def retell(app: str, position: int, before: bytes, body: bytes, webhooks: Sequence[str]) -> Write:
    """An event stays, in other words. Refused when its body is not `before` any more."""
    values: Values = {"position": position, "before": before, "body": body, **_named(app, webhooks)}
    return Write(app, _retell(len(webhooks)), values)


def _named(app: str, webhooks: Sequence[str]) -> dict[str, Value]:
    if not webhooks:
        return {}
    return {"app": app, **{f"webhook_{number}": each for number, each in enumerate(webhooks)}}


def reword(owner: str, key: str, before: bytes, body: bytes) -> Write:
    """A remembered answer stays in other words, or in none. Refused when its body is not `before` any more."""
    return Write(owner, _REWORD, {"owner": owner, "key": key, "before": before, "body": body})


def resay(app: str, conversation: str, id: str, before: bytes, body: bytes) -> Write:
    """A message stays in other words. Refused when its body is not `before` any more."""
    values: Values = {"app": app, "conversation": conversation, "id": id, "before": before, "body": body}
    return Write(conversation, _RESAY, values)


def advance(what: Erasure, to: str) -> Write:
    """It is done up to an event. Refused when another process is ahead, or some of it goes anew; as those below."""
    return Write(what.app, _ADVANCE, {**_key(what), "to": to})


def again(what: Erasure, now: int) -> Write:
    """Something of it is still to be told, or went wrong: once more, after a while, from the beginning."""
    values = _key(what)
    del values["swept"]
    return Write(what.app, _AGAIN, {**values, "later": due(now)})


def done(what: Erasure) -> Write:
    return Write(what.app, _DONE, _key(what))


def _key(what: Erasure) -> dict[str, Value]:
    return dict(what._asdict())
