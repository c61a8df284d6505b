"""What was answered under an Idempotency-Key, in SQL: written in the same commit as what the request did."""

from __future__ import annotations

from functools import cache

from ..ports import Database, Row, Step, Values, Write

BEFORE = "answered before"
REMEMBERED = 24 * 60 * 60  # seconds

# An answer past its time gives way to the new one, whether or not it was swept yet.
_REMEMBER = Step(
    """
    insert into answered (owner, idempotency_key, fingerprint, status, body, expires_at, app_id, about)
    values (:once_owner, :once_key, :once_fingerprint, :once_status, :once_body, :once_expires, :once_app, :once_about)
    on conflict (owner, idempotency_key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
        body = excluded.body, expires_at = excluded.expires_at, app_id = excluded.app_id, about = excluded.about
    where answered.expires_at <= :once_now""",
    BEFORE,
)
_EXPIRE = (
    Step(
        """
    delete from answered where expires_at <= (select max(expires_at) from (
        select expires_at from answered where expires_at <= :now order by expires_at limit :several) few)""",
        "nothing expired",
    ),
)
_UP_TO = """
    select owner, idempotency_key from answered where (owner, idempotency_key) > (:owner, :key)
    order by owner, idempotency_key limit 1 offset :several - 1"""
_LAST = """
    select owner, idempotency_key from answered where (owner, idempotency_key) > (:owner, :key)
    order by owner desc, idempotency_key desc limit 1"""
_FORGET_APP = (
    Step(
        """
    delete from answered where app_id = :app and (owner, idempotency_key) > (:owner, :key)
    and (owner, idempotency_key) <= (:last_owner, :last_key)""",
        "none is of this app",
    ),
)
_FIND = """
    select fingerprint, status, body from answered
    where owner = :owner and idempotency_key = :key and expires_at > :now"""


@cache
def _with_memory(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return (*steps, _REMEMBER)


def remembering(
    write: Write,
    owner: str,
    key: str,
    fingerprint: str,
    status: int,
    body: bytes,
    now: int,
    app: str = "",
    about: str = "",
) -> Write:
    """The same write, which also remembers its answer, and is refused when there is one already.

    `about`: the conversation, the user or the attachment that the answer tells of, "" for anything else.
    """
    values = {
        **write.values,
        "once_owner": owner,
        "once_key": key,
        "once_fingerprint": fingerprint,
        "once_status": status,
        "once_body": body,
        "once_now": now,
        "once_expires": now + REMEMBERED * 1000,
        "once_app": app,
        "once_about": about,
    }
    return write._replace(steps=_with_memory(write.steps), values=values)


def expire(now: int, several: int) -> Write:
    return Write("answered", _EXPIRE, {"now": now, "several": several})


async def up_to(database: Database, owner: str, key: str, several: int) -> tuple[str, str] | None:
    """The last of the next few beyond one: (owner, key); None when there is none."""
    values: Values = {"owner": owner, "key": key, "several": several}
    row = await database.read_one(_UP_TO, values) or await database.read_one(_LAST, {"owner": owner, "key": key})
    return None if row is None else (str(row[0]), str(row[1]))


def forget(app: str, owner: str, key: str, last_owner: str, last_key: str) -> Write:
    """What was answered about an app, from one answer to another. Refused when nothing was."""
    values: Values = {"app": app, "owner": owner, "key": key, "last_owner": last_owner, "last_key": last_key}
    return Write("answered", _FORGET_APP, values)


async def find(database: Database, owner: str, key: str, now: int) -> Row | None:
    """(fingerprint, status, body)"""
    return await database.read_one(_FIND, {"owner": owner, "key": key, "now": now})
