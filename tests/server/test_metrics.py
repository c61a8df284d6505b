"""What /metrics tells: as Prometheus takes it, no more of it however much there is, and exact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from parhelion.server.assemble import counted
from parhelion.server.commands import Engines
from parhelion.server.rows import attachments
from parhelion.server.rules.watching import STATUSES
from parhelion.server.watch.counting import Counting
from parhelion.server.watch.exposing import Exposing
from parhelion.server.watch.measuring import Measuring
from tests.inside import Clock, Inside, inside
from tests.live import Caller, Live
from tests.watching import Told, told

REQUESTS = "parhelion_http_requests_total"
MARKER = "0ddball"


class Watched:
    """An application from inside, and what is counted of it."""

    def __init__(self, server: Inside, exposing: Exposing) -> None:
        self.server, self._exposing = server, exposing

    async def told(self) -> Told:
        self._exposing._kept = None  # noqa: SLF001 - nobody waits for the second to be over
        _, text = await self._exposing.text("")
        return Told(text.decode())


def watch(folder: Path, story: Callable[[Watched], object]) -> None:
    async def run() -> None:
        numbers = counted()
        async with inside(folder, watch=Counting(numbers)) as server, AsyncExitStack() as later:
            exposing = Exposing(numbers, server.engines.database, server.clock)
            later.push_async_callback(exposing.close)
            await story(Watched(server, exposing))  # type: ignore[misc]  # each is a coroutine

    asyncio.run(run())


def test_every_answer_is_counted_by_its_operation_and_its_status(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        server, before = watched.server, await watched.told()
        conversation = await server.conversation()
        for _ in range(5):
            await server.say(conversation)
        await server.ask("POST", conversation, {"author": {"type": "robot"}})
        await server.ask("POST", conversation, {}, authorization="Basic bm86")
        await server.ask("GET", "/openapi.json")
        after = await watched.told()
        assert after.of(REQUESTS, operation="PostMessage", status="201") == 5
        assert after.of(REQUESTS, operation="PostMessage", status="400") == 1
        assert after.of(REQUESTS, operation="PostMessage", status="401") == 1
        assert after.of(REQUESTS, operation="/openapi.json", status="200") == 1
        assert after.of(REQUESTS) - before.of(REQUESTS) == 9
        name = "parhelion_http_request_duration_seconds"
        assert after.of(f"{name}_count", operation="PostMessage") == 7
        assert 0 < after.of(f"{name}_sum", operation="PostMessage") < 60
        assert after.of("parhelion_http_requests_in_progress") == 0
        assert after.of("parhelion_http_response_bytes_total") > before.of("parhelion_http_response_bytes_total") + 500
        writes = "parhelion_database_group_writes_sum"
        assert after.of(writes) - before.of(writes) >= 6
        assert after.of("parhelion_database_commit_seconds_count") == after.of("parhelion_database_group_writes_count")

    watch(tmp_path, story)


def test_no_label_grows_with_what_anybody_asks_for(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        server, app = watched.server, f"/v2/apps/{watched.server.app_id}"

        async def round(number: int) -> None:
            user = await server.done("POST", f"{app}/users", {"externalId": f"{MARKER}-{number}"})
            conversation = await server.conversation()
            await server.say(conversation, f"{MARKER} {number}")
            await server.ask("GET", f"{app}/users/{user['user']['id']}")
            await server.ask("GET", f"/v2/apps/{MARKER}{number}/users/{MARKER}{number}")
            await server.ask("GET", f"/{MARKER}/{number}?{MARKER}={number}")
            await server.ask("GET", f"/sc/v2/%22{MARKER}%0a{number}\\")
            await server.ask(f"{MARKER.upper()}{number}", f"{app}/users")
            await server.ask("GET", f"/attachments/v2/{number:024x}/{MARKER}.png")
            await server.ask("GET", "/openapi.json", x_request_id=f"{MARKER}-{number}")

        await round(0)
        first = (await watched.told()).text.count("\n")
        for number in range(1, 120):
            await round(number)
        after = await watched.told()
        assert after.text.count("\n") == first
        assert MARKER not in after.text.lower()
        assert server.app_id not in after.text
        assert after.of(REQUESTS, operation="none") >= 360

    watch(tmp_path, story)


def test_what_is_late_or_large_is_told_from_the_rows(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        server, app = watched.server, f"/v2/apps/{watched.server.app_id}"
        hook = {"target": "https://example.org/x", "triggers": ["conversation:message"]}
        await server.done("POST", f"{app}/integrations", {"type": "custom", "displayName": "b", "webhooks": [hook]})
        conversation = await server.conversation()
        for _ in range(3):
            await server.say(conversation)
        files = [b"one", b"three", b"seventeen"]
        for file in files:
            body = b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.txt"\r\n\r\n' + file
            kind = "multipart/form-data; boundary=edge"
            path = f"{app}/attachments?access=public"
            await server.done("POST", path, body + b"\r\n--edge--\r\n", content_type=kind)
        server.clock.seconds += 90
        found = await watched.told()
        assert found.of("parhelion_deliveries_waiting") == 3
        assert found.of("parhelion_deliveries_failed") == 0
        assert found.of("parhelion_deliveries_oldest_due_seconds") == 90
        assert found.of("parhelion_store_size_bytes") > 100_000
        assert found.of("parhelion_media_size_bytes") == sum(map(len, files))
        assert await attachments.size(server.engines.database, 2) == sum(map(len, files))
        assert found.of("process_resident_memory_bytes", worker="1") > 1e6

    watch(tmp_path, story)


def test_the_rows_are_asked_no_more_than_once_in_a_while_and_never_for_more_than_a_hundredth_of_the_time(
    tmp_path: Path,
) -> None:
    class Slow:
        """The database, asked so often, and slow."""

        def __init__(self, engines: Engines) -> None:
            self._database, self.asked = engines.database, 0

        def __getattr__(self, name: str) -> object:
            return getattr(self._database, name)

        async def size(self) -> int:
            self.asked += 1
            await asyncio.sleep(0.5)
            return await self._database.size()

    async def story() -> None:
        now = 0.0
        async with inside(tmp_path) as server:
            slow = Slow(server.engines)
            measuring = Measuring(slow, Clock(), lambda: now)  # type: ignore[arg-type]  # it is one
            found = await asyncio.gather(*(measuring.measured() for _ in range(10)))
            assert slow.asked == 1
            assert all(found)
            now = 49.0
            await measuring.measured()
            assert slow.asked == 1
            now = 1000.0
            await measuring.measured()
            assert slow.asked == 2

    asyncio.run(story())


def test_every_status_that_is_answered_has_a_label() -> None:
    from parhelion import wire

    statuses = {each.status for each in vars(wire).values() if isinstance(getattr(each, "status", None), int)}
    assert statuses - {0} <= set(STATUSES)


def test_limits_and_streams_are_counted(live: Live, account: Caller) -> None:
    before = told(account)
    for each in ("connections", "reads", "writes", "bodies", "waiting_writes", "rate_limit", "other"):
        assert before.of("parhelion_http_refused_total", reason=each) >= 0
    for each in ("arrived", "put_off", "given_up"):
        assert before.of("parhelion_delivery_attempts_total", outcome=each) >= 0
    assert before.of("parhelion_stream_subscribers") >= 0
    assert before.of("parhelion_build_info") == 1


# -- who may see it ---------------------------------------------------------------------------------------------------


def status(caller: Caller, **headers: str | None) -> int:
    return caller.send("GET", "/metrics", headers=headers).status  # type: ignore[arg-type]


def test_whoever_reaches_a_server_of_this_machine_alone_may_see_it(live: Live) -> None:
    assert status(Caller(live.url), authorization=None) == 200
    assert Caller(live.url).post("/metrics", {}).status == 405
    assert Caller(live.url).get("/sc/metrics").status == 404


def test_where_others_reach_it_only_a_key_of_the_account_may(serve: Callable[..., Live]) -> None:
    live = serve("--host", "0.0.0.0")
    live.url = live.url.replace("0.0.0.0", "127.0.0.1")
    nobody = Caller(live.url).send("GET", "/metrics", headers={"authorization": None})  # type: ignore[dict-item]
    assert (nobody.status, "Basic" in nobody.headers["www-authenticate"]) == (401, True)
    assert b"parhelion" not in nobody.body
    assert status(live.app()) == 403
    assert status(live.account()) == 200


def test_it_can_be_left_out(serve: Callable[..., Live]) -> None:
    assert status(serve("--metrics", "off").account()) == 404


def test_the_form_of_openmetrics_is_answered_to_who_asks_for_it(live: Live) -> None:
    answer = Caller(live.url).get("/metrics", accept="application/openmetrics-text;version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.body.endswith(b"# EOF\n")
