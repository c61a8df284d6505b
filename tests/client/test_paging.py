"""Going through pages."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from parhelion.client.paging import Walking
from parhelion.wire import App, AppListResponse, Message, MessageAuthor, MessageListResponse, Meta, Page, TextMessage
from parhelion.wire._wire import instant


def message(number: int) -> Message:
    return Message(
        id=f"{number:024x}", received=instant(0), author=MessageAuthor(type="user"), content=TextMessage(text="x")
    )


def walk(page: Page | None, answer: Any, most: int = 1000) -> list[Any]:
    walking = Walking(page)
    items: list[Any] = []
    for _ in range(most):
        if walking.page is None:
            return items
        items += walking.take(answer(walking.page))
    raise AssertionError("the walk does not end")


def history(numbers: list[int], size: int, *, flags: bool = True) -> Any:
    """A server with these messages; without flags it says nothing of hasMore."""
    ids = [f"{number:024x}" for number in numbers]

    def answer(page: Page) -> MessageListResponse:
        if page.after is not None:
            newer = [each for each in ids if each > (page.after or "")]
            found, more = newer[:size], len(newer) > size
        else:
            older = [each for each in ids if page.before is None or each < page.before]
            found, more = older[-size:], len(older) > size
        before = found[0] if found and found[0] != ids[0] else None
        after = found[-1] if found and found[-1] != ids[-1] else None
        return MessageListResponse(
            messages=[message(int(each, 16)) for each in found],
            meta=Meta(has_more=more if flags else None, before_cursor=before, after_cursor=after),
        )

    return answer


@given(st.sets(st.integers(0, 10**6), max_size=60), st.integers(1, 7), st.booleans())
def test_walking_back_meets_everything_once_newest_first(numbers: set[int], size: int, flags: bool) -> None:
    there = sorted(numbers)
    met = walk(None, history(there, size, flags=flags))
    assert [int(each.id, 16) for each in met] == there[::-1]


@given(st.sets(st.integers(1, 10**6), max_size=60), st.integers(1, 7))
def test_walking_forward_meets_everything_once_oldest_first(numbers: set[int], size: int) -> None:
    met = walk(Page(after="0" * 24), history(sorted(numbers), size))
    assert [int(each.id, 16) for each in met] == sorted(numbers)


def test_a_walk_may_start_anywhere() -> None:
    met = walk(Page(before=f"{3:024x}"), history([1, 2, 3, 4], 1))
    assert [int(each.id, 16) for each in met] == [2, 1]


def test_what_is_not_messages_is_walked_forward_with_its_size() -> None:
    asked: list[Page] = []

    def answer(page: Page) -> AppListResponse:
        asked.append(page)
        number = len(asked)
        more = number < 3
        return AppListResponse(
            apps=[App(id=f"a{number}"), App(id=f"b{number}")],
            meta=Meta(has_more=more, after_cursor=f"b{number}" if more else None),
        )

    assert [each.id for each in walk(Page(size=2), answer)] == ["a1", "b1", "a2", "b2", "a3", "b3"]
    assert asked == [Page(size=2), Page(size=2, after="b1"), Page(size=2, after="b2")]


def stubborn(meta: Any, messages: int = 1) -> Any:
    pages: list[int] = []

    def answer(page: Page) -> MessageListResponse:
        pages.append(1)
        found = [message(n) for n in range(messages)]
        return MessageListResponse(messages=found, meta=meta(len(pages)))

    answer.pages = pages
    return answer


def test_a_walk_ends_when_the_server_stands_still() -> None:
    still = stubborn(lambda n: Meta(has_more=True, before_cursor="x"))
    assert len(walk(None, still)) == 2
    assert len(walk(Page(before="x"), stubborn(lambda n: Meta(has_more=True, before_cursor="x")))) == 1


def test_a_walk_ends_when_the_server_goes_in_circles() -> None:
    assert len(walk(None, stubborn(lambda n: Meta(has_more=True, before_cursor="abc"[n % 3])))) == 4


def test_a_walk_ends_at_an_empty_page_that_promises_more() -> None:
    assert walk(None, stubborn(lambda n: Meta(has_more=True, before_cursor=str(n)), messages=0)) == []


def test_a_walk_ends_when_there_is_no_more_though_there_is_a_cursor() -> None:
    assert len(walk(None, stubborn(lambda n: Meta(has_more=False, before_cursor=str(n))))) == 1


def test_a_walk_ends_when_nothing_is_said_of_further_pages() -> None:
    assert len(walk(None, stubborn(lambda n: None))) == 1
    assert len(walk(None, stubborn(lambda n: Meta(has_more=True)))) == 1
