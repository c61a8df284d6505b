"""How often an app and a key may ask: what counts, what is told, and what is refused before it is looked at.

The limits of the live server are of the hour, so that nothing here depends on how fast this machine is.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from parhelion import AsyncClient, Client, Patience, TooManyRequests
from parhelion.client import Request, Response, Timeout
from parhelion.server.http.limiting import Held
from parhelion.server.http.metering import Shared
from parhelion.server.ports import Meters
from parhelion.server.rules.rates import Rates, rate_of
from tests.inside import Inside, engines, inside
from tests.live import Answer, Caller, Live, pages

HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A key may ask five times at once, its app eight times, and then nobody for minutes."""
    server = Live(
        tmp_path_factory.mktemp("limited") / "data", "--rate-limit-key", "6/h:5", "--rate-limit-app", "12/h:8"
    )
    yield server
    server.stop()


def told(answer: Answer) -> tuple[int, int]:
    """The limit, and what is left of it."""
    assert 0 < int(answer.headers["ratelimit-reset"]) <= 3600
    return int(answer.headers["ratelimit-limit"]), int(answer.headers["ratelimit-remaining"])


def second_key(live: Live, app: Caller) -> Caller:
    """Costs the app a request."""
    key = live.account().post(f"{app.app}/keys", {"displayName": "second"}).json["key"]
    return Caller(app.url, key["id"], key["secret"], app.app_id)


def client(app: Caller, **more: Any) -> Client:
    return Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret, **more)


def test_without_a_limit_nothing_is_said_of_one(app: Caller) -> None:
    assert not [name for name in app.get(app.app).headers if name.startswith("ratelimit")]


def test_a_key_may_ask_so_often_and_is_told_how_often_it_still_may(limited: Live) -> None:
    app = limited.app()
    assert [told(app.get(app.app)) for _ in range(5)] == [(5, 4), (5, 3), (5, 2), (5, 1), (5, 0)]
    refused = app.get(app.app)
    assert (refused.status, refused.codes) == (429, ["too_many_requests"])
    assert refused.titles == ["Too many requests: this key may make 6 an hour, 5 at once"]
    assert 1 <= int(refused.headers["retry-after"]) <= 600
    assert told(refused) == (5, 0)
    assert refused.headers["x-request-id"]


def test_one_key_does_not_use_up_what_another_may_but_all_share_what_their_app_may(limited: Live) -> None:
    app, stranger = limited.app(), limited.app()
    other = second_key(limited, app)
    assert [app.get(app.app).status for _ in range(7)] == [200] * 5 + [429] * 2
    assert [told(other.get(app.app)) for _ in range(2)] == [(8, 1), (8, 0)]  # the app has less left
    refused = other.get(app.app)
    assert (refused.status, refused.titles) == (429, ["Too many requests: this app may make 12 an hour, 8 at once"])
    assert told(stranger.get(stranger.app)) == (5, 4)


