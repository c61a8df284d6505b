"""What a webhook got and what not is shown, and is sent again when it is asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.ports import Row, Step, Values, Write
from tests.server.receiving import Office, tell_in

PLACES = "abcdef"  # conversations


class Asker:
    """An app with one webhook, and what may be asked of its deliveries."""

    def __init__(self, office: Office, hook: dict[str, Any]) -> None:
        self.office, self.hook = office, hook
        self.path = f"/parhelion/v1/apps/{office.server.app_id}/webhooks/{hook['id']}"

    async def list(self, query: str = "") -> list[dict[str, Any]]:
        return list((await self.office.server.done("GET", f"{self.path}/deliveries{query}"))["deliveries"])

    async def undone(self) -> list[str]:
        """The events of what has not arrived."""
        return [each["eventId"] for each in await self.list("?page[size]=100") if each["state"] != "delivered"]

    async def replay(self, event: str) -> tuple[int, Any]:
        return await self.office.server.ask("POST", f"{self.path}/deliveries/{event}/replay")

    async def replay_failed(self, **body: Any) -> int:
        return int((await self.office.server.done("POST", f"{self.path}/replay", body or None))["replayed"])


async def failing(office: Office) -> tuple[Any, Asker, list[str]]:
    """A receiver that said no to an event of each place: (the receiver, an asker, the events)."""
    receiver = await office.receiver()
    asker = Asker(office, await office.hook(receiver.url))
    receiver.answer = 403
    events = await office.tell(*PLACES)
    await office.once()
    return receiver, asker, events


def test_what_failed_is_listed_with_what_was_answered(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        _, asker, events = await failing(office)
        listed = await asker.list()
        assert [each["eventId"] for each in listed] == events
        for each, place in zip(listed, PLACES, strict=True):
            assert (each["state"], each["attempts"], each["conversationId"]) == ("failed", 1, place)
            assert (each["answer"]["status"], each["answer"]["body"]) == (403, "ok")
            assert "nextAttemptAt" not in each
            assert each["failedAt"] == each["createdAt"]  # the clock stands still

    tell_in(tmp_path, story)


def test_what_waits_is_listed_with_when_it_is_tried_again(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        asker = Asker(office, await office.hook(receiver.url))
        receiver.answer = 503
        await office.tell("a")
        [fresh] = await asker.list()
        assert (fresh["state"], fresh["attempts"]) == ("pending", 0)
        await office.once()
        [late] = await asker.list("?filter[state]=pending")
        assert (late["attempts"], late["answer"]["status"]) == (1, 503)
        assert late["nextAttemptAt"] > late["createdAt"]
        assert await asker.list("?filter[state]=failed") == []

    tell_in(tmp_path, story)


def test_pages_come_one_after_another(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        _, asker, events = await failing(office)
        met: list[str] = []
        query = "?page[size]=2"
        while True:
            page = await office.server.done("GET", f"{asker.path}/deliveries{query}")
            met += [each["eventId"] for each in reversed(page["deliveries"])]
            if not page["meta"]["hasMore"]:
                break
            query = f"?page[size]=2&page[before]={page['meta']['beforeCursor']}"
        assert met == events[::-1], "newest first"
        back = await office.server.done("GET", f"{asker.path}/deliveries{query.replace('before', 'after')}")
        assert [each["eventId"] for each in back["deliveries"]] == events[3:5]

    tell_in(tmp_path, story)


def test_all_that_failed_is_sent_again_in_its_order(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver, asker, events = await failing(office)
        receiver.answer = 200
        before = len(receiver.got)
        assert await asker.replay_failed() == len(events)
        assert {each["state"] for each in await asker.list()} == {"pending"}
        await office.once()
        assert sorted(receiver.events[before:]) == sorted(events)  # each conversation is in a lane of its own
        assert await asker.undone() == []
        assert await asker.replay_failed() == 0

    tell_in(tmp_path, story)


def test_only_what_failed_since_then_is_sent_again(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver, asker, _ = await failing(office)
        office.server.clock.seconds += 60
        [late] = await office.tell("a")
        await office.once()
        receiver.answer = 200
        since = (await asker.list())[-1]["failedAt"]
        assert await asker.replay_failed(since=since) == 1
        await office.once()
        assert receiver.events[-1] == late
        assert len(await asker.undone()) == len(PLACES)

    tell_in(tmp_path, story)


def test_more_than_a_step_takes_is_sent_again_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows.deliveries.failed_since, "__defaults__", (0, 2))

    async def story(office: Office) -> None:
        _, asker, events = await failing(office)
        assert await asker.replay_failed() == len(events)

    tell_in(tmp_path, story)


MANY = 3000
_MANY = (
    Step("""
    insert into event (id, app_id, conversation_id, type, created_at, lane, body)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < :many)
    select printf('%024x', i), :app, 'c', 'conversation:message', :at, ':0', cast('{}' as blob) from n"""),
    Step("""
    insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
    select :hook, position, app_id, :hook, 1, 0, :at from event"""),
)


async def many_failed(office: Office, hook: str) -> None:
    at = round(office.server.clock() * 1000)
    values: Values = {"many": MANY, "app": office.server.app_id, "hook": hook, "at": at}
    await office.database.write(Write("many", _MANY, values))


@pytest.mark.embedded
@pytest.mark.parametrize(("since", "again"), [("2001-01-01T00:00:00Z", MANY), ("2099-01-01T00:00:00Z", 0)])
def test_no_step_of_a_replay_looks_at_more_than_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: str, again: int
) -> None:
    async def story(office: Office) -> None:
        asker = Asker(office, await office.hook("http://127.0.0.1:9/"))
        await many_failed(office, asker.hook["id"])
        spans: list[int] = []
        write = rows.deliveries.replay_failed

        def noted(app: str, webhook: str, since: int, after: int, up_to: int) -> Write:
            spans.append(up_to - after)
            return write(app, webhook, since, after, up_to)

        monkeypatch.setattr(rows.deliveries, "replay_failed", noted)
        assert await asker.replay_failed(since=since) == again
        assert sum(spans) == again
        assert all(span <= 500 for span in spans)
        assert len(await asker.list("?filter[state]=pending&page[size]=100")) == min(again, 100)

    tell_in(tmp_path, story)


LOOKED = {
    "pending": "SEARCH delivery USING COVERING INDEX delivery_of_app (app_id=? AND webhook_id=? AND failed_at=? AND ",
    "failed": "SEARCH d USING INDEX delivery_failed (lane=? AND ",
    "delivered": "SEARCH arrival USING PRIMARY KEY (app_id=? AND webhook_id=? AND ",
}


@pytest.mark.embedded
@pytest.mark.parametrize("state", [*LOOKED, None])
@pytest.mark.parametrize("back", [False, True])
def test_a_page_is_found_past_all_that_is_in_another_state(tmp_path: Path, back: bool, state: str | None) -> None:
    plans: list[str] = []

    class Explaining:
        def __init__(self, office: Office) -> None:
            self.office = office

        async def read_all(self, sql: str, values: Values) -> list[Row]:
            plans.extend(row[3] for row in await self.office.database.read_all(f"explain query plan {sql}", values))
            return []

    async def story(office: Office) -> None:
        explaining = Explaining(office)
        await rows.deliveries.page(explaining, "app", "hook", state, 0, 1, back=back)  # type: ignore[arg-type]  # no more of it is asked
        looks = [step for step in plans if re.match("SEARCH (delivery|arrival|d USING INDEX)", step)]
        for look, expected in zip(looks, [LOOKED[state]] if state else LOOKED.values(), strict=True):
            assert look.startswith(f"{expected}position>?")
            assert look.endswith("AND position<?)") is back
        assert not any("TEMP B-TREE" in step for step in plans[:-1]), "and no further than the page goes"

    tell_in(tmp_path, story)


def test_one_event_is_sent_again_whatever_became_of_it(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver, asker, events = await failing(office)
        receiver.answer = 200
        for _ in range(2):  # first it had failed, then it had arrived
            assert await asker.replay(events[2]) == (201, {"replayed": 1})
            await office.once()
            assert receiver.events[-1] == events[2]
        assert receiver.got[-1].headers["webhook-id"] == events[2]
        assert events[2] not in await asker.undone()

    tell_in(tmp_path, story)


def test_an_event_that_is_on_its_way_is_not_doubled(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        asker = Asker(office, await office.hook(receiver.url))
        [event] = await office.tell("a")
        await asker.replay(event)
        await office.once()
        assert receiver.events == [event]

    tell_in(tmp_path, story)


def test_what_is_not_there_is_not_sent(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        asker = Asker(office, await office.hook(receiver.url))
        status, answer = await asker.replay("0" * 24)
        assert (status, answer["errors"][0]["code"]) == (404, "not_found")
        other = (await office.server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        [theirs] = await office.tell("a", app=other)
        assert (await asker.replay(theirs))[0] == 404
        asker.path = asker.path.replace(asker.hook["id"], "0" * 24)
        for method, path in (("GET", "/deliveries"), ("POST", "/replay"), ("POST", f"/deliveries/{theirs}/replay")):
            assert (await office.server.ask(method, asker.path + path))[0] == 404
        await office.once()
        assert receiver.got == []

    tell_in(tmp_path, story)


def test_a_replay_that_is_asked_for_twice_under_one_key_answers_the_same(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        _, asker, events = await failing(office)
        for _ in range(2):
            answer = await office.server.done("POST", f"{asker.path}/replay", idempotency_key="one")
            assert answer == {"replayed": len(events)}

    tell_in(tmp_path, story)


BAD_CURSORS = ("x", "z" * 24, "-" + "f" * 23, "0x" + "0" * 22)


@pytest.mark.parametrize(
    "query",
    ["?filter[state]=lost", "?filter[other]=failed", *(f"?page[after]={cursor}" for cursor in BAD_CURSORS)],
)
def test_a_query_that_means_nothing_is_refused(tmp_path: Path, query: str) -> None:
    async def story(office: Office) -> None:
        asker = Asker(office, await office.hook("http://127.0.0.1:9/"))
        status, answer = await office.server.ask("GET", f"{asker.path}/deliveries{query}")
        assert (status, answer["errors"][0]["code"]) == (400, "bad_request")

    tell_in(tmp_path, story)


def test_a_cursor_beyond_all_events_is_an_empty_page(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        _, asker, _ = await failing(office)
        assert await asker.list(f"?page[after]={'f' * 24}") == []

    tell_in(tmp_path, story)
