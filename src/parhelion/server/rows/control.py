"""Control of conversations in SQL: who is active, who is pending.

A change is made for the state that was read. Of two that were made for one state the later is refused, and judged anew.
"""

from __future__ import annotations

from ..ports import CHANGED, Database, Row, Step, Write

_CHANGE = (
    Step(
        """
    update conversation set active_id = :active, pending_id = :pending
    where app_id = :app and id = :conversation and active_id = :was_active and pending_id = :was_pending""",
        CHANGED,
    ),
)
_READ = """
    select c.active_id, c.pending_id, s.id, s.enabled from conversation c
    left join switchboard s on s.app_id = c.app_id where c.app_id = :app and c.id = :conversation"""
_MEMBERS = """
    select id, name, integration_type, next_id, integration_id from switchboard_integration
    where app_id = :app and switchboard_id = :switchboard order by id"""
# Whoever came in by OAuth may have been given a place before, by the partner's client id alone.
_OWN = """
    select m.id from switchboard_integration m left join integration i on i.app_id = m.app_id and i.id = :integration
    where m.app_id = :app and m.switchboard_id = :switchboard
    and (m.integration_id = :integration or (m.integration_id = '' and m.integration_type = i.oauth_client_id))"""


def change(app: str, conversation: str, was_active: str, was_pending: str, active: str, pending: str) -> Write:
    values = {
        "app": app,
        "conversation": conversation,
        "was_active": was_active,
        "was_pending": was_pending,
        "active": active,
        "pending": pending,
    }
    return Write(conversation, _CHANGE, values)


async def read(database: Database, app: str, conversation: str) -> Row | None:
    """(active id, pending id, the switchboard's id or None, 1 when it is enabled)"""
    return await database.read_one(_READ, {"app": app, "conversation": conversation})


async def members(database: Database, app: str, switchboard: str) -> list[Row]:
    """Rows of (id, name, integration type, next id, integration id), oldest first."""
    return await database.read_all(_MEMBERS, {"app": app, "switchboard": switchboard})


async def own(database: Database, app: str, switchboard: str, integration: str) -> frozenset[str]:
    """Which of the switchboard belong to an integration."""
    values = {"app": app, "switchboard": switchboard, "integration": integration}
    return frozenset(str(row[0]) for row in await database.read_all(_OWN, values))
