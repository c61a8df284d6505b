"""Devices: where the SDKs run."""

from __future__ import annotations

from typing import Any, ClassVar

from ._wire import Discreet, Instant, Wire


class Device(Discreet, kw_only=True):
    """A phone or a browser that an SDK runs on: `type` is "android", "ios" or "web" today."""

    secrets: ClassVar[frozenset[str]] = frozenset({"push_notification_token"})

    id: str
    type: str | None = None
    guid: str | None = None
    client_id: str | None = None
    status: str | None = None
    integration_id: str | None = None
    last_seen: Instant | None = None
    push_notification_token: str | None = None
    info: dict[str, Any] | None = None
    app_version: str | None = None


class DeviceResponse(Wire, kw_only=True):
    """One device."""

    device: Device


class DeviceListResponse(Wire, kw_only=True):
    """All devices of a user, the most recently seen one first."""

    devices: list[Device]
