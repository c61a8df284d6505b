"""What the tests share: one live server, and an app of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from parhelion.server.media.bucket import Bucket
from tests import buckets
from tests.engines import chosen
from tests.engines.nats import Servers
from tests.engines.programs import NoServer
from tests.live import Caller, Live, UnderTest


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    server = Live(tmp_path_factory.mktemp("live") / "data")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def under_test() -> Iterator[UnderTest]:
    """A server that is steered by its controls. Whoever asks for it resets it first."""
    server = UnderTest()
    yield server
    server.stop()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Starts servers for one test, on its own folder; whatever the test does, none outlives it."""
    started: list[Live] = []

    def start(*arguments: str) -> Live:
        started.append(Live(tmp_path / "data", *arguments))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="session")
def account(live: Live) -> Caller:
    """Somebody with an account key."""
    return live.account()


@pytest.fixture
def app(live: Live, account: Caller) -> Caller:
    """Somebody with a key of a new app."""
    made = account.post("/v2/apps", {"displayName": "test"}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": "test"}).json["key"]
    return Caller(live.url, key["id"], key["secret"], made)


@pytest.fixture
def conversation(app: Caller) -> str:
    return app.conversation()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        action="append",
        default=[],
        choices=chosen.ENGINES,
        help="run what needs this engine; over postgresql all else, too",
    )
    parser.addoption("--rounds", type=int, default=2, help="how often the drills kill the server (default: 2)")
    parser.addoption("--requests", type=int, default=10_000, help="how many the fuzz makes (default: 10000)")
    parser.addoption("--answers", type=int, default=12, help="how many each call is given (default: 12)")
    parser.addoption("--seed", type=int, default=1, help="what the fuzz makes of them (default: 1)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that need an engine run where it was asked for or given, and those of SQLite's file where that is used."""

    def is_out(item: pytest.Item) -> bool:
        if item.get_closest_marker("embedded") is not None and chosen.has_rows():
            return True
        return any(not chosen.is_wanted(mark.args[0]) for mark in item.iter_markers("engine"))

    out = [item for item in items if is_out(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


@pytest.fixture(scope="session")
def store() -> Iterator[Bucket]:
    """A store that speaks S3."""
    if not buckets.is_there():
        pytest.skip(buckets.MISSING)
    with buckets.store() as bucket:
        yield bucket


@pytest.fixture
def place(store: Bucket) -> buckets.Place:
    """An empty place in it."""
    return buckets.place_in(store)


@pytest.fixture(scope="session")
def nats() -> Iterator[Servers]:
    """A server that carries bells."""
    try:
        chosen.server()  # there is no bus without it
        servers = Servers()
    except NoServer as why:
        pytest.skip(str(why))
    yield servers
    servers.remove()


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    found: int = request.config.getoption("--rounds")
    return found


def pytest_configure(config: pytest.Config) -> None:
    chosen.choose(config.getoption("--engine"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if any(mark.args[0] == "postgresql" for mark in item.iter_markers("engine")):
        try:
            chosen.server()
        except NoServer as why:
            pytest.skip(str(why))


def pytest_runtest_teardown(item: pytest.Item) -> None:
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if folder is not None:
        chosen.give_back(folder)
