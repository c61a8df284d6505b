"""Control of conversations. What may happen stands in rules/control.py; here is what it is asked, and what is kept.

Nothing is kept of metadata: it is told with the event of a change. What changes nothing is told to nobody, and written
all the same, so that a request under an Idempotency-Key is not done later, when it would change something. What is
refused by the table is told as a failure.
"""

from __future__ import annotations

from collections.abc import Callable

from ...operations import SwitchboardActions
from ...wire import (
    AcceptControlBody,
    AnyEvent,
    ApiError,
    BadRequest,
    ConversationNotFound,
    EventError,
    Metadata,
    OfferControlBody,
    PassControlBody,
    ReleaseControlBody,
    SwitchboardAcceptControlEvent,
    SwitchboardAcceptControlFailureEvent,
    SwitchboardAcceptControlFailurePayload,
    SwitchboardAcceptControlPayload,
    SwitchboardControlPayload,
    SwitchboardNotFound,
    SwitchboardOfferControlEvent,
    SwitchboardOfferControlFailureEvent,
    SwitchboardOfferControlFailurePayload,
    SwitchboardOfferControlPayload,
    SwitchboardPassControlEvent,
    SwitchboardPassControlFailureEvent,
    SwitchboardPassControlFailurePayload,
    SwitchboardPassControlPayload,
    SwitchboardReleaseControlEvent,
    SwitchboardReleaseControlPayload,
)
from .. import rows
from ..ports import Row, Write
from ..rows.events import Told
from ..rules import metadata
from ..rules.control import Action, Member, State, after, meant
from . import _telling as telling
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
        standing = await rows.control.members(database, app, switchboard)
        members = [Member(*row[:4]) for row in standing]
        own = None
        if context.grant.scope == "integration":
            own = await rows.control.own(database, app, switchboard, context.grant.integration_id)
        before = State(active, pending)
        try:
            state = after(action, before, members, own, reference)
        except ApiError as refused:
            if (failed := await _failed(context, conversation_id, action, told, refused)) is not None:
                await database.write(context.telling(Write(conversation_id, (), {}), failed))
            raise
        write = rows.control.change(app, conversation_id, active, pending, *state)
        if state != meant(before, members):
            write = context.telling(write, await _happened(context, conversation_id, action, told, state, standing))
        await context.commit(write, EMPTY, f"conversation/{conversation_id}")

    await changing(find, change)


Shapes = tuple[Callable[..., AnyEvent], Callable[..., SwitchboardControlPayload]]
CHANGES: dict[Action, Shapes] = {
    "pass": (SwitchboardPassControlEvent, SwitchboardPassControlPayload),
    "offer": (SwitchboardOfferControlEvent, SwitchboardOfferControlPayload),
    "accept": (SwitchboardAcceptControlEvent, SwitchboardAcceptControlPayload),
    "release": (SwitchboardReleaseControlEvent, SwitchboardReleaseControlPayload),
}
FAILURES: dict[Action, Shapes] = {  # of releasing control the API tells none
    "pass": (SwitchboardPassControlFailureEvent, SwitchboardPassControlFailurePayload),
    "offer": (SwitchboardOfferControlFailureEvent, SwitchboardOfferControlFailurePayload),
    "accept": (SwitchboardAcceptControlFailureEvent, SwitchboardAcceptControlFailurePayload),
}


async def _happened(
    context: Context, conversation: str, action: Action, metadata: Metadata | None, state: State, members: list[Row]
) -> Told:
    """A change, told with the conversation as it is then."""
    said = await telling.conversation_told(context, conversation)
    who = {id: telling.summary((id, name, integration, type)) for id, name, type, _, integration in members}
    said.active_switchboard_integration = who.get(state.active)
    said.pending_switchboard_integration = who.get(state.pending)
    event, payload = CHANGES[action]
    return telling.told(
        event(**telling.new(context), payload=payload(conversation=said, metadata=metadata)), conversation
    )


async def _failed(
    context: Context, conversation: str, action: Action, metadata: Metadata | None, why: ApiError
) -> Told | None:
    if action not in FAILURES:
        return None
    said = await telling.conversation_told(context, conversation)
    error = EventError(code=why.errors[0].code, message=why.errors[0].title)
    event, payload = FAILURES[action]
    failed = payload(conversation=said, metadata=metadata, error=error)
    return telling.told(event(**telling.new(context), payload=failed), conversation)
