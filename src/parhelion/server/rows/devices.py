"""Devices in SQL."""

from __future__ import annotations

from ..ports import Database, Step, Write

_CREATE = (
    Step(
        """
    insert into device (app_id, user_id, id, last_seen_at, body)
    select app_id, id, :device, :seen, :body from app_user where app_id = :app and id = :user
    on conflict do nothing""",
        "no such user, or already there",
    ),
)
_THEIRS = "select body from device where app_id = :app and user_id = :user"


def create(app: str, user: str, device: str, seen: int, body: bytes) -> Write:
    """`body` is the device as it will be answered. No operation makes one: they come with data that is brought in."""
    return Write(user, _CREATE, {"app": app, "user": user, "device": device, "seen": seen, "body": body})


async def every(database: Database, app: str, user: str) -> list[bytes]:
    """Their bodies, the most recently seen one first."""
    found = await database.read_all(_THEIRS + " order by last_seen_at desc, id desc", {"app": app, "user": user})
    return [bytes(row[0]) for row in found]


async def find(database: Database, app: str, user: str, device: str) -> bytes | None:
    row = await database.read_one(_THEIRS + " and id = :device", {"app": app, "user": user, "device": device})
    return None if row is None else bytes(row[0])
