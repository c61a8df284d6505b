"""An app as it is written down, in SQL: pages by key, each read by itself, through what holds up nobody else.

    people    users up to a mark            below them   clients, devices
    talks     conversations up to a mark    below them   participants and their clients, messages in sight
    files     attachments, by their conversation and id

What is below several is read for all of them at once, in the order of (what it is below, its own id).
"""

from __future__ import annotations

from ..ports import Database, Row, Values
from .conversations import CONTROL, SAID

_NEWEST = (  # conversations first: whom they are with was there before
    "select id from conversation where app_id = :app order by id desc limit :several",
    "select id from app_user where app_id = :app order by id desc limit :several",
)
# Users are counted by what an index holds; messages by what each conversation knows.
SIZE = """
    select (select count(*) from app_user where app_id = :app), (select count(*) from attachment where app_id = :app),
        (select count(*) from conversation where app_id = :app),
        cast(coalesce((select sum(message_count) from conversation where app_id = :app), 0) as bigint)"""
_USERS = """
    select id, body from app_user where app_id = :app and id > :after and id <= :until order by id limit :several"""
_USER = "select id, body from app_user where app_id = :app and id = :id"
_CONVERSATIONS = f"""
    select {SAID}, c.last_message_id from conversation c {CONTROL}
    where c.app_id = :app and c.id > :after and c.id <= :until order by c.id limit :several"""
_CONVERSATION = f"select {SAID}, c.last_message_id from conversation c {CONTROL} where c.app_id = :app and c.id = :id"
_BELOW = "(:parent, :id) and {0} <= :last order by {0}, {1} limit :several"
_CLIENTS = f"""
    select user_id, id, body from client where app_id = :app
    and (user_id, id) > {_BELOW.format("user_id", "id")}"""
_DEVICES = f"""
    select user_id, id, body from device where app_id = :app
    and (user_id, id) > {_BELOW.format("user_id", "id")}"""
_MESSAGES = f"""
    select m.conversation_id, m.id, m.body from message m cross join conversation c
    where m.app_id = :app and c.app_id = m.app_id and c.id = m.conversation_id and m.id > c.cleared_id
    and (m.conversation_id, m.id) > {_BELOW.format("m.conversation_id", "m.id")}"""
_PARTICIPANTS = f"""
    select p.conversation_id, p.id, p.user_id, u.external_id, p.last_read_id, p.last_read_at,
        case when p.last_read_id <= c.cleared_id then c.message_count
            when p.last_read_id >= c.last_message_id then 0
            else (select count(*) from message m where m.app_id = c.app_id and m.conversation_id = c.id
                and m.id > p.last_read_id) end
    from participant p
    join conversation c on c.app_id = p.app_id and c.id = p.conversation_id
    join app_user u on u.app_id = p.app_id and u.id = p.user_id
    where p.app_id = :app and p.user_id <= :until
    and (p.conversation_id, p.id) > {_BELOW.format("p.conversation_id", "p.id")}"""
_USED = """
    select a.conversation_id, a.user_id, k.type, k.id from client_association a
    join client k on k.app_id = a.app_id and k.user_id = a.user_id and k.id = a.client_id
    where a.app_id = :app and a.conversation_id >= :first and a.conversation_id <= :last
    order by a.conversation_id, a.user_id, k.id desc"""
_FILES = """
    select conversation_id, id, name, media_type, size, for_message, created_at from attachment
    where app_id = :app and (conversation_id, id) > (:parent, :id) order by conversation_id, id limit :several"""
_FILE = """
    select conversation_id, id, name, media_type, size, for_message, created_at from attachment
    where id = :id and app_id = :app"""


async def until(database: Database, app: str) -> str:
    """The highest id of a user or a conversation there is; "" where there is none."""
    found = [row for sql in _NEWEST for row in await database.search(sql, {"app": app, "several": 1})]
    return max((str(row[0]) for row in found), default="")


async def size(database: Database, app: str) -> Row:
    """(users, attachments, conversations, messages in sight)"""
    found = await database.search(SIZE, {"app": app})
    return found[0]


async def users(database: Database, app: str, after: str, until: str, several: int) -> list[Row]:
    """(id, body)"""
    return await database.search(_USERS, {"app": app, "after": after, "until": until, "several": several})


async def user(database: Database, app: str, id: str) -> list[Row]:
    """(id, body)"""
    return await database.search(_USER, {"app": app, "id": id})


async def conversations(database: Database, app: str, after: str, until: str, several: int) -> list[Row]:
    """Rows as of conversations.read, and the highest id that a message ever had."""
    return await database.search(_CONVERSATIONS, {"app": app, "after": after, "until": until, "several": several})


async def conversation(database: Database, app: str, id: str) -> list[Row]:
    """The same of one."""
    return await database.search(_CONVERSATION, {"app": app, "id": id})


async def clients(database: Database, app: str, parent: str, id: str, last: str, several: int) -> list[Row]:
    """(user, id, body) after a place, of users up to the last."""
    return await database.search(_CLIENTS, {"app": app, "parent": parent, "id": id, "last": last, "several": several})


async def devices(database: Database, app: str, parent: str, id: str, last: str, several: int) -> list[Row]:
    """(user, id, body) after a place, of users up to the last."""
    return await database.search(_DEVICES, {"app": app, "parent": parent, "id": id, "last": last, "several": several})


async def messages(database: Database, app: str, parent: str, id: str, last: str, several: int) -> list[Row]:
    """(conversation, id, body) after a place, of conversations up to the last."""
    return await database.search(_MESSAGES, {"app": app, "parent": parent, "id": id, "last": last, "several": several})


async def participants(
    database: Database, app: str, parent: str, id: str, last: str, several: int, until: str
) -> list[Row]:
    """(conversation, id, user id, external id, last read message, last read at, unread), of users up to `until`."""
    values: Values = {"app": app, "parent": parent, "id": id, "last": last, "several": several, "until": until}
    return await database.search(_PARTICIPANTS, values)


async def used(database: Database, app: str, first: str, last: str) -> list[Row]:
    """(conversation, user, type, client) of conversations from one to another, the newest client first."""
    return await database.search(_USED, {"app": app, "first": first, "last": last})


async def files(database: Database, app: str, parent: str, id: str, several: int) -> list[Row]:
    """(conversation or "", id, name, media type, size, whether it is for a message, created at) after a place."""
    return await database.search(_FILES, {"app": app, "parent": parent, "id": id, "several": several})


async def file(database: Database, app: str, id: str) -> list[Row]:
    """The same of one."""
    return await database.search(_FILE, {"app": app, "id": id})
