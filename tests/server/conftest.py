"""Apps that are full, and who may ask in them: for the tests of who may ask what. A server under test, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parhelion import Client, Nobody, Patience
from parhelion.server.ports import Write
from tests.everything import Things, device, everything
from tests.inside import engines
from tests.live import Caller, Live, UnderTest, parhelion
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
    async with engines(data) as opened:
        await opened.database.write(write)


@pytest.fixture(scope="module")
def ours(make: Callable[[], Things]) -> Things:
    return make()


@pytest.fixture(scope="module")
def theirs(make: Callable[[], Things]) -> Things:
    return make()


@pytest.fixture
def control(under_test: UnderTest) -> Iterator[Client]:
    """Who steers the server under test. It is empty."""
    with Client(under_test.url, credentials=Nobody()) as client:
        client.testing.reset()
        yield client


@pytest.fixture
def enter(control: Client, under_test: UnderTest) -> Iterator[Callable[..., Client]]:
    """Makes clients, each of a new app on the server under test. They try four times, and do not wait in between."""
    made: list[Client] = []

    def entered(**how: Any) -> Client:
        app = control.testing.create_app()
        how = {"retries": Patience(attempts=4, first=0.0)} | how
        made.append(Client(under_test.url, app_id=app.app.id, key_id=app.key.id, secret=app.key.secret, **how))
        return made[-1]

    yield entered
    for each in made:
        each.close()
