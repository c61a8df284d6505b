"""Apps that are full, and who may ask in them: for the tests of who may ask what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Write
from tests.everything import Things, device, everything
from tests.live import Caller, Live, parhelion
from tests.server.asking import send


@pytest.fixture(scope="module")
def partner(live: Live) -> Things:
    """A partner who is known to the server, as OAuth wants it."""
    where = ("--name", "partner", "--redirect-uri", "https://example.org/back", "--data", str(live.data), "--json")
    made = parhelion("oauth", "client", "create", *where)
    return {"partnerId": made["clientId"], "partnerSecret": made["clientSecret"]}


@pytest.fixture(scope="module")
def make(live: Live, account: Caller, partner: Things) -> Callable[[], Things]:
    """A new app with one of everything."""

    def ask(method: str, path: str, body: Any) -> Any:
        answer = send(account, method, path, body)
        assert answer.status < 300, (method, path, answer)
        return answer.json

    def made() -> Things:
        things = everything(ask) | partner
        asyncio.run(bring(live.data, device(things)))
        return things

    return made


async def bring(data: Path, write: Write) -> None:
    """A write beside the server, as data is brought in."""
    database = Sqlite(data / "parhelion.db")
    try:
        await database.write(write)
    finally:
        await database.close()


@pytest.fixture(scope="module")
def ours(make: Callable[[], Things]) -> Things:
    return make()


@pytest.fixture(scope="module")
def theirs(make: Callable[[], Things]) -> Things:
    return make()
