"""Control of conversations. What may happen stands in rules/control.py; here is what it is asked, and what is kept.

Nothing is kept of metadata: it is told with the event of a change. What changes nothing is written all the same, so
that a request under an Idempotency-Key is not done later, when it would change something.
"""

from __future__ import annotations

from ...operations import SwitchboardActions
from ...wire import (
    AcceptControlBody,
    BadRequest,
    ConversationNotFound,
    Metadata,
    OfferControlBody,
    PassControlBody,
    ReleaseControlBody,
    SwitchboardNotFound,
)
from .. import rows
from ..ports import Row
from ..rules import metadata
from ..rules.control import Action, Member, State, after
from ._serves import EMPTY, Context, changing, refuse, serves


@serves(SwitchboardActions.pass_control)
async def pass_control(context: Context, conversation_id: str, body: PassControlBody) -> None:
    await _act(context, conversation_id, "pass", body.metadata, body.switchboard_integration)


@serves(SwitchboardActions.offer_control)
async def offer_control(context: Context, conversation_id: str, body: OfferControlBody) -> None:
    await _act(context, conversation_id, "offer", body.metadata, body.switchboard_integration)


@serves(SwitchboardActions.accept_control)
async def accept_control(context: Context, conversation_id: str, body: AcceptControlBody) -> None:
    await _act(context, conversation_id, "accept", body.metadata)


@serves(SwitchboardActions.release_control)
async def release_control(context: Context, conversation_id: str, body: ReleaseControlBody | None = None) -> None:
    await _act(context, conversation_id, "release", body.metadata if body else None)


async def _act(
    context: Context, conversation_id: str, action: Action, told: Metadata | None, reference: str = ""
) -> None:
    refuse(*metadata.faults(told, "metadata", "Control"))
    app, database = context.app_id, context.database

    async def find() -> Row:
        found = await rows.control.read(database, app, conversation_id)
        if found is None:
            raise ConversationNotFound
        if found[2] is None:
            raise SwitchboardNotFound
        if not found[3]:
            raise BadRequest("The switchboard is not enabled")
        return found

    async def change(found: Row) -> None:
        active, pending, switchboard, _ = found
        members = [Member(*row) for row in await rows.control.members(database, app, switchboard)]
        own = None
        if context.grant.scope == "integration":
            own = await rows.control.own(database, app, switchboard, context.grant.integration_id)
        state = after(action, State(active, pending), members, own, reference)
        await context.commit(rows.control.change(app, conversation_id, active, pending, *state), EMPTY)

    await changing(find, change)
