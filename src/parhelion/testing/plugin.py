"""The pytest plugin: its fixtures. Loaded by every run of pytest, so nothing but the fixtures is loaded with it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from parhelion import AsyncClient, Client
    from parhelion.testing import App, Receiver, Server

_server = pytest.StashKey["Server"]()
_receiver = pytest.StashKey["Receiver"]()


@pytest.fixture(scope="session")
def _parhelion_running() -> Generator[Server]:
    """One for the run; under pytest-xdist one for each of its processes."""
    from parhelion.testing import Server

    try:
        server = Server.start()
    except ModuleNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)
    with server:
        yield server


@pytest.fixture
def parhelion_server(_parhelion_running: Server, request: pytest.FixtureRequest) -> Server:
    """A server for tests, emptied for this one: `parhelion.testing.Server`."""
    _parhelion_running.reset()
    request.node.stash[_server] = _parhelion_running
    return _parhelion_running


@pytest.fixture
def parhelion_app(parhelion_server: Server) -> Generator[App]:
    """An app with a key, on that server: `parhelion.testing.App`."""
    with parhelion_server.create_app() as app:
        yield app


@pytest.fixture
def parhelion_client(parhelion_app: App) -> Client:
    """A Client for that app. It is closed at the end."""
    return parhelion_app.client()


@pytest.fixture
def parhelion_async_client(parhelion_app: App) -> AsyncClient:
    """An AsyncClient for that app, with whichever plugin runs async tests on asyncio.

    It keeps no connections, so there is nothing to close when the test's event loop ends.
    """
    from .app import Unkept

    return parhelion_app.async_client(transport=Unkept())


@pytest.fixture
def parhelion_receiver(parhelion_app: App, request: pytest.FixtureRequest) -> Receiver:
    """A receiver whose webhook hears of everything in that app: `parhelion.testing.Receiver`. Closed at the end."""
    receiver = request.node.stash[_receiver] = parhelion_app.receiver()
    return receiver


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the server was asked and what the receiver was told stands in the report of a test that failed."""
    report = yield
    if report.failed and (server := item.stash.get(_server, None)) is not None:
        told = server.told()
        if (receiver := item.stash.get(_receiver, None)) is not None:
            told = f"{told}\n{receiver.told()}"
        if told.strip():
            report.sections.append(("parhelion", told.strip()))
    return report
