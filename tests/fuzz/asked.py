"""The server that is fuzzed: the real application over SQLite inside this process, and an app with one of everything.

A socket would cost more than the request; what can go wrong on one is tested elsewhere, in server/test_protocol.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import tests.loopback  # noqa: F401 - what is sent to webhooks stays here
from parhelion.operations import AppKeys
from parhelion.server.assemble import Store, serving
from parhelion.server.commands import OPERATOR, Context, app_keys, oauth
from parhelion.server.http import Application
from parhelion.server.rules.targets import Reach
from tests.everything import MULTIPART, Things, device, everything
from tests.live import Caller

BASE = "http://inside"
BACK = "https://example.org/back"
SOON, AT_LAST = 6, 150  # requests until there is a new app, when something of it is gone; and when it is only worn


class Answer(NamedTuple):
    status: int
    headers: dict[str, list[str]]
    body: bytes


@dataclass
class Asked:
    """Somebody who has every kind of key to an app that has everything."""

    application: Application
    loop: asyncio.AbstractEventLoop
    context: Context  # of the operator, on the server's own machine
    account: str
    partner: oauth.OAuthClient
    dice: Random
    things: Things = field(default_factory=dict)
    gone: bool = False
    since: int = AT_LAST

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """One request, as it would come off a socket."""
        parts = urlsplit(url)
        sent: list[dict[str, Any]] = []
        arrived = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(arrived, {"type": "http.disconnect"})

        async def answer(message: Any) -> None:
            sent.append(message)

        said = {"host": "inside", "content-length": str(len(body))} | headers
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in said.items()],
        }
        self.loop.run_until_complete(self.application(scope, receive, answer))
        found: dict[str, list[str]] = {}
        for name, value in sent[0]["headers"]:
            found.setdefault(name.decode(), []).append(value.decode())
        return Answer(sent[0]["status"], found, b"".join(each["body"] for each in sent[1:]))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request that must not be refused, with the account's key."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = MULTIPART if isinstance(body, bytes) else "application/json"
        answer = self.send(method, BASE + path, {"authorization": self.account, "content-type": kind}, raw)
        assert answer.status < 300, (method, path, answer)
        return json.loads(answer.body)

    def fresh(self) -> Things:
        """The things there are to ask for; now and then new ones, when some are gone."""
        self.since += 1
        if self.since > (SOON if self.gone else AT_LAST):
            self.things, self.gone, self.since = everything(self.ask), False, 0
            self.loop.run_until_complete(self._brought())
        return self.things

    async def _brought(self) -> None:
        """What no operation makes."""
        await self.context.database.write(device(self.things))
        asking = oauth.Asking(self.partner.id, self.partner.name, BACK, None)
        self.things |= {
            "client_id": self.partner.id,
            "client_secret": oauth.client_secret(self.context.engines, self.partner.id),
            "redirect_uri": BACK,
            "code": await oauth.allow(self.context, asking, self.things["appId"]),
        }

    def authorization(self) -> dict[str, str]:
        """The account's key, most of the time."""
        things, cast = self.things, self.dice.random()
        if cast < 0.6:
            return {"authorization": self.account}
        if cast > 0.97:
            return {}
        kind = ("keyId", "secret") if cast < 0.8 else ("integrationKeyId", "integrationSecret")
        return {"authorization": Caller(BASE, *(things[each] for each in kind)).basic()}


@contextmanager
def asked(data: Path, seed: int) -> Iterator[Asked]:
    """A server over a folder, at work like one that is started."""
    with asyncio.Runner() as runner:
        loop, stack = runner.get_loop(), AsyncExitStack()
        application = loop.run_until_complete(
            stack.enter_async_context(serving(Store(data), BASE, reach=Reach(loopback=True)))
        )
        context = Context(application.engines, AppKeys.create, OPERATOR, "", "", "")
        key = loop.run_until_complete(app_keys.create_for_account(context, "fuzz"))
        partner = loop.run_until_complete(oauth.create_client(context, "fuzz", [BACK]))
        account = Caller(BASE, key.id, key.secret or "").basic()
        try:
            yield Asked(application, loop, context, account, partner, Random(seed))
        finally:
            loop.run_until_complete(stack.aclose())
