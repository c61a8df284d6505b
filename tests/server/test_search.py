"""What was said is found by its words, in whichever database; and no longer, once it is gone or out of sight."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import apsw
import pytest
from hypothesis import given, settings, strategies as st

from parhelion.client import AsyncClient, Client
from parhelion.server import rows
from parhelion.server.databases import migrations
from parhelion.server.databases.sqlite import Sqlite, SqliteInMemory
from parhelion.server.ports import Database, Step, Write
from parhelion.server.rules.words import BEGINNING, asked_for, words_of
from parhelion.wire import BadRequest, ConversationNotFound
from tests.engines import chosen
from tests.inside import Inside, inside
from tests.live import Caller, Live
from tests.server.house import House
from tests.server.test_copying import copy

Story = Callable[[Inside, House], Awaitable[None]]


def tell(folder: Path, story: Story) -> None:
    async def told() -> None:
        async with inside(folder / "data") as server:
            await story(server, House(server))

    asyncio.run(told())


async def ask(server: Inside, query: str, **more: str) -> tuple[int, Any]:
    asked = urlencode({"query": query, **more}, errors="surrogatepass")
    return await server.ask("GET", f"/parhelion/v1/apps/{server.app_id}/search?{asked}")


async def found(server: Inside, query: str, **more: str) -> list[str]:
    """The texts of the messages, newest first."""
    status, answer = await ask(server, query, **more)
    assert status == 200, answer
    return [each["message"]["content"]["text"] for each in answer["results"]]


def test_a_message_is_found_by_each_of_its_words_and_their_beginnings(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        place = await house.conversation()
        for text in ("Crème brûlée for two", "東京都へ行く", "hello, World", "Привет мир", "สวัสดีครับ", "مُحَمَّد"):
            await house.say(place, text=text)
        assert await found(server, "creme") == await found(server, "CRÈ two") == ["Crème brûlée for two"]
        assert await found(server, "wor hel") == ["hello, World"]
        for part in ("東", "東京", "京都へ", "行", "行く"):
            assert await found(server, part) == ["東京都へ行く"], part
        assert await found(server, "京東") == []
        assert await found(server, "мир") == ["Привет мир"]
        assert await found(server, "ครับ") == ["สวัสดีครับ"]
        assert await found(server, "محمد") == ["مُحَمَّد"]
        assert await found(server, "ello") == await found(server, "hello two") == await found(server, "h") == []

    tell(tmp_path, story)


def test_a_result_says_where_it_is_and_shows_the_place_as_plain_text(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        place = await house.conversation()
        id = await house.say(place, text="<b>Hello</b> & goodbye")
        _, answer = await ask(server, "good hel")
        [result] = answer["results"]
        assert result["conversationId"] == place.rpartition("/")[2]
        [same] = (await server.done("GET", f"{place}/messages"))["messages"]
        assert result["message"] == same
        assert same["id"] == id
        assert result["highlight"] == [
            {"text": "<b>"},
            {"text": "Hello", "matched": True},
            {"text": "</b> & "},
            {"text": "goodbye", "matched": True},
        ]
        assert answer["meta"] == {"hasMore": False}

    tell(tmp_path, story)


def test_who_spoke_is_found_by_name_and_a_picture_by_what_it_is_called(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        place = await house.conversation()
        body = {
            "author": {"type": "business", "displayName": "Ada"},
            "content": {"type": "text", "text": "Good morning"},
        }
        await server.done("POST", f"{place}/messages", body)
        assert await found(server, "ada morning") == ["Good morning"]
        await house.show(place, await house.upload("for=message"))
        _, answer = await ask(server, "a png")
        assert [each["highlight"] for each in answer["results"]] == [
            [{"text": "a", "matched": True}, {"text": "."}, {"text": "png", "matched": True}]
        ]
        await house.say(place, text="", markdownText="Some **bold** words")
        assert await found(server, "bold") == ["Some bold words"]
        assert await found(server, "strong") == []

    tell(tmp_path, story)


def test_masked_numbers_of_cards_are_not_found(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        await server.done("PATCH", house.app, {"settings": {"maskCreditCardNumbers": True}})
        await house.say(await house.conversation(), text="my card is 4111 1111 1111 1111")
        assert len(await found(server, "card")) == 1
        assert await found(server, "4111") == []

    tell(tmp_path, story)


def test_what_is_deleted_is_not_found_from_then_on(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        one, other = await house.conversation(), await house.conversation()
        first = await house.say(one, text="tea one")
        for text in ("tea two", "tea three"):
            await house.say(one, text=text)
        await house.say(other, text="tea other")
        assert await found(server, "tea") == ["tea other", "tea three", "tea two", "tea one"]
        await server.done("DELETE", f"{one}/messages/{first}")
        assert await found(server, "tea") == ["tea other", "tea three", "tea two"]
        assert await found(server, "one") == []
        await server.done("DELETE", f"{one}/messages")
        assert await found(server, "tea") == ["tea other"]  # before they are swept...
        await server.afterwards()
        assert await found(server, "tea") == ["tea other"]  # ... and when they are
        await house.say(one, text="tea again")
        assert await found(server, "tea") == ["tea again", "tea other"]
        await server.done("DELETE", other)
        assert await found(server, "tea") == ["tea again"]
        await server.afterwards()
        assert await found(server, "tea") == ["tea again"]

    tell(tmp_path, story)


def test_what_a_user_said_is_gone_with_the_user(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        ada, ben = await house.user(), await house.user()
        group, personal = await house.conversation(ada, ben), await house.conversation(ada, type="personal")
        for who, place in ((ada, group), (ben, group), (ada, personal)):
            await house.say(place, user=who, text=f"tea {'Ada' if who == ada else 'Ben'}")
        await server.done("DELETE", f"{house.app}/users/{ada}")
        await server.afterwards()
        assert await found(server, "tea") == ["tea Ben"]

    tell(tmp_path, story)


@pytest.mark.embedded
def test_the_index_has_no_word_left_of_what_was_deleted(tmp_path: Path) -> None:
    """At once, in the write that deletes a message; and of what is swept, once it is."""

    def indexed() -> list[str]:
        with closing(apsw.Connection(str(tmp_path / "data" / "parhelion.db"))) as store:
            store.execute("create virtual table temp.terms using fts5vocab(main, message_words, row)")
            terms = store.execute("select term from temp.terms").fetchall()
            assert bool(terms) == bool(store.execute("select 1 from message_place limit 1").fetchall())
        return sorted(str(term).rpartition("_")[2] for (term,) in terms if not str(term).startswith("_"))

    async def story(server: Inside, house: House) -> None:
        ada = await house.user()
        one, other = await house.conversation(ada), await house.conversation()
        secret = await house.say(one, text="secret word")
        await house.say(one, text="word")
        await house.say(other, text="more")
        assert indexed() == ["more", "secret", "word"]
        await server.done("DELETE", f"{one}/messages/{secret}")
        assert indexed() == ["more", "word"]
        await server.done("DELETE", f"{one}/messages")
        await server.afterwards()
        assert indexed() == ["more"]
        await server.done("DELETE", other)
        await server.afterwards()
        assert indexed() == []
        await house.say(one, user=ada, text="ada")
        await server.done("DELETE", f"{house.app}/users/{ada}")
        await server.afterwards()
        assert indexed() == []

    tell(tmp_path, story)


def test_nothing_is_found_of_another_app_whatever_it_says(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        await house.say(await house.conversation(), text="ours hello")
        ours, place = server.app_id, (await house.conversation()).rpartition("/")[2]
        server.app_id = (await server.done("POST", "/v2/apps", {"displayName": "theirs"}))["app"]["id"]
        theirs = House(server)
        for text in (f"{ours}_hello", f"x {ours}_ours _{place}", f'hello" {ours}_hello" OR "'):
            await theirs.say(await theirs.conversation(), text=text)
        assert len(await found(server, "hello")) == 2
        assert await found(server, f"{ours} hello") == [f'hello" {ours}_hello" OR "', f"{ours}_hello"]
        assert (await ask(server, "hello", conversationId=place))[0] == 404
        for query in (f"{ours}_ours", f"zzz OR {ours}_ours", f"zzz | {ours}_ours", f"_{place}"):
            status, answer = await ask(server, query)
            assert status == 200
            assert all("ours hello" not in json.dumps(each) for each in answer["results"])
        server.app_id = ours
        assert await found(server, "hello") == ["ours hello"]

    tell(tmp_path, story)


def test_a_conversation_is_searched_by_itself(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        places = [await house.conversation() for _ in range(3)]
        for number, place in enumerate(places):
            await house.say(place, text=f"tea {number}")
        for number, place in enumerate(places):
            assert await found(server, "tea", conversationId=place.rpartition("/")[2]) == [f"tea {number}"]
        for wrong in ("", "0" * 24, "' or 1=1 --", "*"):
            status, answer = await ask(server, "tea", conversationId=wrong)
            assert (status, answer["errors"][0]["code"]) == (404, "conversation_not_found"), wrong

    tell(tmp_path, story)


HOSTILE = (
    *('"', '""', '"hello', "hello*", "*", "hel* OR *", "NEAR(hello x)", "hello NEAR/2 world", "words : hello"),
    *("hello AND", "NOT hello", "AND OR NOT", "^hello", "{hello}", "(", ")", "())(", "hello & !", "hello <-> x"),
    *("-hello", "!hello", "hello:*", "a\\", "'", "''; drop table message; --", "%", "_", "hello_", ":a", "$1", "-0x1"),
    *("👍🏽", "❤️", "\u0301", "\u200d", "\ufeff", "\u202e", "ﷺ", "½", "ǅ", "İ", "\U0010ffff", "ที่", "हिन्दी", "한국어"),
    *("\t\n", "1e999", "a b c d e f g h i j k l m n o p q r s t u v w x y z", "x" * 200, "0" * 200, "é" * 100),
)


def test_no_query_is_answered_with_a_fault_of_the_server(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        place = await house.conversation()
        texts = [each for each in (*HOSTILE, "hello") if each.strip()]
        for text in texts:
            await house.say(place, text=text)
        for query in HOSTILE:
            status, answer = await ask(server, query)
            assert status == (200 if asked_for(query) else 400), (query, answer)
            if status == 200:
                expected = [text for text in reversed(texts) if has(text, query)]
                assert [each["message"]["content"]["text"] for each in answer["results"]] == expected[:25], query
        assert (await ask(server, "\ud800"))[0] == 400
        for raw in (
            "query=%00",
            "query=%ff%fe",
            "query[a]=b",
            "query=a&page[after]=x",
            "query",
            "",
            "query=%ED%A0%80a",
        ):
            assert (await server.ask("GET", f"/parhelion/v1/apps/{server.app_id}/search?{raw}"))[0] in (200, 400), raw

    tell(tmp_path, story)


def has(text: str, query: str) -> bool:
    """Found without an index: each word of the query stands in the text, or begins one that does."""
    words = words_of([text]).split(" ")

    def matches(asked: str) -> bool:
        begins = asked.removesuffix(BEGINNING)
        return any(word.startswith(begins) for word in words) if begins != asked else asked in words

    return all(map(matches, asked_for(query)))


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "query: "),
        ("?!", "query: should have a word in it, of letters or digits"),
        ("x" * 201, "query: "),
        (" ".join(map(str, range(10, 43))), "query: should have at most 32 words"),
    ],
)
def test_a_query_that_cannot_be_searched_for_is_refused_by_name(tmp_path: Path, query: str, why: str) -> None:
    async def story(server: Inside, _: House) -> None:
        status, answer = await ask(server, query)
        assert (status, answer["errors"][0]["code"]) == (400, "bad_request")
        assert answer["errors"][0]["title"].startswith(why)
        for wrong in ("z" * 24, "G" * 24, "'" * 24):
            status, answer = await ask(server, "tea", **{"page[after]": wrong})
            assert (status, answer["errors"][0]["title"].partition(":")[0]) == (400, "page"), wrong

    tell(tmp_path, story)


def test_pages_lead_to_older_ones_and_back(tmp_path: Path) -> None:
    async def story(server: Inside, house: House) -> None:
        places = [await house.conversation() for _ in range(3)]
        texts = [f"tea number{number}" for number in range(10)]
        for number, text in enumerate(texts):
            await house.say(places[number % 3], text=text)
        met: list[str] = []
        status, answer = await ask(server, "tea num", **{"page[size]": "3"})
        while True:
            assert status == 200, answer
            met += [each["message"]["content"]["text"] for each in answer["results"]]
            if "links" not in answer or "next" not in answer["links"]:
                break
            path = answer["links"]["next"].removeprefix("http://inside")
            assert quote("tea num") in path.replace("+", "%20")
            status, answer = await server.ask("GET", path)
        assert met == texts[::-1]
        assert not answer["meta"]["hasMore"]
        _, before = await server.ask("GET", answer["links"]["prev"].removeprefix("http://inside"))
        assert [each["message"]["content"]["text"] for each in before["results"]] == texts[1:4][::-1]
        _, first = await ask(server, "tea", **{"page[size]": "1"})
        [newest], cursor = first["results"], first["meta"]["afterCursor"]
        await server.done("DELETE", f"{places[0]}/messages/{newest['message']['id']}")
        after = {"page[after]": cursor, "page[size]": "1"}
        assert await found(server, "tea", **after) == ["tea number8"]  # a cursor outlives its message

    tell(tmp_path, story)


WORDS = st.lists(
    st.sampled_from(["tea", "teapot", "Tee", "té", "coffee", "東京", "東", "x"]), min_size=1, max_size=3
).map(" ".join)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 1), WORDS),
        st.tuples(st.just("say"), st.integers(0, 1), WORDS),
        st.tuples(st.just("delete"), st.integers(0, 1), st.integers(0, 5)),
        st.tuples(st.just("clear"), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("sweep"), st.just(0), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(stories=st.lists(ACTS, min_size=2, max_size=2), queries=st.lists(WORDS, min_size=1, max_size=4))
def test_exactly_that_is_found_which_a_look_at_every_message_finds(
    tmp_path_factory: pytest.TempPathFactory, stories: list[list[Any]], queries: list[str]
) -> None:
    """Two act at once, each in two conversations of their own."""

    async def act(house: House, places: list[str], acts: list[Any]) -> None:
        said: dict[str, list[str]] = {place: [] for place in places}
        for what, which, how in acts:
            place = places[which]
            if what == "say":
                said[place].append(await house.say(place, text=how))
            elif what == "delete" and said[place]:
                await house.server.done("DELETE", f"{place}/messages/{said[place].pop(how % len(said[place]))}")
            elif what == "clear":
                await house.server.done("DELETE", f"{place}/messages")
                said[place].clear()
            elif what == "sweep":
                await house.server.afterwards()

    async def story(server: Inside, house: House) -> None:
        places = [[await house.conversation() for _ in range(2)] for _ in stories]
        await asyncio.gather(*(act(house, each, acts) for each, acts in zip(places, stories, strict=True)))
        here = [message for place in chain(*places) for message in (await messages(server, place))]
        for query in queries:
            expected = [text for id, text in sorted(here, reverse=True) if has(text, query)]
            assert await found(server, query, **{"page[size]": "100"}) == expected
        for place in chain(*places):
            its = [text for id, text in reversed(await messages(server, place)) if has(text, queries[0])]
            assert await found(server, queries[0], conversationId=place.rpartition("/")[2]) == its[:25]

    tell(tmp_path_factory.mktemp("search"), story)


async def messages(server: Inside, place: str) -> list[tuple[str, str]]:
    found = (await server.done("GET", f"{place}/messages"))["messages"]
    return [(each["id"], each["content"]["text"]) for each in found]


# -- messages from before there were words ----------------------------------------------------------------------------

FORGET = Write("all", (Step("update message set words = null"),), {})


def test_messages_from_before_are_indexed_afterwards_while_others_come_and_go(tmp_path: Path) -> None:
    """As an older program leaves them. Some cannot be read at all."""

    async def story(server: Inside, house: House) -> None:
        place = (await house.conversation()).rpartition("/")[2]
        old = [f"{number:024x}" for number in range(1, 2600)]
        bodies = {id: json.dumps(message(id, f"old n{int(id, 16)}")).encode() for id in old}
        bodies[old[0]] = b"{"
        insert = Step(
            "insert into message (app_id, conversation_id, id, body) values (:app, :conversation, :id, :body)"
        )
        write = server.engines.database.write
        values = {"app": server.app_id, "conversation": place}
        await asyncio.gather(*(write(Write(id, (insert,), values | {"id": id, "body": bodies[id]})) for id in old))
        assert await found(server, "old") == []
        path = f"{house.app}/conversations/{place}"
        new = await house.say(path, text="new")
        await asyncio.gather(
            *(server.afterwards() for _ in range(3)),
            server.done("DELETE", f"{path}/messages/{old[-1]}"),
            house.say(path, text="old but new"),
        )
        await server.afterwards()
        assert await rows.search.unread(server.engines.database, 1) == []
        assert (await found(server, "old"))[:2] == ["old but new", f"old n{len(old) - 1}"]
        assert await found(server, "n2") != []
        assert await found(server, f"n{len(old)}") == []
        assert await found(server, "new", conversationId=place) == ["old but new", "new"]
        await server.done("DELETE", f"{path}/messages/{new}")

    tell(tmp_path, story)


def message(id: str, text: str) -> dict[str, Any]:
    author = {"type": "business"}
    return {
        "id": id,
        "received": "2026-01-01T00:00:00.000Z",
        "author": author,
        "content": {"type": "text", "text": text},
    }


def test_a_server_that_was_killed_while_it_indexed_goes_on_when_it_is_started_again(serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    place = app.conversation()
    for number in range(300):
        app.say(place, f"tea number{number}")
    server.kill()

    async def forget() -> None:
        from tests.inside import engines

        async with engines(server.data) as opened:
            await opened.database.write(FORGET)

    asyncio.run(forget())
    server.start()
    server.kill()  # at once
    server.start()
    with Client(server.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        until = time.monotonic() + 30
        while len(list(client.search.iterate("tea"))) < 300:
            assert time.monotonic() < until
        texts = [each.message.content.text for each in client.search.iterate("tea")]  # type: ignore[union-attr]
    assert texts == [f"tea number{number}" for number in reversed(range(300))]


def test_what_was_answered_is_found_after_the_server_was_killed(serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    place = app.conversation()
    app.say(place, "tea for two")
    gone = app.say(place, "tea for three")["id"]
    app.delete(f"{app.messages(place)}/{gone}")
    server.kill()
    server.start()
    with Client(server.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        assert [each.message.content.text for each in client.search.iterate("tea")] == ["tea for two"]  # type: ignore[union-attr]


# -- stores that are copied, or kept in memory ------------------------------------------------------------------------


@pytest.mark.engine("postgresql")
def test_copies_find_the_same(tmp_path: Path) -> None:
    """From a file into a PostgreSQL, and from there into a file."""
    shared = chosen.fresh()
    asyncio.run(fill(lambda: Sqlite(tmp_path / "parhelion.db")))
    (tmp_path / "back").mkdir()
    for source, target in ((f"sqlite:{tmp_path}", shared), (shared, f"sqlite:{tmp_path / 'back'}")):
        done = copy(source, target)
        assert done.returncode == 0, done.stderr
    from parhelion.server.databases.postgres import Postgres

    for opened in (lambda: Sqlite(tmp_path / "back" / "parhelion.db"), lambda: Postgres(shared)):
        assert asyncio.run(search_in(opened)) == FOUND


@pytest.mark.embedded
def test_a_copied_file_finds_the_same(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    asyncio.run(fill(lambda: Sqlite(tmp_path / "here" / "parhelion.db")))
    done = copy(f"sqlite:{tmp_path / 'here'}", f"sqlite:{tmp_path / 'there'}")
    assert done.returncode == 0, done.stderr
    assert asyncio.run(search_in(lambda: Sqlite(tmp_path / "there" / "parhelion.db"))) == FOUND


@pytest.mark.embedded
def test_an_image_of_a_store_in_memory_has_its_index() -> None:
    async def story() -> None:
        image = await fill(SqliteInMemory)
        assert await search_in(lambda: SqliteInMemory(image)) == FOUND

    asyncio.run(story())


APP, PLACE = "a" * 24, "c" * 24
FOUND = ["tea 9", "tea 6", "tea 3"]


async def fill(make: Callable[[], Database]) -> bytes:
    database = make()
    try:
        await database.migrate(migrations.scripts())
        await database.write(rows.apps.create(APP, b"{}", 0, 0))
        await database.write(
            rows.conversations.create(APP, PLACE, "sdkGroup", [], b"{}", 0, "", default=False, alone=False)
        )
        for number in range(10):
            text = f"{'coffee' if number % 3 or not number else 'tea'} {number}"
            id = f"{number:024x}"  # all of them begin alike, as ids of one second do elsewhere
            post = rows.messages.post(APP, PLACE, id, 0, text.encode(), [], words=words_of([text]))
            await database.write(post)
        return database.image() if isinstance(database, SqliteInMemory) else b""
    finally:
        await database.close()


async def search_in(make: Callable[[], Database]) -> list[str]:
    database = make()
    try:
        await database.open(migrations.scripts())
        found = await rows.search.page(database, APP, "", asked_for("tea"), rows.search.NEWEST, 50, back=False)
        return [bytes(body).decode() for _, _, body in found]
    finally:
        await database.close()


# -- through the clients ----------------------------------------------------------------------------------------------


def test_both_clients_walk_through_all_that_is_found(live: Live, app: Caller) -> None:
    place = app.conversation()
    for number in range(30):
        app.say(place, f"tea {number}")
    expected = [f"tea {number}" for number in reversed(range(30))]
    how = {"app_id": app.app_id, "key_id": app.key_id, "secret": app.secret}
    with Client(live.url, **how) as client:
        assert [each.message.content.text for each in client.search.iterate("tea")] == expected  # type: ignore[union-attr]
        page = client.search.messages("tea 7", conversation_id=place)
        assert [each.conversation_id for each in page.results] == [place]
        assert [piece.text for piece in page.results[0].highlight if piece.matched] == ["tea", "7"]
        with pytest.raises(BadRequest, match="query"):
            client.search.messages("?")
        with pytest.raises(ConversationNotFound):
            client.search.messages("tea", conversation_id="nowhere")

    async def story() -> list[Any]:
        async with AsyncClient(live.url, **how) as client:
            return [each.message.content async for each in client.search.iterate("tea")]

    assert [each.text for each in asyncio.run(story())] == expected
