"""Switchboard integrations: places in the switchboard, each for an integration."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UnsetType

from ...operations import SwitchboardIntegrations
from ...wire import (
    ApiError,
    BadRequest,
    IntegrationNotFound,
    SwitchboardIntegration,
    SwitchboardIntegrationCreateBody,
    SwitchboardIntegrationListResponse,
    SwitchboardIntegrationNotFound,
    SwitchboardIntegrationResponse,
    SwitchboardIntegrationUpdateBody,
    SwitchboardNotFound,
    TooManySwitchboardIntegrations,
)
from ...wire.reading import Fault, decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import CHANGED, Refused, Row
from ..rows import switchboard_integrations as places
from ..rules.control import NEXT
from ..rules.patching import patched
from . import switchboards
from ._serves import EMPTY, Context, Said, changing, refuse, serves

CUSTOM = "custom"
ONE_OF_TWO = "should have exactly one of integrationId and integrationType"

REFUSED: dict[str, Callable[[], ApiError]] = {
    rows.switchboards.NO_SWITCHBOARD: SwitchboardNotFound,
    places.FULL: TooManySwitchboardIntegrations,
    places.TAKEN: lambda: BadRequest("name: is taken by another switchboard integration"),
    places.NO_NEXT: SwitchboardIntegrationNotFound,
    places.NO_INTEGRATION: IntegrationNotFound,
    places.IS_DEFAULT: lambda: BadRequest("is the default of the switchboard: choose another one first"),
    places.IS_NEXT: lambda: BadRequest("is the nextSwitchboardIntegrationId of another one: change that first"),
    places.NO_SUCH: SwitchboardIntegrationNotFound,
}


@serves(SwitchboardIntegrations.create)
async def create(
    context: Context, switchboard_id: str, body: SwitchboardIntegrationCreateBody
) -> Said[SwitchboardIntegrationResponse]:
    await switchboards.named(context, switchboard_id)
    refuse(*_name_faults(body.name))
    linked = await _linked(context, body.integration_id, body.integration_type)
    if linked is None:
        raise BadRequest(ONE_OF_TWO)
    made = SwitchboardIntegration(
        id=context.engines.ids.next(),
        name=body.name,
        integration_id=linked[0],
        integration_type=linked[1],
        deliver_standby_events=body.deliver_standby_events is not False,
        next_switchboard_integration_id=_there(body.next_switchboard_integration_id),
        message_history_count=body.message_history_count,
    )
    about = _about(switchboard_id, made.id)
    write = places.create(context.app_id, switchboard_id, *_columns(made))
    try:
        return await context.write(write, SwitchboardIntegrationResponse(switchboard_integration=made), about)
    except Refused as refused:
        raise _because(refused) from None


@serves(SwitchboardIntegrations.list)
async def list_(context: Context, switchboard_id: str) -> SwitchboardIntegrationListResponse:
    await switchboards.named(context, switchboard_id)
    found = await places.every(context.database, context.app_id, switchboard_id)
    return SwitchboardIntegrationListResponse(switchboard_integrations=[_said(row) for row in found])


@serves(SwitchboardIntegrations.update)
async def update(
    context: Context, switchboard_id: str, switchboard_integration_id: str, body: SwitchboardIntegrationUpdateBody
) -> Said[SwitchboardIntegrationResponse]:
    refuse(*_name_faults(body.name))

    async def find() -> Row:
        await switchboards.named(context, switchboard_id)
        found = await places.find(context.database, context.app_id, switchboard_id, switchboard_integration_id)
        if found is None:
            raise SwitchboardIntegrationNotFound
        if body.next_switchboard_integration_id == switchboard_integration_id:
            raise BadRequest("nextSwitchboardIntegrationId: should be another switchboard integration")
        return found

    async def change(was: Row) -> Said[SwitchboardIntegrationResponse]:
        changed = decoder(SwitchboardIntegration).decode(patched(to_json(_said(was)), body))
        _there(changed.next_switchboard_integration_id)
        linked = await _linked(context, body.integration_id, body.integration_type)
        if linked is not None:
            changed.integration_id, changed.integration_type = linked
        write = places.update(context.app_id, switchboard_id, was, *_columns(changed))
        try:
            answer = SwitchboardIntegrationResponse(switchboard_integration=changed)
            return await context.write(write, answer, _about(switchboard_id, switchboard_integration_id))
        except Refused as refused:
            if refused.why == CHANGED:
                raise
            raise _because(refused) from None

    return await changing(find, change)


@serves(SwitchboardIntegrations.delete)
async def delete(context: Context, switchboard_id: str, switchboard_integration_id: str) -> None:
    try:
        write = places.delete(context.app_id, switchboard_id, switchboard_integration_id)
        await context.commit(write, EMPTY, _about(switchboard_id, switchboard_integration_id))
    except Refused as refused:
        raise _because(refused) from None


def _about(switchboard: str, id: str) -> str:
    return f"switchboard/{switchboard}/switchboardIntegration/{id}"


def _name_faults(name: str | UnsetType) -> list[Fault]:
    if name == NEXT:
        return [Fault("name", f'should not be "{NEXT}", which means the next switchboard integration')]
    return []


def _there(next_id: str | None) -> str | None:
    """An empty id is nobody's, and would be kept as none."""
    if next_id == "":
        raise SwitchboardIntegrationNotFound
    return next_id


async def _linked(
    context: Context, integration: str | UnsetType | None, type: str | UnsetType | None
) -> tuple[str, str] | None:
    """(the id of the integration, or "" when no one is meant alone, its type); None when neither is said."""
    if isinstance(integration, str) and isinstance(type, str):
        raise BadRequest(ONE_OF_TWO)
    if isinstance(integration, str):
        kind = await places.kind(context.database, context.app_id, integration)
        if kind is None:
            raise IntegrationNotFound
        return integration, kind
    if not isinstance(type, str):
        return None
    if type == CUSTOM:
        raise BadRequest("integrationType: a custom integration should be named by integrationId")
    found = await places.of_kind(context.database, context.app_id, type)
    return (found[0] if len(found) == 1 else ""), type


def _because(refused: Refused) -> ApiError:
    return REFUSED[refused.why]()


def _columns(place: SwitchboardIntegration) -> tuple[str, str, str, str, str, bytes, int]:
    """(id, name, integration, type, next, body, 1 for standby events). Who is next stands beside the body alone."""
    next_id, place.next_switchboard_integration_id = place.next_switchboard_integration_id, None
    body = to_json(place)
    place.next_switchboard_integration_id = next_id
    standby = int(place.deliver_standby_events)
    return place.id, place.name, place.integration_id, place.integration_type, next_id or "", body, standby


def _said(row: Row) -> SwitchboardIntegration:
    said: SwitchboardIntegration = decoder(SwitchboardIntegration).decode(row[0])
    said.next_switchboard_integration_id = row[1] or None
    return said
