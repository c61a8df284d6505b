"""Switchboard integrations in SQL. Who is next stands in its own column and not in the body, as others may end it.

create, update    guards: the switchboard is there -> room -> the name is free -> next and integration are there
delete            guards: the switchboard is there -> not its default -> nobody's next -> it is there

The app's row is held, and then the switchboard's: what is counted and compared after it stays so until the commit.
"""

from __future__ import annotations

from ..ports import CHANGED, Database, Row, Step, Value, Write
from .apps import HOLD
from .switchboards import ITS, NO_SWITCHBOARD

MOST = 10
FULL = "no room"
TAKEN = "the name is taken"
NO_NEXT = "no such next"
NO_INTEGRATION = "no such integration"
IS_DEFAULT = "it is the default"
IS_NEXT = "it is somebody's next"
NO_SUCH = "no such switchboard integration"

_SWITCHBOARD = "app_id = :app and id = :switchboard"
_ONE = f"{ITS} and id = :id"
_OTHERS = f"select 1 from switchboard_integration where {ITS} and id <> :id"


def _guard(holds: str, otherwise: str) -> Step:
    return Step(f"update switchboard set default_id = default_id where {_SWITCHBOARD} and {holds}", otherwise)


_HELD = Step(f"update switchboard set default_id = default_id where {_SWITCHBOARD}", NO_SWITCHBOARD)
_FITS = (
    _guard(f"not exists ({_OTHERS} and name = :name)", TAKEN),
    _guard(f"(:next = '' or exists ({_OTHERS} and id = :next))", NO_NEXT),
    _guard(
        "(:integration = '' or exists (select 1 from integration where app_id = :app and id = :integration))",
        NO_INTEGRATION,
    ),
)
_CREATE = (
    HOLD,
    _HELD,
    _guard(f"(select count(*) from switchboard_integration where {ITS}) < :most", FULL),
    *_FITS,
    Step(
        """
    insert into switchboard_integration
        (app_id, id, switchboard_id, name, integration_id, integration_type, next_id, body, deliver_standby)
    values (:app, :id, :switchboard, :name, :integration, :type, :next, :body, :standby)"""
    ),
)
_UPDATE = (
    HOLD,
    _HELD,
    Step(
        f"""
    update switchboard_integration
    set name = :name, integration_id = :integration, integration_type = :type, next_id = :next, body = :body,
        deliver_standby = :standby
    where {_ONE} and body = :was and next_id = :was_next""",
        CHANGED,
    ),
    *_FITS,
)
_DELETE = (
    _HELD,
    _guard("default_id <> :id", IS_DEFAULT),
    _guard(f"not exists ({_OTHERS} and next_id = :id)", IS_NEXT),
    Step(f"delete from switchboard_integration where {_ONE}", NO_SUCH),
)

_READ = f"select body, next_id from switchboard_integration where {ITS}"
# An OAuth integration is known by its partner's client id.
_KIND = "coalesce(oauth_client_id, type)"


def _values(
    app: str, switchboard: str, id: str, name: str, integration: str, type: str, next: str, body: bytes, standby: int
) -> dict[str, Value]:
    return {
        "app": app,
        "switchboard": switchboard,
        "id": id,
        "name": name,
        "integration": integration,
        "type": type,
        "next": next,
        "body": body,
        "standby": standby,
    }


def create(
    app: str, switchboard: str, id: str, name: str, integration: str, type: str, next: str, body: bytes, standby: int
) -> Write:
    values = _values(app, switchboard, id, name, integration, type, next, body, standby)
    return Write(app, _CREATE, values | {"most": MOST})


def update(
    app: str,
    switchboard: str,
    was: Row,
    id: str,
    name: str,
    integration: str,
    type: str,
    next: str,
    body: bytes,
    standby: int,
) -> Write:
    """`was`: as of `find`. Refused when it is something else by now."""
    values = _values(app, switchboard, id, name, integration, type, next, body, standby)
    return Write(app, _UPDATE, values | {"was": was[0], "was_next": was[1]})


def delete(app: str, switchboard: str, id: str) -> Write:
    return Write(app, _DELETE, {"app": app, "switchboard": switchboard, "id": id})


async def find(database: Database, app: str, switchboard: str, id: str) -> Row | None:
    """(body, the next one's id or '')"""
    values = {"app": app, "switchboard": switchboard, "id": id}
    return await database.read_one(f"{_READ} and id = :id", values)


async def every(database: Database, app: str, switchboard: str) -> list[Row]:
    """Rows as of `find`, oldest first."""
    return await database.read_all(f"{_READ} order by id", {"app": app, "switchboard": switchboard})


async def kind(database: Database, app: str, integration: str) -> str | None:
    """What the switchboard calls the type of an integration."""
    values = {"app": app, "integration": integration}
    row = await database.read_one(f"select {_KIND} from integration where app_id = :app and id = :integration", values)
    return None if row is None else str(row[0])


async def of_kind(database: Database, app: str, type: str) -> list[str]:
    """Ids of the integrations of a type, two at most."""
    sql = f"select id from integration where app_id = :app and {_KIND} = :type order by id limit 2"
    return [str(row[0]) for row in await database.read_all(sql, {"app": app, "type": type})]
