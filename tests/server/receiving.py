"""Whoever receives webhooks: a web server on a loopback socket that answers as it is told to; and an app that tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parhelion.server import rows
from parhelion.server.commands import Engines
from parhelion.server.dispatch.posting import Poster
from parhelion.server.dispatch.webhooks import Webhooks
from parhelion.server.ports import Step, Write, milliseconds
from parhelion.server.rows.events import Told, telling
from parhelion.server.rules.targets import Reach
from tests.inside import Inside, inside

HERE = Reach(loopback=True)
LANES = "abcdefghijklmnop"  # conversations, each in a lane of its own
ALL = 1000


@dataclass
class Got:
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def event(self) -> str:
        return str(self.json["events"][0]["id"])


Tell = Callable[..., None]
Answered = Callable[[Got], Awaitable["int | str"]]  # a status, or all that is said


class Receiver:
    """Answers 200, until it is told otherwise."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.at_once = self.most_at_once = 0
        self.answer: int | str | Answered = 200
        self.url = ""
        self._more = asyncio.Condition()

    @property
    def events(self) -> list[str]:
        """Ids of the events, in the order in which they came."""
        return [got.event for got in self.got]

    async def has(self, several: int) -> None:
        """Wait until so many requests have come."""
        async with self._more, asyncio.timeout(10):
            await self._more.wait_for(lambda: len(self.got) >= several)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := (await reader.readline()).decode():
                headers: dict[str, str] = {}
                while said := (await reader.readline()).decode().strip():
                    name, _, value = said.partition(": ")
                    headers[name.lower()] = value
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                await self._respond(Got(line.strip(), headers, body), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _respond(self, got: Got, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with self._more:
                self.got.append(got)
                self._more.notify_all()
            answer = self.answer if isinstance(self.answer, int | str) else await self.answer(got)
        finally:
            self.at_once -= 1
        if isinstance(answer, int):
            answer = f"HTTP/1.1 {answer} Said\r\nContent-Length: 2\r\n\r\nok"
        writer.write(answer.encode("latin-1"))
        await writer.drain()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver at work."""
    receiver = Receiver()
    connections: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?key=hidden"
    try:
        yield receiver
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@dataclass
class Office:
    """An app that tells, and who sends it on."""

    server: Inside
    poster: Poster
    opened: AsyncExitStack
    workers: list[Webhooks] = field(default_factory=list)

    @property
    def app(self) -> str:
        return f"/v2/apps/{self.server.app_id}"

    @property
    def database(self) -> Any:
        return self.server.engines.database

    async def receiver(self) -> Receiver:
        return await self.opened.enter_async_context(receiving())

    async def new_app(self) -> str:
        """The id of a further app."""
        return str((await self.server.done("POST", "/v2/apps", {"displayName": "further"}))["app"]["id"])

    async def hook(self, target: str, *triggers: str, app: str = "", **more: Any) -> dict[str, Any]:
        """A webhook of a new custom integration; `integration` is the id of that."""
        said = {"target": target, "triggers": triggers or ("conversation:message",), **more}
        path = f"/v2/apps/{app or self.server.app_id}/integrations"
        made = await self.server.done("POST", path, {"type": "custom", "webhooks": [said]})
        integration = made["integration"]
        return {**integration["webhooks"][0], "integration": integration["id"]}

    def path(self, hook: dict[str, Any]) -> str:
        return f"{self.app}/integrations/{hook['integration']}/webhooks/{hook['id']}"

    async def tell(
        self,
        *conversations: str,
        type: str = "conversation:message",
        body: bytes | None = None,
        app: str = "",
        users: bool = False,
    ) -> list[str]:
        """One event in each of these conversations, told by a write of its own. The ids of the events.

        `users`: they are users instead, and the events are about no conversation.
        """
        ids: list[str] = []
        for conversation in conversations:
            ids.append(id := self.server.engines.ids.next())
            event = {"id": id, "type": type, "createdAt": "2026-01-01T00:00:00Z", "payload": {"is": conversation}}
            told = Told(id, type, "" if users else conversation, conversation, body or json.dumps(event).encode())
            app = app or self.server.app_id
            small = Write(conversation, (Step("update app set id = id where id = :app", "gone"),), {"app": app})
            await self.database.write(telling(small, app, milliseconds(self.server.clock()), [told]))
        return ids

    def worker(self, engines: Engines | None = None, **how: Any) -> Webhooks:
        """Somebody who sends, on a clock that stands still, with dice that show the middle."""
        engines = engines or self.server.engines
        made = Webhooks(
            engines.database, engines.vault, engines.clock, self.poster, engines.tally, **{"dice": lambda: 0.5} | how
        )
        self.workers.append(made)
        return made

    async def once(self) -> None:
        """Send all that is due, by somebody new."""
        worker = self.worker()
        await worker.once()
        await worker.close()

    async def waiting(self, hook: dict[str, Any], *states: str) -> list[dict[str, Any]]:
        """Deliveries in these states, in the order of events; by default those that are not done."""
        names = ("position", "event", "type", "conversation", "created_at", "attempts", "next_at", "failed_at")
        names += ("arrived_at", "answer")
        found: list[dict[str, Any]] = []
        for state in states or ("pending", "failed"):
            page = await rows.deliveries.page(self.database, self.server.app_id, hook["id"], state, 0, ALL, back=False)
            found += [dict(zip(names, row, strict=True)) for row in page]
        for each in found:
            each["answer"] = None if each["answer"] is None else json.loads(each["answer"])
        return sorted(found, key=lambda each: int(each["position"]))


@asynccontextmanager
async def office(folder: Path, timeout: float = 10.0) -> AsyncIterator[Office]:
    """`timeout`: seconds that receivers have."""
    async with inside(folder / "data", reach=HERE) as server, AsyncExitStack() as opened:
        poster = Poster(HERE, timeout=timeout)
        opened.push_async_callback(poster.close)
        made = Office(server, poster, opened)
        try:
            yield made
        finally:
            for worker in made.workers:
                await worker.close()


def tell_in(folder: Path, story: Callable[[Office], Awaitable[None]], timeout: float = 10.0) -> None:
    """Run a story in an office over a folder. `timeout` as of `office`."""

    async def told() -> None:
        async with office(folder, timeout) as opened, asyncio.timeout(50):
            await story(opened)

    asyncio.run(told())
