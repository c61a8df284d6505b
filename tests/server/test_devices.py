"""Devices: a user's own, the most recently seen one first."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from parhelion.server import rows
from parhelion.server.ports import Refused
from tests.inside import Inside, inside

WEB = {
    "type": "web",
    "guid": "f1c7abea2d49429db10094be820d5f80",
    "clientId": "5d9b870dda96abc332625cc8",
    "status": "active",
    "integrationId": "5d83a25d9916b64a83ed25e8",
    "lastSeen": "2025-01-28T17:59:58.331Z",
    "info": {"vendor": "parhelion", "screen": {"width": 1}},
}
PHONE = WEB | {"type": "ios", "pushNotificationToken": "t", "appVersion": "2.1"}


async def bring(server: Inside, app: str, user: str, id: str, seen: int, **said: Any) -> dict[str, Any]:
    """A device as data brought in has it."""
    device = {"id": id, **said}
    write = rows.devices.create(app, user, id, seen, json.dumps(device).encode())
    await server.engines.database.write(write)
    return device


def test_devices_are_listed_by_when_they_were_seen_and_each_is_found(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path) as server:
            app, users = server.app_id, f"/v2/apps/{server.app_id}/users"
            ada = (await server.done("POST", users, {"externalId": "ada", "brandId": "7"}))["user"]["id"]
            assert await server.done("GET", f"{users}/{ada}/devices") == {"devices": []}
            first = await bring(server, app, ada, "d1", 2000, **WEB)
            latest = await bring(server, app, ada, "d0", 3000, **PHONE)
            twin = await bring(server, app, ada, "d2", 2000, **WEB)
            assert await server.done("GET", f"{users}/ada/devices?brandId=7") == {"devices": [latest, twin, first]}
            assert await server.done("GET", f"{users}/{ada}/devices/d1") == {"device": first}
            assert await server.done("GET", f"{users}/ada/devices/d0?brandId=7") == {"device": latest}

    asyncio.run(story())


def test_a_device_of_somebody_else_is_not_found(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path) as server:
            users = f"/v2/apps/{server.app_id}/users"
            other = (await server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
            ada, eve = [(await server.done("POST", users, {}))["user"]["id"] for _ in range(2)]
            foreign = (await server.done("POST", f"/v2/apps/{other}/users", {}))["user"]["id"]
            await bring(server, server.app_id, ada, "d1", 1, **WEB)
            await bring(server, other, foreign, "d2", 1, **WEB)
            for path in (f"{users}/{eve}/devices/d1", f"{users}/{ada}/devices/d2", f"{users}/{ada}/devices/d9"):
                status, answer = await server.ask("GET", path)
                assert (status, answer["errors"][0]) == (
                    404,
                    {"code": "device_not_found", "title": "Device not found"},
                )
            assert await server.done("GET", f"{users}/{eve}/devices") == {"devices": []}
            assert await server.done("GET", f"/v2/apps/{other}/users/{foreign}/devices/d2")

    asyncio.run(story())


def test_nobody_has_no_devices(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path) as server:
            try:
                await bring(server, server.app_id, "nobody", "d1", 1, **WEB)
            except Refused:
                assert await server.count("device") == 0
            else:
                raise AssertionError("a device without its user")

    asyncio.run(story())
