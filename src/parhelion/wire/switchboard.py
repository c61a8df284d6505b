"""Switchboards: who of several programs answers a conversation."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from ._wire import Wire


class Switchboard(Wire, kw_only=True):
    """An app's switchboard. While it is not enabled, nobody is in control of anything."""

    id: str
    enabled: bool
    default_switchboard_integration_id: str | None = None


class SwitchboardUpdateBody(Wire, kw_only=True):
    """What changes of a switchboard. What is absent stays."""

    enabled: bool | UnsetType = UNSET
    default_switchboard_integration_id: str | UnsetType = UNSET


class SwitchboardResponse(Wire, kw_only=True):
    """One switchboard."""

    switchboard: Switchboard


class SwitchboardListResponse(Wire, kw_only=True):
    """The switchboards of an app: one, or none."""

    switchboards: list[Switchboard]
