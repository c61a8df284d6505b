"""A server whose clock a test holds: what expires, what is swept and what is sent again follows it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parhelion import (
    AppSettingsUpdate,
    AppUpdateBody,
    AsyncClient,
    BadRequest,
    Client,
    ClockMove,
    Conversation,
    CustomCreate,
    DeliveryListFilter,
    EventsExpired,
    IntegrationApiKey,
    KeyJWT,
    Nobody,
    NotFound,
    SettleBody,
    UserCreateBody,
    WebhookCreateBody,
)
from parhelion.operations import OAuthEndpoints
from parhelion.server.assemble import Rehearsal, rehearsing
from parhelion.server.commands import Context, Grant, oauth
from parhelion.server.databases import migrations
from parhelion.server.databases.sqlite import SqliteInMemory
from parhelion.server.dispatch.stream import HEARTBEAT, Stream
from parhelion.server.ports import TOLD, Wanted
from parhelion.server.stage import HandClock
from tests.inside import Inside
from tests.live import Caller, UnderTest
from tests.server.receiving import Receiver, receiving

PATH = "/parhelion/v1/testing/clock"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = 24 * 60 * 60
Enter = Callable[..., Client]


@pytest.fixture
def client(enter: Enter) -> Client:
    return enter()


@pytest.fixture
def talk(client: Client) -> Conversation:
    return client.conversations.start(client.users.create(UserCreateBody(external_id="ada")).user)


# -- the clock itself -------------------------------------------------------------------------------------------------


def test_a_hand_clock_stands_still_and_runs_on_from_there() -> None:
    real = [1000.0]
    clock = HandClock(lambda: real[0])
    assert (clock(), clock.frozen) == (1000.0, False)
    clock.move(500.0, frozen=True)
    real[0] += 10
    assert (clock(), clock.frozen) == (500.0, True)
    copy = clock.copy()
    clock.move(clock(), frozen=False)
    real[0] += 10
    assert (clock(), clock.frozen) == (510.0, False)
    assert (copy(), copy.frozen) == (500.0, True)


def test_the_clock_is_real_until_it_is_moved(control: Client) -> None:
    clock = control.testing.get_clock().clock
    assert not clock.frozen
    assert abs(clock.now - datetime.now(UTC)) < timedelta(seconds=60)


def test_the_clock_is_set_moved_on_and_stopped_in_that_order(control: Client) -> None:
    def move(**how: Any) -> tuple[datetime, bool]:
        clock = control.testing.move_clock(ClockMove(**how)).clock
        assert control.testing.get_clock().clock.frozen == clock.frozen
        return clock.now, clock.frozen

    assert move(to=NOON, advance=60, frozen=True) == (NOON + timedelta(seconds=60), True)
    assert move(advance=0.5) == (NOON + timedelta(seconds=60.5), True)
    assert move(to=NOON - timedelta(days=1)) == (NOON - timedelta(days=1), True)
    assert move(advance=0) == (NOON - timedelta(days=1), True)
    now, frozen = move(frozen=False)
    assert not frozen
    assert NOON - timedelta(days=1) <= now < NOON
    now, frozen = move(frozen=True)
    assert control.testing.get_clock().clock.now == now


@pytest.mark.parametrize(
    ("move", "title"),
    [
        ({}, "should have at least one of to, advance and frozen"),
        ({"advance": -1}, "advance: should be at least 0"),
        ({"to": "yesterday"}, "to: should be a date-time"),
        ({"to": "1999-12-31T23:59:59Z"}, "the clock should be in the years 2000 to 2099"),
        ({"to": "2099-12-31T23:00:00Z", "advance": 3600}, "the clock should be in the years 2000 to 2099"),
        ({"advance": 1e300}, "advance: should be at most"),
    ],
)
def test_there_are_times_that_are_none(under_test: UnderTest, control: Client, move: Any, title: str) -> None:
    before = control.testing.get_clock().clock.now
    answer = Caller(under_test.url).post(PATH, move)
    assert answer.status == 400
    assert answer.titles[0].startswith(title)
    assert control.testing.get_clock().clock.now - before < timedelta(seconds=60)


def test_ids_rise_on_a_clock_that_stands_still_or_goes_back(
    control: Client, client: Client, talk: Conversation
) -> None:
    control.testing.move_clock(ClockMove(to=NOON, frozen=True))
    first = [client.messages.post(talk, str(number)).messages[0] for number in range(50)]
    control.testing.move_clock(ClockMove(to=NOON - timedelta(days=300)))
    first += [client.messages.post(talk, str(number)).messages[0] for number in range(50)]
    ids = [message.id for message in first]
    assert ids == sorted(set(ids))
    assert [message.id for message in client.messages.iterate(talk.id)] == ids[::-1]
    assert {message.received for message in first} == {NOON, NOON - timedelta(days=300)}


# -- what expires -----------------------------------------------------------------------------------------------------


def test_an_idempotency_key_is_honoured_for_24_hours(control: Client, client: Client, talk: Conversation) -> None:
    once = client.with_options(idempotency_key="k")
    first = once.messages.post(talk, "hello").messages[0].id
    control.testing.move_clock(ClockMove(advance=DAY - 60))
    assert once.messages.post(talk, "hello").messages[0].id == first
    control.testing.move_clock(ClockMove(advance=120))
    assert once.messages.post(talk, "hello").messages[0].id != first


@pytest.mark.parametrize("frozen", [False, True])
def test_a_token_expires_at_once(control: Client, under_test: UnderTest, frozen: bool) -> None:
    app = under_test.app()
    now = control.testing.move_clock(ClockMove(frozen=frozen)).clock.now.timestamp()
    token = KeyJWT(app.key_id, app.secret, lifetime=600).authorization(now)

    def status() -> int:
        return app.get(app.app, authorization=token).status

    assert status() == 200
    control.testing.move_clock(ClockMove(advance=500))
    assert status() == 200
    control.testing.move_clock(ClockMove(advance=200))
    assert status() == 401
    control.testing.move_clock(ClockMove(to=datetime.fromtimestamp(now, UTC)))
    assert status() == 200


def test_a_key_that_is_taken_away_works_no_longer_though_the_clock_stands_still(
    control: Client, client: Client, under_test: UnderTest
) -> None:
    control.testing.move_clock(ClockMove(frozen=True))
    hook = WebhookCreateBody(target="http://127.0.0.1:9/", triggers=["conversation:message"])
    bot = client.integrations.create(CustomCreate(webhooks=[hook])).integration
    key = client.integration_keys.create(bot.id, IntegrationApiKey(display_name="bot")).key
    theirs = Caller(under_test.url, key.id, str(key.secret), str(client.app_id))
    assert theirs.get(f"{theirs.app}/users/ada").status == 404
    client.integration_keys.delete(bot.id, key.id)
    assert theirs.get(f"{theirs.app}/users/ada").status == 401


def test_retention_is_done_before_the_clock_is_answered(control: Client, client: Client, talk: Conversation) -> None:
    client.apps.update(AppUpdateBody(settings=AppSettingsUpdate(conversation_retention_seconds=1000)))
    control.testing.move_clock(ClockMove(frozen=True))
    client.messages.post(talk, "hello")
    for seconds, left in ((900, 1), (50, 1), (60, 0)):
        control.testing.move_clock(ClockMove(advance=seconds))
        assert len(client.messages.list(talk.id).messages) == left


def test_events_are_kept_for_seven_days(control: Client, client: Client, talk: Conversation) -> None:
    hook = WebhookCreateBody(target="http://127.0.0.1:9/", triggers=["conversation:message"])
    bot = client.integrations.create(CustomCreate(webhooks=[hook])).integration
    [webhook] = client.webhooks.list(bot.id).webhooks
    with client.events.listen(triggers=["conversation:message"]) as events:
        client.messages.post(talk, "hello")
        event = next(events)
        token = events.token
    control.testing.move_clock(ClockMove(advance=6 * DAY))
    assert client.deliveries.replay(webhook.id, event.id).replayed == 1
    control.testing.move_clock(ClockMove(advance=2 * DAY))
    with pytest.raises(NotFound):
        client.deliveries.replay(webhook.id, event.id)
    with pytest.raises(EventsExpired):
        next(client.events.listen(after=token))


def test_a_stream_tells_what_happens_while_the_clock_stands_still(
    control: Client, client: Client, talk: Conversation
) -> None:
    control.testing.move_clock(ClockMove(frozen=True))
    with client.events.listen(triggers=["conversation:message"]) as events:
        for _ in range(2):
            control.testing.move_clock(ClockMove(advance=3600))
            client.messages.post(talk, "hello")
            assert next(events).created_at == control.testing.get_clock().clock.now


def test_heartbeats_go_by_the_real_time() -> None:
    """They are the connection's matter, and a clock that stands still keeps none back."""

    async def story() -> bytes:
        pulse = [0.0]
        database = SqliteInMemory()
        await database.migrate(migrations.scripts())
        hub = Stream(database, lambda: 0.0, pulse=lambda: pulse[0])
        running = asyncio.create_task(hub.run())
        pieces = aiter(hub.subscribe("app", Wanted()))
        assert (await anext(pieces)).startswith(b"retry:")
        pulse[0] += HEARTBEAT
        database.ring(TOLD)
        piece = await asyncio.wait_for(anext(pieces), 10)
        await pieces.aclose()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.close()
        return piece

    assert asyncio.run(story()).startswith(b": \nid: ")


