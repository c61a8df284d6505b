"""The work that a request makes stays what it is: counted, not timed.

Each row is a path that is hot, each column a measure, each figure a bound: for one request, or for one batch of them.
A change that does more fails here. If that is meant, write down what the failure says was seen, and some room for the
columns that have it. `pytest -s tests/server/test_work.py` prints all that is seen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
import uvloop

from tests.everything import MULTIPART, upload
from tests.server.counting import Go, Place, Work, place

pytestmark = pytest.mark.embedded

# reads    statements of the request, on the loop                                                              exactly
# beside   statements of the workers on the loop, for each request                                             exactly
# writes   statements of the thread that writes, with begin and commit                                         exactly
# commits  transactions: each waits for the disk                                                               exactly
# steps    instructions of SQLite's machine, for the request's reads and all writes                            + a tenth
# calls    of functions, in Python and in C: by the request's task, and by the package in the writing thread   + a 25th
# log      bytes by which the write-ahead log grows                                                            + a 25th
# held     bytes of Python's at once                                                                           + a tenth
# copies   bytes that come to be for each byte of the body, in pieces of 4 KB and more                         + a tenth
# kept     blocks of memory that stay after a request, in a batch too                                          none
# Each request is noted and counted, in 18 calls, and each group of writes in 10.
# A post is indexed: of its calls 54 find its words, of its steps 214 and of its log 14,500 bytes keep them. And it
# leaves a line in the audit log, as every change does: a statement, 17 calls, 40 steps, 700 bytes that are held, and
# 8,000 bytes of log, two pages, which a group of posts shares. Of its log 4,100 bytes, and 14 of its steps, are the
# index by which the event is found again when the message, or who wrote it, is erased.
BOUNDS = """
                                      reads beside writes commits  steps  calls     log     held copies kept
