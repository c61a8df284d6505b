"""Switchboards in SQL.

create    guards: the app is there, and has none
update    guards: it is as it was read, and the default is one of its own
delete    guard: it is there -> its switchboard integrations go

Conversations and integrations are not touched: they may name a switchboard integration that is gone, which means none.
"""

from __future__ import annotations

from ..ports import CHANGED, Database, Row, Step, Values, Write

NO_SWITCHBOARD = "no such switchboard"
NO_DEFAULT = "no such default"
NOT_NOW = "no app, or it has a switchboard"

_ONE = "app_id = :app and id = :switchboard"
ITS = "app_id = :app and switchboard_id = :switchboard"

_CREATE = (
    Step(
        """
    insert into switchboard (app_id, id, enabled, default_id)
    select id, :switchboard, 0, '' from app where id = :app on conflict do nothing""",
        NOT_NOW,
    ),
)
_UPDATE = (
    Step(
        f"""
    update switchboard set enabled = :enabled, default_id = :default
    where {_ONE} and enabled = :was_enabled and default_id = :was_default""",
        CHANGED,
    ),
    Step(
        f"""
    update switchboard set default_id = :default where {_ONE}
    and (:default = '' or exists (select 1 from switchboard_integration where {ITS} and id = :default))""",
        NO_DEFAULT,
    ),
)
_DELETE = (
    Step(f"delete from switchboard where {_ONE}", NO_SWITCHBOARD),
    Step(f"delete from switchboard_integration where {ITS}"),
)


def create(app: str, switchboard: str) -> Write:
    return Write(app, _CREATE, {"app": app, "switchboard": switchboard})


def update(app: str, switchboard: str, was_enabled: int, was_default: str, enabled: int, default: str) -> Write:
    values: Values = {
        "app": app,
        "switchboard": switchboard,
        "was_enabled": was_enabled,
        "was_default": was_default,
        "enabled": enabled,
        "default": default,
    }
    return Write(app, _UPDATE, values)


def delete(app: str, switchboard: str) -> Write:
    return Write(app, _DELETE, {"app": app, "switchboard": switchboard})


async def of_app(database: Database, app: str) -> Row | None:
    """(id, 1 when it is enabled, the default's id or '')"""
    return await database.read_one("select id, enabled, default_id from switchboard where app_id = :app", {"app": app})