def test_nobody_without_credentials_uses_up_what_is_somebodys(limited: Live) -> None:
    app = limited.app()
    guessing = Caller(app.url, app.key_id, "guessed", app.app_id)
    for _ in range(5):
        for said in ({}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer x"}):
            answer = guessing.send("GET", app.app, headers=said)
            assert answer.status == 401
            assert "ratelimit-limit" not in answer.headers
    assert told(app.get(app.app)) == (5, 4)


def test_what_comes_with_credentials_counts_whatever_it_is_answered(limited: Live) -> None:
    app, other = limited.app(), limited.app()
    for method, path, body, status in (
        ("GET", other.app, None, 403),
        ("GET", f"{app.app}/users/nobody", None, 404),
        ("POST", f"{app.app}/users", b"{", 415),
        ("GET", "/v2/tokenInfo", None, 200),  # outside an app, and of the key's own all the same
    ):
        answer = app.send(method, path, body)
        assert answer.status == status
    assert told(answer) == (5, 1)
    assert told(second_key(limited, app).get(app.app)) == (8, 2)
    assert told(other.get(other.app)) == (5, 4)


def test_a_key_of_the_account_counts_for_the_app_that_it_asks_for(limited: Live) -> None:
    app, account = limited.app(), limited.account()
    assert [account.get(app.app).status for _ in range(4)] == [200] * 4
    assert told(account.get("/v2/apps")) == (5, 0)
    assert [told(app.get(app.app)) for _ in range(2)] == [(8, 3), (8, 2)]


def test_it_is_refused_before_the_body_is_read_and_nothing_is_written(limited: Live) -> None:
    app = limited.app()
    place, other = app.conversation(), second_key(limited, app)
    app.say(place)
    for left in (2, 1, 0):
        answer = app.post(app.messages(place), {"author": "nonsense"})
        assert (answer.status, told(answer)) == (400, (5, left))
    for body in (HELLO, b"{" * 200_000, b""):
        assert app.post(app.messages(place), body, content_type="application/json").status == 429
    assert len(pages(other, place)) == 1


def test_a_file_that_is_looked_at_counts_for_nobody(limited: Live) -> None:
    app = limited.app()
    uploaded = app.upload(PNG, "a.png")
    assert told(uploaded) == (5, 4)
    path = urlsplit(uploaded.json["attachment"]["mediaUrl"]).path
    for _ in range(10):
        answer = app.get(path)
        assert answer.status == 200
        assert "ratelimit-limit" not in answer.headers
    assert told(app.get(app.app)) == (5, 3)


def test_a_stream_counts_when_it_is_opened_and_one_too_many_is_refused(limited: Live) -> None:
    app = limited.app()
    place, posting = app.conversation(), second_key(limited, app)
    asked = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=30)
    try:
        asked.request("GET", f"/parhelion/v1/apps/{app.app_id}/events", headers={"authorization": app.basic()})
        stream = asked.getresponse()
        assert stream.headers["ratelimit-remaining"] == "3"
        for number in range(3):
            posting.say(place, str(number))
        heard = b""
        while heard.count(b"event: conversation:message") < 3:
            heard += stream.readline()
        assert told(app.get(app.app)) == (8, 1)  # a conversation, a key, three messages, this, and the stream once
        assert told(app.get(app.app)) == (8, 0)
    finally:
        asked.close()
    refused = posting.get(f"/parhelion/v1/apps/{app.app_id}/events")
    assert (refused.status, refused.codes) == (429, ["too_many_requests"])


def test_a_client_waits_as_long_as_it_is_told(limited: Live) -> None:
    app = limited.app()
    paused: list[float] = []
    patience = Patience(attempts=3, longest=3600, dice=lambda: 0.0)
    with client(app, retries=patience, sleep=paused.append) as asking:
        for _ in range(5):
            asking.apps.get()
        assert paused == []
        with pytest.raises(TooManyRequests):
            asking.apps.get()
    assert len(paused) == 2
    assert all(1 <= seconds <= 600 and seconds.is_integer() for seconds in paused)


@pytest.mark.parametrize(
    "wrong",
    [("--rate-limit-app", "fast"), ("--rate-limit-key", "0"), ("--rate-limit-key", "5/s:0")],
)
def test_a_limit_that_is_none_is_told(capsys: pytest.CaptureFixture[str], wrong: tuple[str, str]) -> None:
    from parhelion.cli import main

    with pytest.raises(SystemExit):
        main(["serve", *wrong])
    assert f"argument {wrong[0]}: '{wrong[1]}' is not a rate" in capsys.readouterr().err


# -- on a clock that the test holds ---------------------------------------------------------------------------------

Story = Callable[[Inside], Coroutine[Any, Any, None]]


def tell(data: Path, rates: Rates, story: Story, meters: Meters | None = None) -> None:
    async def run() -> None:
        async with inside(data, rates=rates, meters=meters) as server:
            await story(server)

    asyncio.run(run())


