"""What a server does is right by `parhelion check`: while it is busy, and after any story."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st

from parhelion.cli.check import check
from parhelion.cli.looking import Sight, findings
from parhelion.server.assemble import Store, soundness_of, stock_of
from parhelion.server.ports import Finding
from tests.cli.test_check import foreign
from tests.engines import chosen
from tests.everything import MULTIPART, everything, upload
from tests.inside import Clock, Inside, inside
from tests.live import Caller, Live

SECONDS = 4.0


def stored(data: Path) -> Store:
    return Store(data, chosen.database(data))


async def wrong(data: Path, clock: Callable[[], float] = time.time) -> list[Finding]:
    rows = soundness_of(stored(data))
    try:
        sight = Sight(stored(data), rows, stock_of(stored(data)), clock, lambda _, __, ___: None)
        return [each async for each in findings(sight) if each.wrong]
    finally:
        await rows.close()


class Busy:
    """Somebody who never rests: posts, deletes, clears, uploads, joins and leaves, in apps that come and go."""

    def __init__(self, account: Caller) -> None:
        self._account, self._over = account, threading.Event()
        self.done, self.failed = 0, list[str]()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(3)]
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        self._over.set()
        for each in self._threads:
            each.join(60)

    def _work(self, number: int) -> None:
        try:
            while not self._over.is_set():
                self._app(number)
        except Exception as trouble:  # noqa: BLE001 - told by the test, not in a thread
            self.failed.append(repr(trouble))

    def _app(self, number: int) -> None:
        app = self._account.post("/v2/apps", {"displayName": "busy"}).json["app"]["id"]
        me = Caller(self._account.url, self._account.key_id, self._account.secret, app)
        hook = {"target": "http://127.0.0.1:9/hook", "triggers": ["conversation:message", "user:remove"]}
        bot = me.post(f"{me.app}/integrations", {"type": "custom", "displayName": "bot", "webhooks": [hook]})
        for turn in range(4):
            user = me.user(externalId=f"{number} {turn}")
            group, own = me.conversation(user), me.conversation(user, type="personal")
            ids = [me.say(group, f"word{each} hello")["id"] for each in range(6)]
            file = me.upload(b"x" * 100, query="access=public&for=message").json["attachment"]["mediaUrl"]
            shown = me.say(group, "see", type="image", mediaUrl=file)["id"]
            me.say(own, "hello")
            me.delete(f"{me.messages(group)}/{ids[0]}")
            me.delete(f"{me.messages(group)}/{shown}")
            if turn % 2:
                me.delete(me.messages(group))
                me.say(group, "again")
            if turn == 2:
                me.delete(f"{me.app}/conversations/{group}")
            if turn == 3:
                me.delete(f"{me.app}/users/{user}")
            self.done += 1
            if self._over.is_set():
                break
        me.delete(f"{me.app}/integrations/{bot.json['integration']['id']}")
        me.delete(me.app)


def test_a_busy_server_is_clean_whenever_it_is_looked_at(serve: Callable[..., Live]) -> None:
    server = serve("--allow-targets", "loopback")
    account = server.account()

    def ask(method: str, path: str, body: Any) -> Any:
        said = {"content-type": MULTIPART} if isinstance(body, bytes) else {}
        return account.send(method, path, body, said).json

    everything(ask)
    busy = Busy(account)
    try:
        until, looks = time.monotonic() + SECONDS, 0
        while time.monotonic() < until or looks < 3:
            assert asyncio.run(wrong(server.data)) == []
            looks += 1
    finally:
        busy.stop()
    assert not busy.failed
    assert busy.done >= 3
    assert asyncio.run(wrong(server.data)) == []


def test_a_repair_beside_a_busy_server_takes_nothing_that_is_right(serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    conversation = app.conversation()
    said = [app.say(conversation, f"hello {number}")["id"] for number in range(5)]
    over = threading.Event()

    def post() -> None:
        while not over.is_set():
            said.append(app.say(conversation)["id"])

    poster = threading.Thread(target=post)
    poster.start()
    try:
        for _ in range(2):
            foreign(server.data, "update conversation set message_count = message_count + 7")
            assert check(stored(server.data), repair=True, yes=True) == 0
    finally:
        over.set()
        poster.join(60)
    assert foreign(server.data, "select message_count, last_message_id from conversation") == [(len(said), said[-1])]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "user",
                "group",
                "own",
                "post",
                "post",
                "show",
                "delete",
                "clear",
                "leave",
                "gone",
                "forget",
                "keep",
                "bot",
            ]
        ),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=25,
)


async def act(server: Inside, here: dict[str, list[str]], what: str, number: int) -> None:
    """One thing that a program may do; what there is none of is left out."""
    app = f"/v2/apps/{server.app_id}"

    def one(of: str) -> str | None:
        return here[of][number % len(here[of])] if here[of] else None

    user, talk = one("users"), one("talks")
    if what == "user":
        made = await server.done(
            "POST", f"{app}/users", {"externalId": f"{len(here['users'])}-{number}-{server.clock()}"}
        )
        here["users"].append(made["user"]["id"])
        server.clock.seconds += 1
    elif what == "bot":
        hook = {"target": "https://example.org/x", "triggers": ["conversation:message"]}
        await server.ask("POST", f"{app}/integrations", {"type": "custom", "displayName": "b", "webhooks": [hook]})
    elif what in {"group", "own"} and user is not None:
        kind = {"group": "sdkGroup", "own": "personal"}[what]
        part = {"userId": user, "subscribeSDKClient": number % 2 == 0 or kind == "personal"}
        status, made = await server.ask("POST", f"{app}/conversations", {"type": kind, "participants": [part]})
        if status < 300:
            here["talks"].append(made["conversation"]["id"])
    elif what == "keep":
        await server.ask("PATCH", app, {"settings": {"conversationRetentionSeconds": 259200}})
        server.clock.seconds += 300_000 * (number % 2)
        await server.afterwards()
    elif what == "forget" and user is not None:
        await server.ask("DELETE", f"{app}/users/{user}")
    elif talk is not None:
        await converse(server, f"{app}/conversations/{talk}", user, what, number)


async def converse(server: Inside, talk: str, user: str | None, what: str, number: int) -> None:
    author = {"type": "user", "userId": user} if number % 2 and user else {"type": "business"}
    said = {"author": author, "content": {"type": "text", "text": f"word{number} hello"}}
    if what == "post":
        await server.ask("POST", f"{talk}/messages", said)
    elif what == "show":
        form = f"/v2/apps/{server.app_id}/attachments?access=public&for=message"
        _, made = await server.ask("POST", form, upload(), content_type=MULTIPART)
        shown = {"type": "file", "mediaUrl": made["attachment"]["mediaUrl"]}
        await server.ask("POST", f"{talk}/messages", said | {"content": shown})
    elif what == "delete":
        _, page = await server.ask("GET", f"{talk}/messages")
        for each in page.get("messages", [])[-1:]:
            await server.ask("DELETE", f"{talk}/messages/{each['id']}")
    elif what == "clear":
        await server.ask("DELETE", f"{talk}/messages")
    elif what == "leave" and user is not None:
        await server.ask("POST", f"{talk}/leave", {"userId": user})
    elif what == "gone":
        await server.ask("DELETE", talk)


@settings(max_examples=12, deadline=None)
@given(ACTS)
def test_any_story_leaves_a_clean_store(acts: list[tuple[str, int]]) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            async with inside(data, Clock()) as server:
                here: dict[str, list[str]] = {"users": [], "talks": []}
                for what, number in acts:
                    await act(server, here, what, number)
                assert await wrong(data, server.clock) == [], "with work left to do"
                await server.afterwards()
                assert await wrong(data, server.clock) == []

    asyncio.run(story())
