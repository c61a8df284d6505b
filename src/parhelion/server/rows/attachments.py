"""Attachments in SQL: what is known of a file. Its bytes are in media."""

from __future__ import annotations

from ..ports import AFTERWARDS, Database, Row, Step, Write

_INSERT = """
    insert into attachment (id, app_id, conversation_id, for_message, name, media_type, size, created_at)
    select :id, :app, :conversation, :for_message, :name, :media_type, :size, :now"""
# When its app or its conversation goes, the file goes: none may come after that.
_CREATE = (Step(f"{_INSERT} from app where id = :app", "no such app"),)
_CREATE_IN = (
    Step("update conversation set type = type where app_id = :app and id = :conversation", "no such conversation"),
    Step(f"{_INSERT} from conversation where app_id = :app and id = :conversation", "no such conversation"),
)
_DELETE = (
    Step("delete from attachment where id = :id and app_id = :app", "no such attachment"),
    Step("insert into media_to_remove (attachment_id) values (:id) on conflict do nothing"),
)
_PAGE = "select id, size from attachment where id > :after order by id limit :several"
COUNT = "select count(*) from attachment"
_TO_REMOVE = """
    select attachment_id from media_to_remove where attachment_id > :after order by attachment_id limit :several"""
_SIZES = """
    select max(few.id), cast(sum(few.size) as bigint) from (
        select id, size from attachment where id > :after order by id limit :several) few"""
SEVERAL = 10_000  # files whose sizes are added up before others come in between
# Its name is in its address, which whoever uploaded it was told.
_REMOVED = (
    Step("delete from media_to_remove where attachment_id = :id"),
    Step("update answered set body = :nothing where about = :id"),
)


def create(
    id: str, app: str, conversation: str, name: str, media_type: str, size: int, now: int, *, for_message: bool
) -> Write:
    return Write(
        id,
        _CREATE_IN if conversation else _CREATE,
        {
            "id": id,
            "app": app,
            "conversation": conversation,
            "for_message": int(for_message),
            "name": name,
            "media_type": media_type,
            "size": size,
            "now": now,
        },
    )


def delete(app: str, id: str) -> Write:
    return Write(id, _DELETE, {"id": id, "app": app}, (AFTERWARDS,))


def removed(id: str) -> Write:
    """Its bytes are gone."""
    return Write(id, _REMOVED, {"id": id, "nothing": b""})


async def find(database: Database, id: str) -> Row | None:
    """(app, name, media type, size)"""
    return await database.read_one("select app_id, name, media_type, size from attachment where id = :id", {"id": id})


async def count(database: Database) -> int:
    """Of all apps."""
    row = await database.read_one(COUNT, {})
    return 0 if row is None else int(row[0])


async def page(database: Database, after: str, several: int) -> list[tuple[str, int]]:
    """The next attachments of all apps, by id: each with its size."""
    rows = await database.read_all(_PAGE, {"after": after, "several": several})
    return [(str(row[0]), int(row[1])) for row in rows]


async def to_remove(database: Database, after: str, several: int) -> list[str]:
    """Attachments whose bytes are still to be removed, by id."""
    rows = await database.read_all(_TO_REMOVE, {"after": after, "several": several})
    return [str(row[0]) for row in rows]


async def size(database: Database, several: int = SEVERAL) -> int:
    """Bytes of all files together. It looks at every row, some at a time."""
    whole, after = 0, ""
    while True:
        [[after, size]] = await database.search(_SIZES, {"after": after, "several": several})
        if after is None:
            return whole
        whole += int(size)
