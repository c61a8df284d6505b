"""The application called from inside its own process: all of it but the socket, on a clock that the test holds."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parhelion.server import assemble
from parhelion.server.assemble import Store
from parhelion.server.commands import Engines, handlers
from parhelion.server.dispatch.afterwards import Afterwards
from parhelion.server.http import Application
from parhelion.server.http.limiting import Held, Limiter
from parhelion.server.ports import UNWATCHED, Clock as AnyClock, Meters, Watch
from parhelion.server.rules.rates import UNLIMITED, Rates
from parhelion.server.rules.targets import OUTSIDE, Reach
from tests.engines import chosen


@dataclass
class Clock:
    """Stands still until the test moves it."""

    seconds: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Inside:
    """Somebody with an app key, an app of their own, and no network."""

    application: Application
    engines: Engines
    clock: Clock
    app_id: str = ""
    authorization: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # of the last answer

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """`body` is JSON unless it is bytes."""
        path, _, query = path.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        said = {"host": "inside", "authorization": self.authorization, "content-type": "application/json"}
        if raw:
            said["content-length"] = str(len(raw))
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in said.items()],
        }
        await self.application(scope, receive, send)
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], json.loads(b"".join(each["body"] for each in sent[1:]))

    async def done(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        status, answer = await self.ask(method, path, body, **headers)
        assert status < 300, answer
        return answer

    async def conversation(self) -> str:
        """The path of the messages of a new conversation."""
        path = f"/v2/apps/{self.app_id}/conversations"
        made = await self.done("POST", path, {"type": "sdkGroup"})
        return f"{path}/{made['conversation']['id']}/messages"

    async def say(self, messages: str, text: str = "hello") -> str:
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": text}}
        answer = await self.done("POST", messages, body)
        return str(answer["messages"][0]["id"])

    async def walk(self, messages: str) -> list[str]:
        """All ids by pages backwards, newest first, in the order they were met."""
        met: list[str] = []
        page = await self.done("GET", messages)
        while True:
            met += [message["id"] for message in reversed(page["messages"])]
            if not page["meta"]["hasMore"]:
                return met
            page = await self.done("GET", f"{messages}?page[before]={page['meta']['beforeCursor']}")

    async def afterwards(self) -> None:
        """Do what is left to do after commits."""
        await Afterwards(self.engines.database, self.engines.media, self.clock).once()

    async def count(self, table: str) -> int:
        row = await self.engines.database.read_one(f"select count(*) from {table}", {})
        assert row is not None
        return int(row[0])


def engines(
    data: Path,
    clock: AnyClock = time.time,
    reach: Reach = OUTSIDE,
    rates: Rates = UNLIMITED,
    watch: Watch = UNWATCHED,
) -> AbstractAsyncContextManager[Engines]:
    """Those over a data folder, with the rows wherever this run of the tests has them."""
    return assemble.engines(Store(data, chosen.database(data)), clock, reach, rates, watch)


@asynccontextmanager
async def inside(
    data: Path,
    clock: Clock | None = None,
    reach: Reach = OUTSIDE,
    rates: Rates = UNLIMITED,
    meters: Meters | None = None,
    **how: Any,
) -> AsyncIterator[Inside]:
    """A fresh application over a data folder, with an app in it. `how`: it is made, beside."""
    from parhelion.operations import AppKeys
    from parhelion.server.commands import OPERATOR, Context, app_keys

    clock = clock or Clock()
    async with engines(data, clock, reach, rates, how.get("watch", UNWATCHED)) as opened:
        app = Application(handlers, opened, limiter=Limiter(rates, meters or Held(), clock), **how)
        key = await app_keys.create_for_account(Context(opened, AppKeys.create, OPERATOR, "", "", ""), "test")
        basic = base64.b64encode(f"{key.id}:{key.secret}".encode()).decode()
        caller = Inside(app, opened, clock, authorization=f"Basic {basic}")
        caller.app_id = (await caller.done("POST", "/v2/apps", {"displayName": "test"}))["app"]["id"]
        yield caller
