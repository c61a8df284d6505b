"""Apps in SQL.

hold      who counts what an app has, or looks for something of it that others may take away, holds its row first, and
          looks in the next step: by then whoever held it has committed
delete    guard: the app is there -> its keys go -> it is gone, and so is every way into it
sweep     what was in it goes, table by table, some rows at a time: first what others may still be added to
          done: nothing of it is left
"""

from __future__ import annotations

from ..ports import AFTERWARDS, CHANGED, Database, Row, Step, Value, Write

HOLD = Step("update app set retained_since = retained_since where id = :app")
_CREATE = (
    Step(
        """
    insert into app (id, body, retention_seconds, retained_since) values (:app, :body, :retention, :now)
    on conflict do nothing""",
        "already there",
    ),
)
_SET = "update app set body = :body, retention_seconds = :retention{} where id = :app and body = :before"
_UPDATE = (Step(_SET.format(""), CHANGED),)
_UPDATE_AND_RETAIN = (Step(_SET.format(", retained_since = :now"), CHANGED),)
_DELETE = (
    Step("delete from app where id = :app", "no such app"),
    Step("delete from api_key where app_id = :app"),
    Step("insert into app_gone (app_id) values (:app) on conflict do nothing"),
)

# Two bounds on the key: a cursor survives the deletion of the row it was made from.
_PAGE = "select id, body from app where id {} :cursor order by id {} limit :several"
_AFTER = _PAGE.format(">", "asc")
_BEFORE = _PAGE.format("<", "desc")

SWEEP = 500  # rows a step takes at once: what others wait behind it
_GONE = "select app_id from app_gone where app_id > :after order by app_id limit :several"
# What belongs to an app, with what orders its rows in an index. Parents come before their children: once they are gone,
# nobody adds to them.
_OF_AN_APP = {
    "conversation": "id",
    "app_user": "id",
    "integration": "id",
    "switchboard": "id",
    "switchboard_integration": "id",
    "webhook": "id",
    "webhook_trigger": "type, webhook_id",
    "client_association": "conversation_id, user_id, client_id",
    "client": "user_id, id",
    "device": "user_id, id",
    "participant": "conversation_id, user_id",
    "attachment_use": "conversation_id, message_id, attachment_id",
    "message": "conversation_id, id",
    "delivery": "webhook_id, failed_at, position",
    "arrival": "webhook_id, position",
    "event": "position",
    "erasure": "conversation_id, user_id, message_id, kind",
    "participant_left": "user_id, conversation_id",
    "webhook_gone": "webhook_id",
    "conversation_to_sweep": "conversation_id",
    "conversation_gone": "conversation_id",
    "author_gone": "conversation_id, user_id",
    "integration_gone": "integration_id",
    "tally": "minute, name",
}
# Up to the last of the next few. Of a list of them PostgreSQL would expect much, and look through all that there is.
_SOME = """
    delete from {table} where app_id = :app and ({key}) <= (
        select {key} from (select {key} from {table} where app_id = :app order by {key} limit :several) few
        order by {last} desc limit 1)"""
_SWEEPS = tuple(
    (Step(_SOME.format(table=table, key=key, last=key.replace(",", " desc,")), f"no {table} is left"),)
    for table, key in _OF_AN_APP.items()
)
_FILES = (
    Step(
        """
    insert into media_to_remove (attachment_id)
    select id from attachment where app_id = :app order by conversation_id, id limit :several
    on conflict do nothing""",
        "no file is left",
    ),
    Step("delete from attachment where id in (select attachment_id from media_to_remove)"),
)
_NOTHING = " and ".join(
    f"not exists (select 1 from {table} where app_id = :app)" for table in (*_OF_AN_APP, "attachment")
)
_DONE = (Step(f"delete from app_gone where app_id = :app and {_NOTHING}", "more of it"),)


def create(app: str, body: bytes, retention: int, now: int) -> Write:
    """`retention`: for how many seconds an idle conversation keeps its messages; 0 is for ever."""
    return Write(app, _CREATE, {"app": app, "body": body, "retention": retention, "now": now if retention else 0})


def update(app: str, before: bytes, body: bytes, retention: int, since: int | None) -> Write:
    """Refused when the app's body is not `before` any more. `since`: from when on retention counts, if that is new."""
    values: dict[str, Value] = {"app": app, "before": before, "body": body, "retention": retention}
    return Write(app, _UPDATE, values) if since is None else Write(app, _UPDATE_AND_RETAIN, values | {"now": since})


def delete(app: str) -> Write:
    return Write(app, _DELETE, {"app": app}, (AFTERWARDS,))


async def find(database: Database, app: str) -> bytes | None:
    row = await database.read_one("select body from app where id = :app", {"app": app})
    return None if row is None else bytes(row[0])


async def page(database: Database, cursor: str, several: int, *, back: bool) -> list[Row]:
    """Rows of (id, body) next to the cursor, nearest first."""
    return await database.read_all(_BEFORE if back else _AFTER, {"cursor": cursor, "several": several})


async def gone(database: Database, after: str, several: int) -> list[str]:
    """Apps that are gone and have left something."""
    return [str(row[0]) for row in await database.read_all(_GONE, {"after": after, "several": several})]


def sweeps(app: str, several: int = SWEEP) -> list[Write]:
    """What takes away some of what a gone app left. Each is to be done until it is refused."""
    return [Write(app, steps, {"app": app, "several": several}) for steps in (*_SWEEPS, _FILES)]


def swept(app: str) -> Write:
    """Refused as long as anything is left."""
    return Write(app, _DONE, {"app": app})
