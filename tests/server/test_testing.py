"""A server under test: who may steer it, and how it begins anew. Over HTTP, as suites in any language use it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from parhelion import (
    ApiError,
    AsyncClient,
    BadRequest,
    Client,
    ClockMove,
    Conversation,
    CustomCreate,
    Fault,
    Forbidden,
    Message,
    Nobody,
    NotFound,
    SettleBody,
    Unauthorized,
    UserCreateBody,
    UserNotFound,
    WebhookCreateBody,
)
from parhelion.operations import CONTROLS, TABLE, operations
from parhelion.server.stage import SNAPSHOTS
from tests.live import COMMAND, Caller, Live, UnderTest
from tests.server.receiving import Got, Receiver, receiving

PATH = "/parhelion/v1/testing"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(64)
Enter = Callable[..., Client]


@pytest.fixture
def client(enter: Enter) -> Client:
    return enter()


@pytest.fixture
def talk(client: Client) -> Conversation:
    return client.conversations.start(client.users.create(UserCreateBody(external_id="ada")).user)


def there(client: Client, *names: str) -> list[bool]:
    """Which of these users are there."""

    def is_there(name: str) -> bool:
        try:
            return client.users.get(name).user.external_id == name
        except UserNotFound:
            return False

    return [is_there(name) for name in names]


def download(message: Message) -> bytes:
    url, _, path = message.content.media_url.partition("/attachments")  # type: ignore[union-attr]
    return Caller(url).get(f"/attachments{path}").body


# -- who may steer, and what ------------------------------------------------------------------------------------------


def asked(under_test: Live) -> dict[str, tuple[str, str, Any]]:
    """A request for each control, one that is granted."""
    caller = Caller(under_test.url)
    fault = caller.post(f"{PATH}/faults", {"delay": 0.001}).json["fault"]["id"]
    snapshot = caller.post(f"{PATH}/snapshots", None).json["snapshot"]["id"]
    return {
        "CreateAppWithKey": ("POST", f"{PATH}/apps", None),
        "GetClock": ("GET", f"{PATH}/clock", None),
        "MoveClock": ("POST", f"{PATH}/clock", {"advance": 1}),
        "ListFaults": ("GET", f"{PATH}/faults", None),
        "AddFault": ("POST", f"{PATH}/faults", {"delay": 0.001}),
        "RemoveFault": ("DELETE", f"{PATH}/faults/{fault}", None),
        "ClearFaults": ("DELETE", f"{PATH}/faults", None),
        "TakeSnapshot": ("POST", f"{PATH}/snapshots", None),
        "RestoreSnapshot": ("POST", f"{PATH}/snapshots/{snapshot}/restore", None),
        "Settle": ("POST", f"{PATH}/settle", None),
        "Reset": ("POST", f"{PATH}/reset", None),
    }


@pytest.mark.parametrize("authorization", [None, "Basic nonsense", "Bearer nonsense"])
def test_every_control_is_open_to_everybody(under_test: UnderTest, control: Client, authorization: str | None) -> None:
    table = {each.operation_id: each for each in operations(*CONTROLS)}
    requests = asked(under_test)
    assert set(requests) == set(table)
    for name, (method, path, body) in requests.items():
        answer = Caller(under_test.url).send(method, path, body, {"authorization": authorization})
        assert answer.status == table[name].status, (name, answer)


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://127.0.0.1:8000"])
def test_no_web_page_may_steer(under_test: UnderTest, client: Client, origin: str) -> None:
    for method, path, body in asked(under_test).values():
        answer = Caller(under_test.url).send(method, path, body, {"origin": origin})
        assert (answer.status, answer.codes) == (403, ["forbidden"])
    assert client.apps.get().app.id == client.app_id, "nobody has reset it"
    assert client.with_options(headers={"origin": origin}).apps.get().app.id == client.app_id


def test_a_server_that_is_not_under_test_has_no_controls(live: Live, under_test: UnderTest, control: Client) -> None:
    for method, path, body in asked(under_test).values():
        answer = Caller(live.url).send(method, path, body)
        assert (answer.status, answer.codes) == (404, ["not_found"])
    document = Caller(live.url).get("/openapi.json").json
    assert not [path for path in document["paths"] if path.startswith(PATH)]
    with Client(live.url, credentials=Nobody()) as elsewhere, pytest.raises(NotFound):
        elsewhere.testing.reset()


def test_a_server_under_test_tells_of_its_controls(under_test: UnderTest) -> None:
    document = Caller(under_test.url).get("/openapi.json").json
    told = {each["operationId"] for methods in document["paths"].values() for each in methods.values()}
    assert told == {each.operation_id for each in operations(*TABLE, *CONTROLS)}
    assert [each.message for each in OpenAPIV31SpecValidator(document).iter_errors()] == []
    adding = document["paths"][f"{PATH}/faults"]["post"]
    assert adding["security"] == []
    assert {"201", "400", "403"} <= set(adding["responses"])
    assert 'id="MoveClock"' in Caller(under_test.url).get("/docs").body.decode()


def test_controls_are_not_under_sc(under_test: UnderTest) -> None:
    assert Caller(under_test.url).post(f"/sc{PATH}/reset", None).status == 404


def test_an_app_comes_with_a_key_of_its_own(control: Client, under_test: UnderTest) -> None:
    made, other = control.testing.create_app(), control.testing.create_app()
    assert made.app.display_name == made.key.display_name == "test"
    with Client(under_test.url, app_id=made.app.id, key_id=made.key.id, secret=made.key.secret) as client:
        assert client.apps.get().app.id == made.app.id
        with pytest.raises(Forbidden):
            client.for_app(other.app.id).apps.get()
    named = Caller(under_test.url).post(f"{PATH}/apps", {"displayName": "Shop"})
    assert named.json["app"]["displayName"] == named.json["key"]["displayName"] == "Shop"
    assert Caller(under_test.url).post(f"{PATH}/apps", {"displayName": ""}).status == 400


def test_both_clients_steer(under_test: UnderTest) -> None:
    async def story() -> None:
        async with AsyncClient(under_test.url, credentials=Nobody()) as control:
            await control.testing.reset()
            made = await control.testing.create_app()
            key = {"key_id": made.key.id, "secret": made.key.secret}
            async with AsyncClient(under_test.url, app_id=made.app.id, **key) as client:
                assert (await client.apps.get()).app.id == made.app.id
            assert (await control.testing.settle(SettleBody(timeout=5))).settled

    asyncio.run(story())


# -- reset ------------------------------------------------------------------------------------------------------------


def test_a_reset_leaves_nothing(control: Client, client: Client, talk: Conversation) -> None:
    control.testing.move_clock(ClockMove(advance=1000, frozen=True))
    control.testing.add_fault(Fault(operation="PostMessage", status=500))
    snapshot = control.testing.take_snapshot().snapshot
    shown = client.attachments.upload(PNG).attachment.media_url
    control.testing.reset()
    with pytest.raises(Unauthorized):
        client.conversations.get(talk.id)
    with pytest.raises(NotFound):
        control.testing.restore_snapshot(snapshot.id)
    assert control.testing.list_faults().faults == []
    clock = control.testing.get_clock().clock
    assert not clock.frozen
    assert abs(clock.now - datetime.now(UTC)) < timedelta(seconds=60)
    url, _, path = shown.partition("/attachments")
    assert Caller(url).get(f"/attachments{path}").status == 404


def test_a_reset_with_a_new_app_takes_milliseconds(control: Client) -> None:
    def once() -> float:
        began = time.perf_counter()
        control.testing.reset()
        control.testing.create_app()
        return time.perf_counter() - began

    took = sorted(once() for _ in range(20))
    print(f"a reset with an app and its key: {took[10] * 1000:.1f} ms, the median of 20")
    assert took[4] < 0.05, "and that of the best five: others may be at work on this machine"


def test_a_reset_ends_open_streams(control: Client, client: Client) -> None:
    with client.events.listen() as events, ThreadPoolExecutor() as other:
        waiting = other.submit(next, events)
        control.testing.reset()
        with pytest.raises(Unauthorized):  # it was opened again, and the key is gone
            waiting.result(10)


def test_who_listens_goes_on_listening_after_a_snapshot_is_restored(
    control: Client, client: Client, talk: Conversation
) -> None:
    snapshot = control.testing.take_snapshot().snapshot
    with client.events.listen(triggers=["conversation:message"]) as events, ThreadPoolExecutor() as other:
        waiting = other.submit(next, events)
        control.testing.restore_snapshot(snapshot.id)
        until = time.monotonic() + 20
        while not waiting.done():
            assert time.monotonic() < until
            client.messages.post(talk, "do you hear me?")
        assert waiting.result().type == "conversation:message"


def test_whoever_is_being_answered_while_it_is_reset_gets_an_answer(under_test: UnderTest, control: Client) -> None:
    """None hangs, and none meets a store that is closed: the old world answers, or the new one does."""
    over = threading.Event()

    def ask() -> list[set[int]]:
        """For each app that was asked in, until a reset took it away, the statuses."""
        found: list[set[int]] = []
        while not over.is_set():
            caller, statuses = under_test.app(), set[int]()
            found.append(statuses)
            while not (401 in statuses or over.is_set()):
                statuses.add(caller.post(f"{caller.app}/users", {"externalId": "ada"}).status)
                statuses.add(caller.upload(PNG, "sun.png").status)
                statuses.add(caller.get(f"{caller.app}/users/ada").status)
        return found

    with ThreadPoolExecutor() as others:
        asking = [others.submit(ask) for _ in range(4)]
        try:
            for _ in range(30):
                snapshot = control.testing.take_snapshot().snapshot
                control.testing.restore_snapshot(snapshot.id)
                control.testing.reset()
        finally:
            over.set()
        found = [statuses for each in asking for statuses in each.result(30)]
    assert len(found) > len(asking), "some were asked across a reset"
    # 409: the user was there already; 404: not yet, when the snapshot was taken
    assert set[int]().union(*found) <= {200, 201, 401, 404, 409}


def test_who_is_still_asking_when_it_is_reset_is_answered_by_what_was_there(
    under_test: UnderTest, control: Client
) -> None:
    caller, address = under_test.app(), urlsplit(under_test.url)
    control.testing.add_fault(Fault(operation="CreateUser", delay=0.001))
    body = b'{"externalId": "ada"}'
    head = f"POST {caller.app}/users HTTP/1.1\r\nhost: x\r\nauthorization: {caller.basic()}\r\nconnection: close\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port or 80), timeout=10) as connection:
        connection.sendall(head.encode() + body[:10])
        until = time.monotonic() + 10
        while not control.testing.list_faults().faults[0].seen:
            assert time.monotonic() < until
        for _ in range(5):
            control.testing.reset()
            control.testing.create_app()
        connection.sendall(body[10:])
        with connection.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 201 ")


def test_no_webhook_of_before_is_sent_after_a_reset(under_test: UnderTest) -> None:
    async def story() -> None:
        async with (
            receiving() as receiver,
            AsyncClient(under_test.url, credentials=Nobody()) as control,
        ):
            enough = asyncio.Event()

            async def hold(_: Got) -> int:
                await enough.wait()
                return 200

            receiver.answer = hold
            await control.testing.reset()
            client = await hooked(under_test, control, receiver)
            async with client:
                user = (await client.users.create(UserCreateBody(external_id="ada"))).user
                talks = [await client.conversations.start(user) for _ in range(2)]
                await client.messages.post(talks[0], "one")
                await receiver.has(1)
                await client.messages.post(talks[0], "two")  # it waits in the lane of the first
                began = time.monotonic()
                await control.testing.reset()
                assert time.monotonic() - began < 4, "who holds a post does not hold the reset"
            before = len(receiver.got)
            receiver.answer = 200
            enough.set()
            async with await hooked(under_test, control, receiver) as client:
                user = (await client.users.create(UserCreateBody(external_id="ben"))).user
                await client.messages.post(await client.conversations.start(user), "three")
                assert (await control.testing.settle()).settled
            texts = [got.json["events"][0]["payload"]["message"]["content"]["text"] for got in receiver.got]
            assert texts[before:] == ["three"]

    asyncio.run(story())


async def hooked(under_test: UnderTest, control: AsyncClient, receiver: Receiver) -> AsyncClient:
    """A client of a new app, which has a webhook at the receiver."""
    made = await control.testing.create_app()
    client = AsyncClient(under_test.url, app_id=made.app.id, key_id=made.key.id, secret=made.key.secret)
    hook = WebhookCreateBody(target=receiver.url, triggers=["conversation:message"])
    await client.integrations.create(CustomCreate(display_name="bot", webhooks=[hook]))
    return client


# -- snapshots --------------------------------------------------------------------------------------------------------


def test_a_snapshot_brings_everything_back_as_often_as_wanted(
    control: Client, client: Client, talk: Conversation
) -> None:
    message = client.messages.post(talk, "before").messages[0]
    picture = client.messages.post_file(talk, PNG).messages[0]
    hook = WebhookCreateBody(target="http://127.0.0.1:9/", triggers=["conversation:read"])
    bot = client.integrations.create(CustomCreate(webhooks=[hook])).integration
    secret = client.webhooks.list(bot.id).webhooks[0].secret
    control.testing.move_clock(ClockMove(to=NOON, frozen=True))
    control.testing.add_fault(Fault(operation="GetApp", status=500, times=5))
    snapshot = control.testing.take_snapshot().snapshot
    later = None
    for _ in range(2):
        client.messages.post(talk, "after")
        client.users.create(UserCreateBody(external_id="ben"))
        client.integrations.delete(bot.id)
        with pytest.raises(ApiError, match="500"):
            client.with_options(retries=0).apps.get()
        control.testing.clear_faults()
        client.messages.delete_all(talk.id)
        control.testing.move_clock(ClockMove(advance=1000, frozen=False))
        assert control.testing.settle().settled, "the picture's bytes are gone, too"
        assert download(picture) != PNG
        later = later or control.testing.take_snapshot().snapshot
        control.testing.restore_snapshot(snapshot.id)

        found = client.messages.list(talk.id).messages
        assert [each.id for each in found] == [message.id, picture.id]
        assert download(found[1]) == PNG
        assert there(client, "ada", "ben") == [True, False]
        assert [each.secret for each in client.webhooks.list(bot.id).webhooks] == [secret]
        clock = control.testing.get_clock().clock
        assert (clock.now, clock.frozen) == (NOON, True)
        assert [(each.operation, each.seen) for each in control.testing.list_faults().faults] == [("GetApp", 0)]
    control.testing.restore_snapshot(later.id)  # type: ignore[union-attr]
    assert there(client, "ada", "ben") == [True, True]
    assert client.messages.list(talk.id).messages == []


def test_what_comes_after_a_snapshot_was_restored_follows_what_was_in_it(
    control: Client, client: Client, talk: Conversation
) -> None:
    """On a clock that stands still, where ids of two worlds could meet."""
    control.testing.move_clock(ClockMove(frozen=True))
    before = [client.messages.post(talk, str(number)).messages[0].id for number in range(30)]
    snapshot = control.testing.take_snapshot().snapshot
    seen = set(before)
    for _ in range(3):
        control.testing.restore_snapshot(snapshot.id)
        users = [client.users.create(UserCreateBody(external_id=str(number))).user.id for number in range(30)]
        after = [client.messages.post(talk, str(number)).messages[0].id for number in range(30)]
        assert before + after == sorted({*before, *after})
        assert max(before) < min(users)
        assert not seen & {*after, *users}, "no id is given twice, not even in another world"
        seen |= {*after, *users}


def test_what_was_being_sent_when_a_snapshot_was_taken_is_sent_when_it_is_restored(under_test: UnderTest) -> None:
    async def story() -> None:
        async with (
            receiving() as receiver,
            AsyncClient(under_test.url, credentials=Nobody()) as control,
        ):
            hold = asyncio.Event()

            async def held(_: Got) -> int:
                await hold.wait()
                return 200

            receiver.answer = held
            await control.testing.reset()
            async with await hooked(under_test, control, receiver) as client:
                user = (await client.users.create(UserCreateBody(external_id="ada"))).user
                await client.messages.post(await client.conversations.start(user), "one")
                await receiver.has(1)
                assert not (await control.testing.settle(SettleBody(timeout=0.05))).settled
                snapshot = (await control.testing.take_snapshot()).snapshot
                hold.set()
                assert (await control.testing.settle()).settled
                await control.testing.restore_snapshot(snapshot.id)
                await receiver.has(2)
                assert receiver.events[0] == receiver.events[1]
                assert (await control.testing.settle()).settled

    asyncio.run(story())


def test_there_is_a_limit_to_snapshots(control: Client) -> None:
    for _ in range(SNAPSHOTS):
        control.testing.take_snapshot()
    with pytest.raises(BadRequest, match=f"{SNAPSHOTS} snapshots"):
        control.testing.take_snapshot()
    control.testing.reset()
    first = control.testing.take_snapshot().snapshot
    control.testing.restore_snapshot(first.id)
    with pytest.raises(NotFound):
        control.testing.restore_snapshot("snapshot_0")


# -- the command ------------------------------------------------------------------------------------------------------


def test_it_says_that_nothing_is_kept_and_where_it_is_steered(tmp_path: Path) -> None:
    told = started(tmp_path, "--testing")
    assert "for tests" in told[0]
    assert "memory" in told[0]
    assert "lost" in told[1]
    assert f"{PATH}/apps" in told[2]
    assert list(tmp_path.iterdir()) == [], "and nothing is kept"


def test_it_says_what_it_means_to_be_reached_by_others(tmp_path: Path) -> None:
    assert not [line for line in started(tmp_path, "--testing") if "Whoever" in line]
    assert [line for line in started(tmp_path, "--testing", "--host", "0.0.0.0") if "Whoever reaches" in line]


def started(folder: Path, *arguments: str) -> list[str]:
    """What it prints, from its start to its end."""
    command = [*COMMAND, "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        return [first, *process.stdout.read().splitlines()]


def test_a_store_on_a_disk_is_refused(tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--port", "0", "--testing", "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "leave out --data" in done.stderr
    assert not (tmp_path / "data").exists()


def test_it_stops_at_once_whoever_is_waiting() -> None:
    server = UnderTest()
    with Client(server.url, credentials=Nobody()) as control, ThreadPoolExecutor() as others:
        made = control.testing.create_app()
        control.testing.add_fault(Fault(operation="GetApp", delay=60))
        with Client(server.url, app_id=made.app.id, key_id=made.key.id, secret=made.key.secret, retries=0) as client:
            listening = client.events.listen()
            listening.__enter__()
            waiting = others.submit(client.apps.get)
            until = time.monotonic() + 10
            while not control.testing.list_faults().faults[0].seen:
                assert time.monotonic() < until
            server.stop()
            assert waiting.exception(10) is None, "who was delayed is answered, and not cut off after a grace"
            listening.close()