post, by the business                     1      0      7       1    502    359   56300    20500      -    0
post, by a user                           2      0      8       1    571    374   61400    21300      -    0
post, heard by the only webhook           1      -      7       1    576    361   69800        -      -    0
post, heard by one webhook of ten         1      -      7       1    576    361   69800        -      -    0
post, heard by ten webhooks               1      -      7       1   1290    361  156000        -      -    0
post, 64 at once                         64      0    322       1  31700  20800  713000  1430000      -    0
list, 100 messages                        1      0      0       0    700    105       0   180000   4.25    0
get a conversation                        1      0      0       0     57     89       0    14200      -    0
get, with id and secret to be checked     2      0      0       0     71    128       0    14700      -    0
get, with a JWT to be checked             2      0      0       0     71    750       0    17000      -    0
upload 5 MB                               0      0      4       1    109   2950   16600   103000   0.05    0
fetch 5 MB                                1      0      0       0     16   2100       0   600000   1.15    0
"""
EXACT = {"reads", "beside", "writes", "commits"}

FILE = (b"%PDF-1.7\n" + bytes(range(256)) * 20_480)[: 5 * 1024 * 1024]
PIECE = 64 * 1024  # as much as comes from a socket at once
BUSINESS = {"type": "business", "displayName": "Alice Smith", "avatarUrl": "https://example.org/avatars/smith.png"}
LINK = {"type": "link", "text": "Open", "uri": "https://example.org/o/1"}
TEXT = {"type": "text", "text": "Hello there, how may I help you today with your order?", "actions": [LINK]}
WEBHOOKS = 10  # as many as an app may have

Ready = Callable[[Place], Awaitable[Go]]
PATHS: dict[str, tuple[Ready, int]] = {}


def path(name: str, several: int = 16) -> Callable[[Ready], Ready]:
    """Under this name it stands in the table. So many are counted together: one that is late is rounded away."""

    def noted(ready: Ready) -> Ready:
        PATHS[name] = ready, several
        return ready

    return noted


async def conversation(where: Place, **more: Any) -> str:
    made = await where.made(f"{where.app}/conversations", {"type": "sdkGroup", **more})
    return str(made["conversation"]["id"])


def post(where: Place, conversation: str, author: dict[str, Any] | None = None) -> Go:
    body = json.dumps({"author": author or BUSINESS, "content": TEXT, "metadata": {"lang": "en", "k": "v1"}}).encode()
    address = f"{where.app}/conversations/{conversation}/messages"

    async def go() -> None:
        await where.ask("POST", address, [body])

    return go


def get(where: Place, address: str) -> Go:
    async def go() -> None:
        await where.ask("GET", address)

    return go


@path("post, by the business")
async def by_the_business(where: Place) -> Go:
    return post(where, await conversation(where))


@path("post, by a user")
async def by_a_user(where: Place) -> Go:
    profile = {"givenName": "Ada", "surname": "Lovelace"}
    user = (await where.made(f"{where.app}/users", {"externalId": "ada", "profile": profile}))["user"]["id"]
    return post(where, await conversation(where, participants=[{"userId": user}]), {"type": "user", "userId": user})


async def heard(where: Place, *triggers: str) -> Go:
    """By a webhook for each of the triggers."""
    told = await conversation(where)
    hooks = [{"target": f"https://example.org/{at}", "triggers": [each]} for at, each in enumerate(triggers)]
    for hook in hooks:
        integration = {"type": "custom", "displayName": "bot", "webhooks": [hook]}
        made = (await where.made(f"{where.app}/integrations", integration))["integration"]["webhooks"][0]["id"]
        await where.leave_to_others(made, told)
    return post(where, told)


@path("post, heard by the only webhook")
async def heard_by_the_only_one(where: Place) -> Go:
    return await heard(where, "conversation:message")


@path("post, heard by one webhook of ten")
async def heard_by_one_of_ten(where: Place) -> Go:
    return await heard(where, "conversation:message", *["conversation:read"] * (WEBHOOKS - 1))


@path("post, heard by ten webhooks")
async def heard_by_ten(where: Place) -> Go:
    return await heard(where, *["conversation:message"] * WEBHOOKS)


@path("post, 64 at once", several=4)
async def at_once(where: Place) -> Go:
    posts = [post(where, await conversation(where)) for _ in range(64)]

    async def go() -> None:
        await asyncio.gather(*(each() for each in posts))

    return go


@path("list, 100 messages")
async def a_list(where: Place) -> Go:
    full = await conversation(where)
    for _ in range(2):
        await asyncio.gather(*(post(where, full)() for _ in range(60)))
    return get(where, f"{where.app}/conversations/{full}/messages")


@path("get a conversation")
async def a_conversation(where: Place) -> Go:
    return get(where, f"{where.app}/conversations/{await conversation(where)}")


def checked(where: Place, go: Go) -> Go:
    """The same, when what was remembered of the credentials is too old."""

    async def later() -> None:
        where.clock.seconds += 2
        await go()

    return later


@path("get, with id and secret to be checked")
async def with_a_secret(where: Place) -> Go:
    return checked(where, await a_conversation(where))


@path("get, with a JWT to be checked")
async def with_a_jwt(where: Place) -> Go:
    key, secret = where.secret
    go = await a_conversation(where)
    where.authorization = f"Bearer {jwt.encode({'scope': 'app'}, secret, 'HS256', {'kid': key})}"
    return checked(where, go)


def film() -> list[bytes]:
    body = upload(FILE, "film.pdf")
    return [body[start : start + PIECE] for start in range(0, len(body), PIECE)]


@path("upload 5 MB", several=4)
async def an_upload(where: Place) -> Go:
    pieces = film()

    async def go() -> None:
        await where.ask("POST", f"{where.app}/attachments?access=public", pieces, MULTIPART)

    return go


@path("fetch 5 MB", several=4)
async def a_fetch(where: Place) -> Go:
    made = await where.ask("POST", f"{where.app}/attachments?access=public", film(), MULTIPART, keep=True)
    address = json.loads(made)["attachment"]["mediaUrl"].partition("inside")[2]
    assert await where.ask("GET", address, keep=True) == FILE
    return get(where, address)


def bounds() -> dict[str, dict[str, float | None]]:
    """By path and measure; None for what is not held to any."""
    head, *lines = BOUNDS.strip().splitlines()
    measures = head.split()
    found: dict[str, dict[str, float | None]] = {}
    for line in lines:
        name, *said = line.rsplit(maxsplit=len(measures))
        found[name] = {
            measure: None if figure == "-" else float(figure) for measure, figure in zip(measures, said, strict=True)
        }
    return found


def passed(name: str, work: Work, held_to: Mapping[str, float | None]) -> list[str]:
    """The bounds that are not kept, and what to do about it."""
    told: list[str] = []
    for measure, bound in held_to.items():
        figure = getattr(work, measure)
        if bound is not None and (figure != bound if measure in EXACT else figure > bound):
            may = "exactly" if measure in EXACT else "at most"
            told.append(
                f"{name}: {measure} should be {may} {bound:.9g}, and {figure:.9g} were counted. "
                f"If that is meant, say so in the table BOUNDS of tests/server/test_work.py."
            )
    return told


@pytest.fixture(scope="module", autouse=True)
def _head() -> None:
    print(f"\n{'':38}" + "".join(f"{measure:>9}" for measure in bounds()["post, by the business"]))


@pytest.mark.parametrize("name", PATHS)
def test_no_more_is_done_than_is_written_down(name: str, tmp_path: Path) -> None:
    async def counted() -> Work:
        ready, several = PATHS[name]
        async with place(tmp_path / "data") as where:
            return await where.count(await ready(where), several)

    with asyncio.Runner(debug=False, loop_factory=uvloop.new_event_loop) as runner:
        work = runner.run(counted())
    held_to = bounds()[name]
    figures = (f"{'-' if bound is None else f'{getattr(work, measure):.9g}':>9}" for measure, bound in held_to.items())
    print(f"\n{name:38}" + "".join(figures))
    if broken := passed(name, work, held_to):
        pytest.fail("\n".join(broken), pytrace=False)


def test_each_line_of_the_table_is_a_path_that_is_counted() -> None:
    assert [*bounds()] == [*PATHS]


@pytest.mark.parametrize(
    ("measure", "figure"), [("reads", 0), ("reads", 2), ("commits", 2), ("calls", 11), ("kept", 1)]
)
def test_what_passes_its_bound_is_told(measure: str, figure: int) -> None:
    held_to = {"reads": 1, "commits": 1, "calls": 10, "held": None, "kept": 0}
    kept = Work(reads=1, commits=1, calls=9, held=1000)
    assert passed("a path", kept, held_to) == []
    [told] = passed("a path", replace(kept, **{measure: figure}), held_to)
    assert told.startswith(f"a path: {measure} should be")
    assert f" {figure} were counted" in told
