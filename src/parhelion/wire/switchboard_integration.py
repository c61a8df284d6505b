"""Switchboard integrations: those who can be in control of a conversation."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from ._wire import Short, Wire

# Outside of Python `$` is the very end; in Python it also stands before a last line break, which the rest refuses.
ControlName = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+$(?!\n)")]
HistoryCount = Annotated[int, Meta(ge=1, le=10)]


class SwitchboardIntegration(Wire, kw_only=True):
    """A place in the switchboard for one integration.

    `deliver_standby_events`: it hears of conversations that it does not control. `next_switchboard_integration_id`:
    whom "next" means to it. `message_history_count`: how many earlier messages come along with control.
    """

    id: str
    name: str
    integration_id: str
    integration_type: str
    deliver_standby_events: bool
    next_switchboard_integration_id: str | None = None
    message_history_count: int | None = None


class SwitchboardIntegrationCreateBody(Wire, kw_only=True):
    """A new place in the switchboard: for an `integration_id` or for an `integration_type`, exactly one of them.

    The name has 1 to 128 letters, digits, dashes and underscores.
    """

    name: ControlName
    integration_id: str | None = None
    integration_type: Short | None = None
    deliver_standby_events: bool | None = True
    next_switchboard_integration_id: str | None = None
    message_history_count: HistoryCount | None = None


class SwitchboardIntegrationUpdateBody(Wire, kw_only=True):
    """What changes of a place in the switchboard. What is absent stays, None takes away."""

    name: ControlName | UnsetType = UNSET
    integration_id: str | UnsetType = UNSET
    integration_type: Short | UnsetType = UNSET
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: HistoryCount | UnsetType | None = UNSET


class SwitchboardIntegrationResponse(Wire, kw_only=True):
    """One switchboard integration."""

    switchboard_integration: SwitchboardIntegration


class SwitchboardIntegrationListResponse(Wire, kw_only=True):
    """All switchboard integrations of a switchboard, oldest first."""

    switchboard_integrations: list[SwitchboardIntegration]
