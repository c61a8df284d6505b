"""Any story of posts, deletes and lists reads as two sorted lists would, also to somebody who reads along."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st

from tests.inside import Clock, Inside, inside

NUMBERS = st.integers(0, 400)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["post", "post", "delete", "clear", "before", "after", "tick", "back"]),
        st.integers(0, 1),
        NUMBERS,
    ),
    min_size=1,
    max_size=20,
)


class Model:
    """One conversation, as a list."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.here: list[str] = []
        self.ever: list[str] = []
        self.gone: set[str] = set()

    def cursor(self, number: int) -> str:
        return self.ever[number % len(self.ever)] if self.ever else "0" * 24

    def remove(self, *ids: str) -> None:
        self.gone.update(ids)
        self.here = [id for id in self.here if id not in self.gone]


async def read_along(server: Inside, model: Model) -> None:
    """Walks backwards while the others act: nothing twice, in order, and nothing missed that was there all along."""
    there = set(model.here)
    met = await server.walk(model.path)
    assert met == sorted(set(met), reverse=True)
    assert there - model.gone <= set(met)


async def act(server: Inside, model: Model, what: str, number: int) -> None:
    cursor = model.cursor(number)
    if what == "post":
        new = sorted(await asyncio.gather(*[server.say(model.path) for _ in range(number % 120)]))
        assert len(set(new)) == len(new)
        assert not model.ever or not new or new[0] > model.ever[-1]
        model.here += new
        model.ever += new
    elif what == "delete":
        expected = 200 if cursor in model.here else 404
        model.remove(cursor)
        assert (await server.ask("DELETE", f"{model.path}/{cursor}"))[0] == expected
    elif what == "clear":
        model.remove(*model.here)
        await server.done("DELETE", model.path)
    elif what == "tick":
        server.clock.seconds += number / 100
        await server.afterwards()
    elif what == "back":
        server.clock.seconds -= number / 10
    else:
        page = await server.done("GET", f"{model.path}?page[{what}]={cursor}")
        check_page(model, what, cursor, page)


def check_page(model: Model, what: str, cursor: str, page: Any) -> None:
    before = [id for id in model.here if id < cursor]
    after = [id for id in model.here if id > cursor]
    side = before if what == "before" else after
    found = [message["id"] for message in page["messages"]]
    assert found == (side[-100:] if what == "before" else side[:100])
    assert page["meta"]["hasMore"] == (len(side) > 100)
    if found:
        assert ("beforeCursor" in page["meta"]) == any(id < found[0] for id in model.here)
        assert ("afterCursor" in page["meta"]) == any(id > found[-1] for id in model.here)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_any_story_reads_as_a_sorted_list_would(acts: list[tuple[str, int, int]]) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with inside(Path(folder), Clock()) as server:
                models = [Model(await server.conversation()) for _ in range(2)]
                for what, which, number in acts:
                    # The other conversation is read and written at the same time; this one is read along.
                    other = models[1 - which]
                    beside = act(server, other, "post", number % 7)
                    await asyncio.gather(
                        act(server, models[which], what, number),
                        read_along(server, models[which]),
                        beside,
                        read_along(server, other),
                    )
                for model in models:
                    assert (await server.walk(model.path))[::-1] == model.here
                    assert model.ever == sorted(set(model.ever))
                await server.afterwards()
                assert await server.count("message") == sum(len(model.here) for model in models)
                assert await server.count("conversation_to_sweep") == 0

    asyncio.run(story())