async def entered(app: Rehearsal) -> Inside:
    """Somebody inside, with a new app and its key."""
    server = Inside(app, app.engines, app.stage.world.clock)  # type: ignore[arg-type]
    made = await server.done("POST", "/parhelion/v1/testing/apps")
    key = f"{made['key']['id']}:{made['key']['secret']}"
    server.app_id, server.authorization = made["app"]["id"], "Basic " + base64.b64encode(key.encode()).decode()
    return server


# -- OAuth: partners are made beside the API, so this is told from inside ---------------------------------------------


@asynccontextmanager
async def partner() -> AsyncIterator[tuple[Inside, Any]]:
    """An app of a server under test, and what a partner would send for the code that it was given."""
    async with rehearsing() as app:
        server = await entered(app)
        context = Context(app.engines, OAuthEndpoints.authorize, Grant("app", server.app_id, ""), server.app_id, "", "")
        known = await oauth.create_client(context, "Bot", ["https://bot.example.org/back"])
        code = await oauth.allow(context, await oauth.authorize(context, known.id), server.app_id)
        secret = oauth.client_secret(app.engines, known.id)
        asks = {"code": code, "grant_type": "authorization_code", "client_id": known.id, "client_secret": secret}
        yield server, asks


@pytest.mark.parametrize(("seconds", "status"), [(590, 200), (610, 400)])
def test_an_oauth_code_is_good_for_ten_minutes(seconds: int, status: int) -> None:
    async def story() -> None:
        async with partner() as (server, asks):
            await server.done("POST", PATH, {"advance": seconds})
            assert (await server.ask("POST", "/oauth/token", asks))[0] == status
            assert await server.count("oauth_code") == 0, "used, or swept"

    asyncio.run(story())


