"""What was answered under an Idempotency-Key, in SQL: written in the same commit as what the request did."""

from __future__ import annotations

from functools import cache

from ..ports import Database, Row, Step, Write

BEFORE = "answered before"

# An answer past its time gives way to the new one, whether or not it was swept yet.
_REMEMBER = Step(
    """
    insert into answered (owner, idempotency_key, fingerprint, status, body, expires_at)
    values (:once_owner, :once_key, :once_fingerprint, :once_status, :once_body, :once_expires)
    on conflict (owner, idempotency_key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
        body = excluded.body, expires_at = excluded.expires_at
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
_FIND = """
    select fingerprint, status, body from answered
    where owner = :owner and idempotency_key = :key and expires_at > :now"""


@cache
def _with_memory(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return (*steps, _REMEMBER)


def remembering(
    write: Write, owner: str, key: str, fingerprint: str, status: int, body: bytes, now: int, expires: int
) -> Write:
    """The same write, which also remembers its answer, and is refused when there is one already."""
    values = {
        **write.values,
        "once_owner": owner,
        "once_key": key,
        "once_fingerprint": fingerprint,
        "once_status": status,
        "once_body": body,
        "once_now": now,
        "once_expires": expires,
    }
    return write._replace(steps=_with_memory(write.steps), values=values)


def expire(now: int, several: int) -> Write:
    return Write("answered", _EXPIRE, {"now": now, "several": several})


async def find(database: Database, owner: str, key: str, now: int) -> Row | None:
    """(fingerprint, status, body)"""
    return await database.read_one(_FIND, {"owner": owner, "key": key, "now": now})
