"""The conversations of an app, the one that was last spoken in first: in order, whole, and at the price of a page."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from parhelion import Client, Page
from parhelion.server import rows
from parhelion.server.databases import migrations
from parhelion.server.databases._tongue import numbered
from parhelion.server.ports import Database, Step, Write
from tests.engines import chosen
from tests.engines.postgres import ask
from tests.inside import Inside, inside
from tests.live import Caller
from tests.server.house import House

Story = Callable[[House], Awaitable[None]]
Tell = Callable[[Story], None]
MINUTE = 60_000


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    def run(story: Story) -> None:
        async def told() -> None:
            async with inside(tmp_path / "data") as server, asyncio.timeout(60):
                await story(House(server))

        asyncio.run(told())

    return run


def path(server: Inside) -> str:
    return f"/parhelion/v1/apps/{server.app_id}/conversations"


async def recent(house: House, query: str = "") -> list[dict[str, Any]]:
    return list((await house.server.done("GET", f"{path(house.server)}{query}"))["conversations"])


def ids(listed: list[dict[str, Any]]) -> list[str]:
    return [each["conversation"]["id"] for each in listed]


async def walked(house: House, size: int, meanwhile: Callable[[int], Awaitable[None]] | None = None) -> list[str]:
    """From page to page, by the links."""
    met, link, pages = list[str](), f"{path(house.server)}?page[size]={size}", 0
    while link:
        page = await house.server.done("GET", link)
        met += ids(page["conversations"])
        link = page.get("links", {}).get("next", "").removeprefix("http://inside")
        assert page["meta"]["hasMore"] == bool(link)
        pages += 1
        assert pages < 100, "it has no end"
        if meanwhile is not None:
            await meanwhile(pages)
    return met


async def several(house: House, number: int, apart: float = 20.0) -> list[str]:
    """So many conversations, made one after another: their ids, the newest first."""
    made: list[str] = []
    for _ in range(number):
        made.append((await house.conversation()).rpartition("/")[2])
        house.server.clock.seconds += apart
    return made[::-1]


# -- what is told of each ---------------------------------------------------------------------------------------------


def test_a_conversation_comes_with_its_last_message_its_first_users_and_what_is_unread(tell: Tell) -> None:
    async def story(house: House) -> None:
        server = house.server
        people: list[str] = []
        for name in ("Ada", "Ben", "Cy", "Di", "Ed"):
            body = {"externalId": name.lower(), "profile": {"givenName": name, "surname": "Sun", "email": "a@b.org"}}
            people.append((await server.done("POST", f"{house.app}/users", body))["user"]["id"])
        place = await house.conversation(*people)
        await house.say(place, people[0], "one")
        server.clock.seconds += 1
        await server.done("POST", f"{place}/activity", {"author": {"type": "business"}, "type": "conversation:read"})
        server.clock.seconds += 1
        await house.say(place, people[1], "two")
        await house.say(place, people[2], "three")
        await house.say(place, text="an answer")
        [listed] = await recent(house)
        assert listed["conversation"] == (await server.done("GET", place))["conversation"]
        assert listed["lastMessage"] == (await server.done("GET", f"{place}/messages"))["messages"][-1]
        assert listed["lastMessage"]["content"]["text"] == "an answer"
        shown = [{"id": who, "externalId": name.lower(), "givenName": name, "surname": "Sun"} for who, name in
                 zip(people, ("Ada", "Ben", "Cy"), strict=False)]  # fmt: skip
        assert (listed["users"], listed["moreUsers"], listed["unreadCount"]) == (shown, 2, 2)

    tell(story)


def test_nothing_is_said_of_what_is_not_there(tell: Tell) -> None:
    async def story(house: House) -> None:
        assert await house.server.done("GET", path(house.server)) == {"conversations": [], "meta": {"hasMore": False}}
        place = await house.conversation()
        [listed] = await recent(house)
        assert listed == {
            "conversation": (await house.server.done("GET", place))["conversation"],
            "users": [],
            "moreUsers": 0,
            "unreadCount": 0,
        }

    tell(story)


def test_what_is_out_of_sight_is_neither_shown_nor_counted(tell: Tell) -> None:
    async def story(house: House) -> None:
        ada = await house.user()
        place = await house.conversation(ada)
        first = await house.say(place, ada, "first")
        last = await house.say(place, ada, "last")
        await house.server.done("DELETE", f"{place}/messages/{last}")
        [listed] = await recent(house)
        assert (listed["lastMessage"]["id"], listed["unreadCount"]) == (first, 1)
        await house.server.done("DELETE", f"{place}/messages")
        [listed] = await recent(house)
        assert ("lastMessage" in listed, listed["unreadCount"]) == (False, 0)
        await house.server.done("DELETE", place)
        assert await recent(house) == []

    tell(story)


def test_unread_are_those_of_users_among_the_newest_hundred(tell: Tell) -> None:
    async def story(house: House) -> None:
        ada = await house.user()
        place = await house.conversation(ada)
        for number in range(120):
            house.server.clock.seconds += 0.01
            await house.say(place, ada, str(number))
        assert [each["unreadCount"] for each in await recent(house)] == [100]
        for _ in range(30):
            await house.say(place)
        assert [each["unreadCount"] for each in await recent(house)] == [70]

    tell(story)


# -- the order --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("apart", [0.0, 0.001, 20.0, 3600.0])
def test_pages_go_from_the_newest_to_the_oldest_and_back(tell: Tell, size: int, apart: float) -> None:
    async def story(house: House) -> None:
        made = await several(house, 15, apart)
        if not apart:
            made.sort(reverse=True)
        assert await walked(house, size) == made
        page = await house.server.done("GET", f"{path(house.server)}?page[size]={size}")
        while "next" in page.get("links", {}):
            after = await house.server.done("GET", page["links"]["next"].removeprefix("http://inside"))
            before = await house.server.done("GET", after["links"]["prev"].removeprefix("http://inside"))
            assert ids(before["conversations"]) == ids(page["conversations"])
            page = after

    tell(story)


def test_who_is_spoken_in_comes_first_and_other_changes_move_nothing(tell: Tell) -> None:
    async def story(house: House) -> None:
        one, two, three = await several(house, 3, 50)
        for said in (three, two, three):  # across minutes, and within one
            house.server.clock.seconds += 5
            await house.say(f"{house.app}/conversations/{said}")
            assert ids(await recent(house))[0] == said
        await house.server.done("PATCH", f"{house.app}/conversations/{one}", {"displayName": "changed"})
        body = {"author": {"type": "business"}, "type": "conversation:read"}
        await house.server.done("POST", f"{house.app}/conversations/{one}/activity", body)
        assert ids(await recent(house)) == [three, two, one]
        updated = [each["conversation"]["lastUpdatedAt"] for each in await recent(house)]
        assert updated == sorted(updated, reverse=True)

    tell(story)


def test_nobody_is_met_twice_by_who_walks_on_while_others_speak(tell: Tell) -> None:
    async def story(house: House) -> None:
        made = await several(house, 20, 7)

        async def meanwhile(page: int) -> None:
            house.server.clock.seconds += 7
            for said in (made[0], made[3 * page], made[-page]):  # met before, at the edge, and not met yet
                await house.say(f"{house.app}/conversations/{said}")
            await house.conversation()

        met = await walked(house, 3, meanwhile)
        assert len(met) == len(set(met))
        spoken = {made[0], *(each for page in range(1, 8) for each in (made[(3 * page) % 20], made[-page]))}
        assert set(made) - spoken <= set(met), "who stays where they are is met"

    tell(story)


def test_clocks_that_differ_make_one_order_whichever_way_it_is_walked(tell: Tell) -> None:
    """A row whose time and minute differ: by nodes whose clocks differ, or by one of the release before."""

    async def story(house: House) -> None:
        made = await several(house, 12, 25)
        now = int(house.server.clock() * 1000)
        for number, each in enumerate(made[::3]):
            moved = "update conversation set last_updated_at = last_updated_at + :by where id = :id"
            values = {"by": (number - 1) * 3 * MINUTE, "id": each}
            await house.server.engines.database.write(Write(each, (Step(moved),), values))
        zero = Step("update conversation set active_minute = 0 where id = :id")
        await house.server.engines.database.write(Write(made[5], (zero,), {"id": made[5]}))
        met = await walked(house, 2)
        assert sorted(met) == sorted(made)
        assert met == ids(await recent(house))
        assert met[-1] == made[5], "what is not known comes last"
        house.server.clock.seconds = now / 1000
        await house.say(f"{house.app}/conversations/{made[5]}")
        assert ids(await recent(house))[0] == made[5]

    tell(story)


# -- who asks, and for what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("page[size]=0", "page.size: should be at least 1"),
        ("page[size]=101", "page.size: should be at most 100"),
        ("page[size]=ten", "page.size: should be an integer"),
        ("page[after]=short", "page.after: should have at least 24 characters"),
        (f"page[after]={'!' * 24}", "page: should have a cursor that was answered with a page"),
        (f"page[after]={'é' * 24}", "page: should have a cursor that was answered with a page"),
        (f"page[before]={'A' * 22}==", "page: should have a cursor that was answered with a page"),
        (f"page[before]={'A' * 24}&page[after]={'A' * 24}", "page: only one of page[before] and page[after] may be"),
    ],
)
def test_a_page_that_is_none_is_refused(app: Caller, query: str, title: str) -> None:
    answer = app.get(f"/parhelion/v1/apps/{app.app_id}/conversations?{quote(query, safe='[]=&')}")
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title), answer.titles


@pytest.mark.parametrize("raw", [b"\0" * 18, b"\xff" * 18, b"\0" * 6 + b"\xff" * 12])
def test_a_cursor_that_somebody_made_up_is_a_place_like_any_other(tell: Tell, raw: bytes) -> None:
    async def story(house: House) -> None:
        made = await several(house, 3)
        cursor = base64.urlsafe_b64encode(raw).decode()
        older = ids(await recent(house, f"?page[after]={cursor}"))
        newer = ids(await recent(house, f"?page[before]={cursor}"))
        assert older + newer == made

    tell(story)


def test_nothing_of_another_app_is_listed(tell: Tell) -> None:
    async def story(house: House) -> None:
        mine = await several(house, 2)
        other = (await house.server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        await house.server.done("POST", f"/v2/apps/{other}/conversations", {"type": "sdkGroup"})
        assert ids(await recent(house)) == mine
        listed = await house.server.done("GET", f"/parhelion/v1/apps/{other}/conversations")
        assert len(listed["conversations"]) == 1

    tell(story)


def test_the_client_walks_through_all_of_them(app: Caller) -> None:
    made = [app.conversation() for _ in range(5)]
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        walked = [each.conversation.id for each in client.conversations.iterate_recent(page=Page(size=2))]
        assert sorted(walked) == sorted(made)
        times = [each.conversation.last_updated_at for each in client.conversations.recent().conversations]
        assert times == sorted(times, key=lambda each: each.timestamp() if each else 0, reverse=True)


# -- what it costs ----------------------------------------------------------------------------------------------------

FILL = """
insert into conversation (app_id, id, message_count, last_message_id, cleared_id, swept_id, last_updated_at,
    active_minute, body)
