"""What is left of conversations and people that are gone, and how long messages are kept, on a clock that is held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.dispatch import afterwards
from parhelion.server.ports import Refused
from tests.inside import Inside, inside
from tests.server.house import House

Story = Callable[[Inside], Coroutine[Any, Any, None]]
Tell = Callable[[Story], None]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    def run(story: Story) -> None:
        async def told() -> None:
            async with inside(tmp_path / "data") as server:
                await story(server)

        asyncio.run(told())

    return run


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few rows at a time that every sweep takes several steps."""
    monkeypatch.setattr(rows.gone.up_to, "__defaults__", (3,))
    monkeypatch.setattr(rows.gone.files, "__defaults__", (2,))
    monkeypatch.setattr(rows.messages.sweep, "__defaults__", (3,))
    monkeypatch.setattr(afterwards, "SEVERAL", 2)
    monkeypatch.setattr(afterwards, "LOOK", 2)


def test_nothing_of_a_deleted_conversation_is_left(tell: Tell, tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        ada, bob = await house.user(), await house.user()
        place = await house.conversation(ada, bob)
        conversation = place.rpartition("/")[2]
        for number in range(10):
            await house.say(place, ada if number % 2 else "")
        await house.show(place, await house.upload("for=message"), bob)
        for _ in range(5):
            await house.show(place, await house.upload(f"conversationId={conversation}"))
        await server.done("DELETE", f"{place}/messages")
        await house.say(place)
        await server.done("POST", f"{place}/leave", {"userId": bob})
        await server.done("DELETE", place)
        assert (await house.counts()).keys() >= {"message", "attachment", "conversation_gone"}
        await server.afterwards()
        assert await house.counts() == {}
        assert house.files(tmp_path) == 0
        assert await server.count("client") == 2, "clients are their users', not the conversation's"

    tell(story)


def test_what_belongs_to_other_conversations_stays(tell: Tell, tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        ada = await house.user()
        place, other = await house.conversation(ada), await house.conversation(ada)
        shared, plain = await house.upload("for=message"), await house.upload("")
        theirs = await house.upload(f"conversationId={other.rpartition('/')[2]}")
        for url in (shared, plain, theirs):
            await house.show(place, url)
        said = [await house.say(other), await house.show(other, shared)]
        await server.done("DELETE", place)
        await server.afterwards()
        assert await server.walk(f"{other}/messages") == said[::-1]
        assert await server.count("attachment") == house.files(tmp_path) == 3
        [left] = (await server.done("GET", f"{other}/participants"))["participants"]
        assert (left["userId"], len(left["clientAssociations"])) == (ada, 1)
        await server.done("DELETE", f"{other}/messages/{said[1]}")
        await server.afterwards()
        assert await server.count("attachment") == house.files(tmp_path) == 2, "nothing shows the shared one now"

    tell(story)


def test_a_user_who_is_deleted_takes_what_they_said_in_groups_along(tell: Tell, tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        ada, bob = await house.user(), await house.user()
        group = await house.conversation(ada, bob)
        personal = await house.conversation(ada, type="personal")
        await house.say(personal, ada)
        stays: list[str] = []
        for number in range(15):
            if number % 3:
                stays.append(await house.say(group, bob if number % 2 else ""))
            else:
                await house.say(group, ada)
        await house.show(group, await house.upload("for=message"), ada)
        stays.append(await house.show(group, await house.upload("for=message"), bob))
        await server.done("DELETE", f"{group}/messages/{stays.pop(0)}")
        await server.done("DELETE", f"{house.app}/users/{ada}")
        assert (await server.ask("GET", f"{personal}/messages"))[0] == 404
        await server.afterwards()
        assert (await server.walk(f"{group}/messages"))[::-1] == stays
        assert house.files(tmp_path) == 1
        assert await house.counted(group) == len(stays), "there is room again for what is gone"
        await server.done("DELETE", group)
        await server.afterwards()
        assert await house.counts() == {}

    tell(story)


def test_what_a_gone_author_said_counts_once_also_when_all_is_cleared_meanwhile(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        ada = await house.user()
        group = await house.conversation(ada)
        for _ in range(4):
            await house.say(group, ada)
        await server.done("DELETE", f"{group}/messages")
        for _ in range(2):
            await house.say(group, ada)
        stays = await house.say(group)
        await server.done("DELETE", f"{house.app}/users/{ada}")
        await server.afterwards()
        assert await server.walk(f"{group}/messages") == [stays]
        assert await house.counted(group) == 1 == await server.count("message")

    tell(story)


def test_a_sweep_that_was_cut_off_anywhere_is_done_by_the_next(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        ada = await house.user()
        group, place = await house.conversation(ada), await house.conversation(ada)
        conversation = place.rpartition("/")[2]
        for number in range(8):
            await house.say(group, ada if number % 2 else "")
            await house.show(place, await house.upload(f"for=message&conversationId={conversation}"), ada)
        await server.done("DELETE", place)
        await server.done("DELETE", f"{house.app}/users/{ada}")
        real, steps = server.engines.database.write, 0

        def stops_after(several: int) -> None:
            async def write(change: Any) -> Any:
                nonlocal several
                if not several:
                    raise asyncio.CancelledError
                done = await real(change)
                several -= 1
                return done

            monkeypatch.setattr(server.engines.database, "write", write)

        while True:  # each round does one step, and is then cut off
            stops_after(1)
            steps += 1
            try:
                await server.afterwards()
            except asyncio.CancelledError:
                continue
            break
        assert steps > 10
        assert len(await server.walk(f"{group}/messages")) == 4
        assert await house.counts() == {"conversation": 1, "message": 4}
        assert house.files(tmp_path) == 0

    tell(story)


def test_several_processes_sweep_at_once(tell: Tell, tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        async with beside(tmp_path) as other:
            house = House(server)
            ada, bob = await house.user(), await house.user()
            groups = [await house.conversation(ada, bob) for _ in range(3)]
            places = [await house.conversation(ada) for _ in range(3)]
            for place in (*groups, *places):
                for number in range(12):
                    await house.say(place, ada if number % 2 else "")
            for place in places:
                await server.done("DELETE", place)
            await server.done("DELETE", f"{house.app}/users/{ada}")
            await asyncio.gather(*[each.afterwards() for each in (server, other, server, other)])
            for place in groups:
                assert len(await server.walk(f"{place}/messages")) == 6
                assert await house.counted(place) == 6
            assert await house.counts() == {
                "conversation": 3,
                "participant": 3,
                "client_association": 3,
                "message": 18,
            }

    tell(story)


@asynccontextmanager
async def beside(folder: Path) -> AsyncIterator[Inside]:
    """A second process over the same data."""
    async with inside(folder / "data") as other:
        yield other


def test_a_file_that_comes_too_late_for_its_conversation_is_not_kept(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        place = await house.conversation()
        conversation = place.rpartition("/")[2]
        await server.done("DELETE", place)
        await server.afterwards()
        # As when the conversation went between the question whether it is there and the write.
        write = rows.attachments.create("x", server.app_id, conversation, "a.png", "image/png", 1, 0, for_message=False)
        with pytest.raises(Refused):
            await server.engines.database.write(write)
        assert await server.count("attachment") == 0

    tell(story)


def test_a_conversation_that_is_idle_for_exactly_as_long_as_messages_are_kept_is_cleared(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        await house.retain(3600)
        ada = await house.user()
        places = [await house.conversation(ada) for _ in range(5)]
        for place in places:
            await house.say(place, ada)
        before = await server.done("GET", places[0])
        server.clock.seconds += 3600 - 0.001
        assert [await house.kept(place) for place in places] == [1] * 5
        server.clock.seconds += 0.001
        assert [await house.kept(place) for place in places] == [0] * 5
        assert await server.count("message") == 0
        assert await server.done("GET", places[0]) == before, "the conversation and its last update stay"
        assert len((await server.done("GET", f"{places[0]}/participants"))["participants"]) == 1
        await house.say(places[0])
        assert await house.kept(places[0]) == 1

    tell(story)


def test_a_message_keeps_the_whole_conversation_alive(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        await house.retain(3600)
        place = await house.conversation()
        for number in range(5):
            await house.say(place)
            server.clock.seconds += 3599
            assert await house.kept(place) == number + 1
        server.clock.seconds += 1
        assert await house.kept(place) == 0

    tell(story)


def test_zero_and_unset_keep_messages_for_ever(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        place = await house.conversation()
        await house.say(place)
        server.clock.seconds += 10**9
        assert await house.kept(place) == 1
        await house.retain(3600)
        await house.say(place)
        await house.retain(0)
        server.clock.seconds += 10**9
        assert await house.kept(place) == 2

    tell(story)


def test_what_was_idle_before_the_setting_is_left_alone_until_somebody_speaks(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        place = await house.conversation()
        await house.say(place)
        server.clock.seconds += 10
        await house.retain(3600)
        server.clock.seconds += 10**7
        assert await house.kept(place) == 1
        await house.say(place)
        server.clock.seconds += 3600
        assert await house.kept(place) == 0

    tell(story)


def test_another_apps_conversations_are_kept(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        here = House(server)
        place = await here.conversation()
        await here.say(place)
        server.app_id = (await server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        other = House(server)
        elsewhere = await other.conversation()
        await other.say(elsewhere)
        await other.retain(60)
        await other.say(elsewhere)
        server.clock.seconds += 60
        assert [await other.kept(elsewhere), await here.kept(place)] == [0, 1]

    tell(story)


def test_files_that_were_uploaded_for_messages_go_with_them(tell: Tell, tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        await house.retain(60)
        place = await house.conversation()
        await house.show(place, await house.upload("for=message"))
        await house.show(place, await house.upload(""))
        server.clock.seconds += 60
        assert await house.kept(place) == 0
        assert house.files(tmp_path) == await server.count("attachment") == 1

    tell(story)


def test_a_conversation_somebody_spoke_in_meanwhile_is_not_cleared(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        await house.retain(60)
        place = await house.conversation()
        conversation = place.rpartition("/")[2]
        await house.say(place)
        last = round(server.clock.seconds * 1000)
        server.clock.seconds += 60
        await house.say(place)
        for late in (
            rows.gone.expire(server.app_id, conversation, last, 60, last),  # somebody spoke
            rows.gone.expire(server.app_id, conversation, last + 60_000, 61, last),  # the setting is another one
        ):
            with pytest.raises(Refused):
                await server.engines.database.write(late)
        assert await house.kept(place) == 2

    tell(story)


def test_one_worker_looks_for_idle_conversations_once_a_minute(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        house = House(server)
        await house.retain(10)
        place = await house.conversation()
        worker = afterwards.Afterwards(server.engines.database, server.engines.media, server.clock)
        await worker.once()
        await house.say(place)
        for seconds, kept in ((11, 1), (48, 1), (1, 0)):
            server.clock.seconds += seconds
            await worker.once()
            assert len(await server.walk(f"{place}/messages")) == kept
        server.clock.seconds += 10**6
        await worker.once()
        server.clock.seconds -= 10**6  # a clock that was wrong is set right
        await house.say(place)
        server.clock.seconds += 60
        await worker.once()
        assert await server.walk(f"{place}/messages") == []

    tell(story)
