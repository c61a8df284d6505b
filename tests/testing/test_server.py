"""A server for tests, in a thread; its clock, its faults, its snapshots; and an app on it."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parhelion import (
    AsyncClient,
    Client,
    ConversationMessageEvent,
    NoAnswer,
    NotFound,
    ParhelionError,
    ServiceUnavailable,
    Token,
    Unauthorized,
    UserCreateBody,
)
from parhelion.receive import Receiver as Reading
from parhelion.testing import App, Receiver, Server
from tests.live import Live

ADA = UserCreateBody(external_id="ada")
ROOT = Path(__file__).parent.parent.parent


def program(source: str, *, arguments: tuple[str, ...] = ("-W", "error")) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        [sys.executable, *arguments, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def second() -> Iterator[Server]:
    """A server of this test's own."""
    with Server.start() as server:
        yield server


def names(app: App) -> list[str | None]:
    return [app.client().users.get(name).user.external_id for name in ("ada",)]


def test_servers_know_nothing_of_each_other(parhelion_app: App, second: Server) -> None:
    parhelion_app.client().users.create(ADA)
    with second.create_app() as other:
        assert other.url != parhelion_app.url
        with pytest.raises(Unauthorized):
            Client(other.url, **_identity(parhelion_app)).users.get("ada")
        second.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
        second.reset()
    assert names(parhelion_app) == ["ada"]


def _identity(app: App) -> dict[str, str]:
    return {"app_id": app.id, "key_id": app.key_id, "secret": app.secret}


def test_a_server_that_is_closed_is_gone_with_its_thread() -> None:
    before = set(threading.enumerate())
    server = Server.start()
    app = server.create_app()
    assert set(threading.enumerate()) - before
    server.close()
    server.close()
    assert not set(threading.enumerate()) - before
    with pytest.raises(NoAnswer):
        app.client(retries=0).users.get("ada")
    app.close()


def test_streams_and_slow_answers_do_not_hold_up_the_end() -> None:
    with Server.start() as server, server.create_app() as app:
        server.faults.add("GetUser", delay=60)
        impatient, refused = app.client(retries=0), list[ParhelionError]()

        def ask() -> None:
            try:
                impatient.users.get("ada")
            except ParhelionError as error:
                refused.append(error)

        with app.client().events.listen():
            slow = threading.Thread(target=ask)
            slow.start()
            _soon(lambda: "GetUser" in [fault.operation for fault in server.faults if fault.seen])
            began = time.monotonic()
            server.close()
            assert time.monotonic() - began < 10
        slow.join(10)
        assert refused