# -- what is sent again -----------------------------------------------------------------------------------------------


@asynccontextmanager
async def hooked(under_test: UnderTest) -> AsyncIterator[tuple[Receiver, AsyncClient, AsyncClient, str]]:
    """A receiver, who steers, a client of an app that has a webhook there, and the id of that."""
    async with receiving() as receiver, AsyncClient(under_test.url, credentials=Nobody()) as control:
        await control.testing.reset()
        made = await control.testing.create_app()
        key = {"app_id": made.app.id, "key_id": made.key.id, "secret": made.key.secret}
        async with AsyncClient(under_test.url, **key) as client:  # type: ignore[arg-type]
            hook = WebhookCreateBody(target=receiver.url, triggers=["conversation:message"])
            bot = (await client.integrations.create(CustomCreate(webhooks=[hook]))).integration
            yield receiver, control, client, (await client.webhooks.list(bot.id)).webhooks[0].id


async def say(client: AsyncClient, text: str = "hello") -> None:
    user = (await client.users.create(UserCreateBody())).user
    await client.messages.post(await client.conversations.start(user), text)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_delivery_is_tried_again_when_the_clock_comes_to_it(under_test: UnderTest, frozen: bool) -> None:
    async def story() -> None:
        async with hooked(under_test) as (receiver, control, client, webhook):
            receiver.answer = 500
            await control.testing.move_clock(ClockMove(frozen=frozen))
            await say(client)
            for attempt, wait in enumerate((7, 28, 112, 448), 1):
                await receiver.has(attempt)
                assert (await control.testing.settle()).settled
                assert len(receiver.got) == attempt, "what waits for its time is not due"
                if frozen:
                    await control.testing.move_clock(ClockMove(advance=wait - 0.01))
                    assert (await control.testing.settle()).settled
                    assert len(receiver.got) == attempt
                await control.testing.move_clock(ClockMove(advance=wait))
            await receiver.has(5)
            assert (await control.testing.settle()).settled
            failed = DeliveryListFilter(state="failed")
            [given_up] = (await client.deliveries.list(webhook, filter=failed)).deliveries
            assert given_up.attempts == 5
            assert len(set(receiver.events)) == 1

    asyncio.run(story())


def test_settle_waits_for_what_is_under_way_and_says_when_that_is_too_long(under_test: UnderTest) -> None:
    async def story() -> None:
        async with hooked(under_test) as (receiver, control, client, _):
            enough = asyncio.Event()

            async def slowly(_: object) -> int:
                await enough.wait()
                return 200

            receiver.answer = slowly
            await say(client)
            await receiver.has(1)
            assert not (await control.testing.settle(SettleBody(timeout=0))).settled
            assert not (await control.testing.settle(SettleBody(timeout=0.1))).settled
            waiting = asyncio.ensure_future(control.testing.settle())
            done, _ = await asyncio.wait([waiting], timeout=0.05)
            assert not done
            enough.set()
            assert (await waiting).settled

    asyncio.run(story())


def test_settle_sees_what_was_said_just_before(under_test: UnderTest) -> None:
    async def story() -> None:
        async with hooked(under_test) as (receiver, control, client, _):
            for number in range(1, 30):
                await say(client, str(number))
                assert (await control.testing.settle()).settled
                assert len(receiver.got) == number

    asyncio.run(story())


def test_settle_says_how_long_it_may_take(control: Client) -> None:
    with pytest.raises(BadRequest, match="timeout: should be at most 60"):
        control.testing.settle(SettleBody(timeout=61))