with recursive c (n) as (select 1 union all select n + 1 from c where n < {several})
select '{app}', {id}, 0, '', '', '', {now} - n * 5000, ({now} - n * 5000) / 60000, {body} from c"""


async def crowd(database: Database, app: str, now: int, number: int, *, postgresql: bool) -> None:
    """Conversations that were spoken in 12 a minute, one after another."""
    id = "lpad(cast(n as text), 24, '0')" if postgresql else "printf('%024d', n)"
    body = "convert_to('{}', 'UTF8')" if postgresql else 'cast(\'{"id":"x"}\' as blob)'
    sql = FILL.format(several=number, app=app, id=id, body=body, now=now)
    await database.write(Write(app, (Step(sql),), {}))


@pytest.mark.embedded
def test_a_page_is_found_by_its_place_and_sorted_with_a_few_minutes_only(tell: Tell) -> None:
    async def story(house: House) -> None:
        for back in (False, True):
            found = await plan(house.server.engines.database, back)
            assert any(
                re.search(r"conversation_by_activity .*active_minute>\? AND active_minute<\?", each) for each in found
            )
            assert not any("SCAN conversation" in each for each in found), found

    tell(story)


async def plan(database: Database, back: bool) -> list[str]:
    class Explaining:
        async def read_all(self, sql: str, values: Any) -> Any:
            return await database.read_all(f"explain query plan {sql}", values)

    found = await rows.conversations.recent(Explaining(), "app", 0, "", 25, back=back)  # type: ignore[arg-type]  # no more of it is asked
    return [str(row[3]) for row in found]


def test_a_page_costs_no_more_in_an_app_that_has_much(tell: Tell) -> None:
    async def story(house: House) -> None:
        database, app = house.server.engines.database, house.server.app_id
        now, postgresql = int(house.server.clock() * 1000), chosen.has_rows()
        best = dict[int, float]()
        for number in (200, 50_000):
            await database.write(Write(app, (Step("delete from conversation"),), {}))
            await crowd(database, app, now, number, postgresql=postgresql)
            took: list[float] = []
            for place in (now, now - 100 * 5000):
                for _ in range(10):
                    begun = time.perf_counter()
                    found = await rows.conversations.recent(database, app, place, "", 25, back=False)
                    took.append(time.perf_counter() - begun)
                    assert len(found) == 25
            best[number] = min(took)
        print(f"\na page of 25: {best}")
        assert best[50_000] < 5 * best[200] + 0.005

    tell(story)


@pytest.mark.engine("postgresql")
@pytest.mark.parametrize("back", [False, True])
def test_postgresql_sorts_a_few_minutes_only_and_keeps_what_is_updated_in_its_page(tmp_path: Path, back: bool) -> None:
    async def story() -> str:
        async with inside(tmp_path / "data") as server:
            house = House(server)
            await crowd(server.engines.database, server.app_id, int(server.clock() * 1000), 20_000, postgresql=True)
            place = await house.conversation()
            for _ in range(50):
                await house.say(place)
            return server.app_id

    address = chosen.database(tmp_path / "data")
    assert address is not None
    counted = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'conversation'"
    before = (ask(address, counted) or [(0, 0)])[0]  # the database may have been another test's
    app = asyncio.run(story())
    ask(address, "analyze")
    text, names = numbered(Taking.sql(app, back=back))
    given = {"app": f"'{app}'", "cursor": "''", "several": "25", "minute": "0", "place": "0"}
    found = "\n".join(
        row[0]
        for row in ask(
            address,
            "set enable_seqscan = off",
            "set plan_cache_mode = force_generic_plan",
            f"prepare it as {text}",
            f"explain execute it ({', '.join(given[name] for name in names)})",
        )
    )
    assert re.search(
        r"conversation_by_activity.*\n.*active_minute >=.*active_minute <=|active_minute <=.*active_minute >=", found
    ), found
    updated, hot = (now - then for now, then in zip(ask(address, counted)[0], before, strict=True))
    assert updated >= 50
    assert hot >= updated - 5, "an index is written for each message"


class Taking:
    """Takes down what is asked."""

    def __init__(self) -> None:
        self.asked = ""

    async def read_all(self, sql: str, _: Any) -> list[Any]:
        self.asked = sql
        return []

    @classmethod
    def sql(cls, app: str, *, back: bool) -> str:
        taking = cls()
        asyncio.run(rows.conversations.recent(taking, app, 0, "", 25, back=back))  # type: ignore[arg-type]  # no more of it is asked
        return taking.asked


# -- stores of before -------------------------------------------------------------------------------------------------


def test_conversations_of_before_are_listed_by_when_they_were_last_spoken_in(tmp_path: Path) -> None:
    from tests.server.test_migrations import Place, run

    place = Place(chosen.fresh() if chosen.has_rows() else tmp_path / "db")
    everything = migrations.scripts()
    old = """
    insert into conversation (app_id, id, message_count, last_message_id, cleared_id, swept_id, last_updated_at, body)
    with recursive c (n) as (select 0 union all select n + 1 from c where n < 2500)
    select 'app', 'c' || n, 0, '', '', '', n * 1000, '' from c"""

    async def story() -> None:
        await place.migrated([each for each in everything if each[0] < 6])
        place.sql(old)
        await place.migrated(everything)

    run(story)
    wrong = "active_minute = 0 or active_minute <> last_updated_at / 60000 and last_updated_at > 59999"
    assert place.sql(f"select count(*) from conversation where {wrong}")[0][0] == 0