def _soon(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def test_a_program_that_forgets_to_close_ends_in_peace() -> None:
    ended = program(
        "from parhelion.testing import Server\n"
        "app = Server.start().create_app()\n"
        "receiver = app.receiver()\n"
        "print('done')"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "done\n", "")


def test_a_fork_uses_the_server_and_does_not_end_it() -> None:
    ended = program(
        """
import os, sys
from parhelion import UserCreateBody
from parhelion.testing import Server

server = Server.start()
app = server.create_app()
client, receiver = app.client(), app.receiver(triggers=["conversation:create"])
client.users.create(UserCreateBody(external_id="parent"))
child = os.fork()
if not child:
    client.conversations.start(client.users.create(UserCreateBody(external_id="child")).user)
    receiver.close()
    app.close()
    server.close()
    sys.exit(0)  # with all that a program does at its end
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
user = client.users.get("child").user
client.conversations.start(user)
print(user.external_id, len(receiver.wait_for("conversation:create", count=2)))
app.close()
server.close()
""",
        arguments=("-W", "error", "-W", "ignore::DeprecationWarning"),
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "child 2\n", "")


def test_what_keeps_it_from_starting_is_raised() -> None:
    ended = program(
        """
import os, resource, threading
from parhelion.testing import Server

Server.start().close()  # all is loaded
files = len(os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd") else os.listdir("/dev/fd"))
resource.setrlimit(resource.RLIMIT_NOFILE, (files + 4, files + 4))
try:
    Server.start()
except OSError as error:
    print(error, threading.active_count())
"""
    )
    assert ended.returncode == 0, ended.stderr
    assert re.fullmatch(r".*Too many open files.* 1\n", ended.stdout), ended


def test_the_extra_that_is_missing_is_named() -> None:
    ended = program(
        "import sys\n"
        "sys.modules['uvloop'] = None\n"
        "from parhelion.testing import Receiver, Server\n"
        "print(Server.at)\n"
        "Server.start()"
    )
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: ")
    assert "uvloop" in last
    assert last.endswith("The server is an extra: pip install 'parhelion[testing]'")


def test_the_loop_of_whoever_calls_is_left_alone() -> None:
    async def story() -> str:
        here = asyncio.get_running_loop()
        with Server.start() as server, server.create_app() as app:
            async with app.async_client() as client:
                await client.users.create(ADA)
                with app.receiver() as receiver:
                    await client.conversations.start((await client.users.get("ada")).user)
                    event = await receiver.arrives("conversation:create")
        assert asyncio.get_running_loop() is here
        assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        return str(event.type)

    assert asyncio.run(story()) == "conversation:create"


def test_other_servers_of_this_process_keep_their_log() -> None:
    log = logging.getLogger("uvicorn.access")
    handler = logging.NullHandler()
    log.addHandler(handler)
    before = [*log.handlers], log.propagate, log.level
    try:
        Server.start().close()
        assert ([*log.handlers], log.propagate, log.level) == before
    finally:
        log.removeHandler(handler)


def test_no_proxy_is_asked_for_this_machine(parhelion_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with parhelion_server.create_app() as app, app.receiver():
        app.client().users.create(ADA)

        async def story() -> None:
            async with app.async_client() as client:
                await client.users.get("ada")

        asyncio.run(story())


# A server elsewhere.


def test_a_server_elsewhere_is_steered_and_left_running(second: Server) -> None:
    with Server.at(second.url) as steered, steered.create_app("Support") as app:
        assert (steered.url, app.url) == (second.url, second.url)
        assert app.client().apps.get().app.display_name == "Support"
        snapshot = steered.snapshot()
        steered.reset()
        with pytest.raises(NotFound):
            steered.restore(snapshot)
        assert steered.told() == ""
    assert second.clock.now()


def test_a_server_that_is_not_for_tests_is_told_from_one_that_is(live: Live) -> None:
    with pytest.raises(ValueError, match=r"is no server for tests: start it with --testing"):
        Server.at(live.url)
    with pytest.raises(NoAnswer):
        Server.at("http://127.0.0.1:9")
    with pytest.raises(ValueError, match="http"):
        Server.at("localhost")


def test_whose_environment_names_somebody_is_nobody_here(second: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "APP_ID", "KEY_ID", "SECRET"):
        monkeypatch.setenv(f"PARHELION_{name}", "http://127.0.0.1:9")
    with Server.at(second.url) as steered, steered.create_app() as app:
        app.client().users.create(ADA)


# The clock.


def test_the_clock_is_moved_stopped_and_let_go(parhelion_server: Server) -> None:
    clock = parhelion_server.clock
    assert abs(clock.time() - time.time()) < 60
    assert not clock.frozen
    stopped = clock.freeze()
    assert clock.frozen
    assert clock.now() == stopped == clock.now()
    assert clock.advance(60.5) == stopped + timedelta(seconds=60.5)
    assert clock.advance(timedelta(days=1)) == clock.now() == stopped + timedelta(days=1, seconds=60.5)
    back = datetime(2020, 2, 29, 12, tzinfo=UTC)
    assert clock.set(back) == clock.freeze(back) == clock.now() == back
    assert clock.time() == back.timestamp()
    assert clock.unfreeze() >= back
    assert not clock.frozen
    _soon(lambda: clock.now() > back)
    parhelion_server.reset()
    assert abs(clock.time() - time.time()) < 60


def test_a_time_that_cannot_be_is_refused(parhelion_server: Server) -> None:
    clock = parhelion_server.clock
    for seconds in (-1, float("nan"), float("inf"), timedelta(days=-1)):
        with pytest.raises(ValueError, match="forward"):
            clock.advance(seconds)
    for naive in (clock.set, clock.freeze):
        with pytest.raises(ValueError, match="time zone"):
            naive(datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point


def test_what_is_said_bears_the_time_of_the_clock(parhelion_server: Server, parhelion_client: Client) -> None:
    user = parhelion_client.users.create(ADA).user
    conversation = parhelion_client.conversations.start(user)
    at = parhelion_server.clock.freeze(datetime(2031, 5, 1, 9, 30, tzinfo=UTC))
    assert parhelion_client.messages.post(conversation, "Hello!").messages[0].received == at


# Faults and snapshots.


def test_a_fault_strikes_as_often_as_was_said(parhelion_server: Server, parhelion_app: App) -> None:
    patient, impatient = parhelion_app.client(sleep=lambda _: None), parhelion_app.client(retries=0)
    impatient.users.create(ADA)
    fault = parhelion_server.faults.add("GetUser", status=503, code="asleep", title="Not now", retry_after=1, times=2)
    with pytest.raises(ServiceUnavailable, match="asleep: Not now") as refused:
        impatient.users.get("ada")
    assert refused.value.headers["retry-after"] == "1"
    assert patient.users.get("ada").user.external_id == "ada"
    [rule] = parhelion_server.faults
    assert (rule.id, rule.seen, rule.times) == (fault.id, 2, 2)
    parhelion_server.faults.remove(fault)
    with pytest.raises(NotFound):
        parhelion_server.faults.remove(str(fault.id))
    assert list(parhelion_server.faults) == []


def test_an_answer_that_is_lost_was_done(parhelion_server: Server, parhelion_app: App) -> None:
    client = parhelion_app.client(retries=0)
    for drop in ("before", "after"):
        with pytest.raises(NotFound):
            client.users.get("ada")
        parhelion_server.faults.add("CreateUser", drop=drop)
        with pytest.raises(NoAnswer):
            client.users.create(ADA)
        parhelion_server.faults.clear()
    assert client.users.get("ada").user.external_id == "ada"


def test_faults_are_cleared(parhelion_server: Server, parhelion_app: App) -> None:
    parhelion_server.faults.add(status=500, path="/v2/apps/*/users", method="POST", app_id=parhelion_app.id)
    parhelion_server.faults.add("PostMessage", delay=0.01, probability=0.5, seed=1)
    parhelion_server.faults.clear()
    assert list(parhelion_server.faults) == []
    parhelion_app.client(retries=0).users.create(ADA)


def test_a_snapshot_is_gone_back_to(parhelion_server: Server, parhelion_app: App) -> None:
    client = parhelion_app.client()
    client.users.create(ADA)
    snapshot = parhelion_server.snapshot()
    for _ in range(2):
        client.users.create(UserCreateBody(external_id="ben"))
        parhelion_server.restore(snapshot)
        assert names(parhelion_app) == ["ada"]
        with pytest.raises(NotFound):
            client.users.get("ben")


# An app.


def test_a_program_finds_the_app_in_its_environment(parhelion_app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(parhelion_app.environment) == [
        "PARHELION_URL",
        "PARHELION_APP_ID",
        "PARHELION_KEY_ID",
        "PARHELION_SECRET",
    ]
    for name, value in parhelion_app.environment.items():
        monkeypatch.setenv(name, value)
    with Client() as client:  # as a program has it that knows nothing of tests
        assert client.users.create(ADA).user.external_id == "ada"
    ended = program("from parhelion import Client; print(Client().users.get('ada').user.external_id)", arguments=())
    assert (ended.stdout, ended.stderr) == ("ada\n", "")


def test_a_client_is_made_as_was_asked(parhelion_app: App) -> None:
    with pytest.raises(Unauthorized):
        parhelion_app.client(token="e.y.J").users.get("ada")
    with pytest.raises(Unauthorized):
        parhelion_app.client(credentials=Token("e.y.J")).users.get("ada")
    with pytest.raises(TypeError):
        parhelion_app.client(patience=1)
    assert parhelion_app.secret not in repr(parhelion_app)
    assert parhelion_app.id in repr(parhelion_app)
    assert parhelion_app.client(app_id="other").app_id == "other"


def test_an_app_closes_what_it_gave(parhelion_server: Server) -> None:
    with parhelion_server.create_app() as app:
        client, receiver = app.client(), app.receiver()
    with pytest.raises(RuntimeError, match="closed"):
        client.users.get("ada")
    with pytest.raises(NoAnswer), Client(receiver.url, **_identity(app), retries=0) as late:
        late.users.get("ada")


def test_an_async_client_needs_nobody_to_close_it(parhelion_async_client: AsyncClient, parhelion_app: App) -> None:
    """Two loops, one after the other, and neither is there any more when the test ends: that would be warned of."""

    async def story(name: str) -> None:
        made = await parhelion_async_client.users.create(UserCreateBody(external_id=name))
        async with parhelion_async_client.events.listen(triggers=["conversation:create"]) as events:
            await parhelion_async_client.conversations.start(made.user)
            assert (await anext(aiter(events))).type == "conversation:create"

    for name in ("ada", "ben"):
        asyncio.run(story(name))


def test_a_bot_takes_a_signature_also_when_the_clock_was_moved(
    parhelion_server: Server, parhelion_client: Client, parhelion_receiver: Receiver
) -> None:
    parhelion_server.clock.advance(timedelta(days=30))
    user = parhelion_client.users.create(ADA).user
    parhelion_client.messages.post(parhelion_client.conversations.start(user), "Hello!")
    event = parhelion_receiver.wait_for(ConversationMessageEvent)
    [call] = [call for call in parhelion_receiver.requests if event in call.events]
    bot = Reading(parhelion_receiver.secret, signed=True)
    assert bot.receive(call.headers, call.body) == [event]


def test_the_last_requests_are_told(parhelion_server: Server, parhelion_app: App) -> None:
    client = parhelion_app.client(retries=0)
    client.users.create(ADA)
    parhelion_server.faults.add("CreateUser", drop="before")
    with pytest.raises(NoAnswer):
        client.users.create(ADA)
    _soon(lambda: "under way" not in parhelion_server.told())
    first, *others = [re.sub(r"\d+ ms", "1 ms", line) for line in parhelion_server.told().splitlines()]
    users = f"/v2/apps/{parhelion_app.id}/users"
    assert first == f"201  POST {users}  (1 ms)"
    assert set(others) == {f"no answer  POST {users}  (1 ms)"}  # asked again where a kept connection was closed
    parhelion_server.reset()
    assert parhelion_server.told() == ""