def test_what_is_used_up_comes_back_with_time(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        path = f"/v2/apps/{server.app_id}"
        while (await server.ask("GET", path))[0] == 200:
            pass
        for wait in ("1", "1"):
            assert (await server.ask("GET", path))[0] == 429
            assert server.headers["retry-after"] == wait
            assert server.headers["ratelimit-reset"] == "2"
            server.clock.seconds += 0.5
            assert (await server.ask("GET", path))[0] == 200
        server.clock.seconds += 60
        assert (await server.ask("GET", path))[0] == 200
        assert (server.headers["ratelimit-remaining"], server.headers["ratelimit-reset"]) == ("3", "1")

    tell(tmp_path / "data", Rates(key=rate_of("2")), story)


def test_a_clock_that_is_set_back_shuts_nobody_out(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        path = f"/v2/apps/{server.app_id}"
        await server.ask("GET", path)
        server.clock.seconds -= 3600
        await server.ask("GET", path)
        assert server.headers.get("retry-after", "1") == "1"
        server.clock.seconds += 1
        assert (await server.ask("GET", path))[0] == 200

    tell(tmp_path / "data", Rates(key=rate_of("1/s:3")), story)


class Within:
    """A transport of a client that leads into the application."""

    def __init__(self, server: Inside) -> None:
        self._server = server
        self.statuses: list[int] = []

    async def send(self, request: Request, _: Timeout) -> Response:
        body = json.loads(request.body) if isinstance(request.body, bytes) else None
        headers = {name.replace("-", "_"): value for name, value in request.headers.items()}
        status, answer = await self._server.ask(request.method, request.path, body, **headers)
        self.statuses.append(status)
        return Response(status, self._server.headers, json.dumps(answer).encode())


def test_a_client_that_asks_too_often_gets_everything_done_at_the_rate_that_is_allowed(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        server.clock.seconds += 60
        key = (await server.done("POST", f"/v2/apps/{server.app_id}/keys", {"displayName": "x"}))["key"]
        way, began = Within(server), server.clock.seconds

        async def sleep(seconds: float) -> None:
            server.clock.seconds += seconds

        async with AsyncClient(
            "http://inside",
            app_id=server.app_id,
            key_id=key["id"],
            secret=key["secret"],
            retries=Patience(dice=lambda: 0.0),
            transport=way,
            sleep=sleep,
        ) as client:
            for number in range(20):
                await client.messages.post(messages.split("/")[-2], str(number))
        said = (await server.done("GET", messages))["messages"]
        assert [each["content"]["text"] for each in said] == [str(number) for number in range(20)]
        assert way.statuses.count(429) == 18
        assert server.clock.seconds == began + 18  # two at once, and then one a second

    tell(tmp_path / "data", Rates(key=rate_of("1/s:2")), story)


# -- meters ---------------------------------------------------------------------------------------------------------


Made = Callable[[Callable[[Meters], Coroutine[Any, Any, None]]], None]


@pytest.fixture(params=["held", "shared"])
def metered(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """Tells a story with meters."""

    def run(story: Callable[[Meters], Coroutine[Any, Any, None]]) -> None:
        async def told() -> None:
            if request.param == "held":
                await story(Held())
                return
            async with engines(tmp_path / "data") as opened:
                await story(Shared(opened.database))

        asyncio.run(told())

    return run


def add(by: int) -> Callable[[Sequence[int]], tuple[Sequence[int], Sequence[int]]]:
    return lambda before: ([each + by for each in before], before)


def test_meters_begin_at_zero_and_keep_what_they_are_given(metered: Made) -> None:
    async def story(meters: Meters) -> None:
        assert list(await meters.change(["a", "b"], add(2**62))) == [0, 0]
        assert list(await meters.change(["b", "c"], add(1))) == [2**62, 0]
        assert list(await meters.change(["a", "b", "c"], add(0))) == [2**62, 2**62 + 1, 1]

    metered(story)


def test_meters_that_are_changed_together_lose_nothing(metered: Made) -> None:
    async def story(meters: Meters) -> None:
        await asyncio.gather(*[meters.change([f"{each % 3}", "all"], add(1)) for each in range(300)])
        assert list(await meters.change(["0", "1", "2", "all"], add(0))) == [100, 100, 100, 300]

    metered(story)


def test_what_a_process_holds_is_bounded_and_who_asked_last_is_not_forgotten() -> None:
    async def story() -> None:
        held = Held(most=3)
        for name in "abcad":
            await held.change([name], add(1))
        assert [await held.change([name], lambda before: (before, before[0])) for name in "acdb"] == [2, 1, 1, 0]

    asyncio.run(story())
