"""An app for a test, and who speaks to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self

from ..client import Client, Timeout
from .receiver import Named, Receiver

if TYPE_CHECKING:
    from ..client import AsyncClient, Request, Response
    from ..client.http_async import AsyncHttpStream

WAYS = ("key_id", "secret", "token", "credentials")  # to say who asks: one of them takes the place of the app's key


class App:
    """An app with a key (of scope app), on a server for tests. `Server.create_app` and `parhelion_app` make it.

    `id` is the app's, `key_id` and `secret` are its key's, `url` is the server's. Clients and receivers that it gave
    are closed with it; the app itself goes when the server is reset.

        with server.create_app() as app:
            client = app.client()
            user = client.users.create(UserCreateBody(external_id="ada")).user
    """

    def __init__(self, url: str, id: str, key_id: str, secret: str, *, proxy: Literal[False] | None = None) -> None:
        self.url, self.id, self.key_id, self.secret = url, id, key_id, secret
        self._proxy = proxy
        self._given: list[Client | Receiver] = []

    @property
    def environment(self) -> dict[str, str]:
        """PARHELION_URL, PARHELION_APP_ID, PARHELION_KEY_ID and PARHELION_SECRET, for a program to be tested.

        for name, value in parhelion_app.environment.items():
            monkeypatch.setenv(name, value)

        subprocess.Popen([sys.executable, "bot.py"], env=os.environ | app.environment)
        """
        return {
            "PARHELION_URL": self.url,
            "PARHELION_APP_ID": self.id,
            "PARHELION_KEY_ID": self.key_id,
            "PARHELION_SECRET": self.secret,
        }

    def client(self, **options: Any) -> Client:
        """A new Client for this app. `options` are its own: `retries=0`, `timeout=2`, `headers={...}`, `token=...`.

        Errors: those of `Client`.

            client = app.client(retries=0)
        """
        client = Client(self.url, **self._as_asked(options))
        self._given.append(client)
        return client

    def async_client(self, **options: Any) -> AsyncClient:
        """A new AsyncClient for this app, with `options` as of `client`. Close it where it was used.

        Errors: those of `AsyncClient`.

            async with app.async_client() as client:
                await client.messages.post(conversation_id, "Hello!")
        """
        from ..client import AsyncClient  # brings asyncio with it

        return AsyncClient(self.url, **self._as_asked(options))

    def receiver(
        self,
        *,
        triggers: Iterable[Named] = ("*",),
        signed: bool = False,
        include_full_user: bool = False,
        include_full_source: bool = False,
    ) -> Receiver:
        """A new Receiver, with a webhook of this app that points to it.

        The webhook hears of everything ("*"), or of these triggers. With `signed` a request without a signature is
        refused, as a bot does that believes in nobody else. The other two are the webhook's.

        Limits: ten webhooks an app. Errors: `BadRequest`.

            with app.receiver(triggers=["conversation:message"]) as receiver:
                client.messages.post(conversation, "Hello!")
                event = receiver.wait_for("conversation:message")
        """
        made = Receiver(
            self.client(),
            triggers=triggers,
            signed=signed,
            include_full_user=include_full_user,
            include_full_source=include_full_source,
        )
        self._given.append(made)
        return made

    def close(self) -> None:
        """Close the clients and receivers that it gave: the receivers first, since they delete their webhooks.

        app.close()
        """
        given, self._given = self._given, []
        for each in sorted(given, key=lambda each: isinstance(each, Client)):
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"App({self.url!r}, id={self.id!r}, key_id={self.key_id!r}, secret=...)"

    def _as_asked(self, options: dict[str, Any]) -> dict[str, Any]:
        known: dict[str, Any] = {"app_id": self.id}
        if not any(options.get(way) is not None for way in WAYS):
            known |= {"key_id": self.key_id, "secret": self.secret}
        if options.get("transport") is None:
            known["proxy"] = self._proxy
        return known | options


class Unkept:
    """An async transport that keeps no connection: each request has its own, closed in the loop that opened it.

    So whoever holds the client need not be there when the loop ends, as a fixture is not. About a millisecond a call.
    """

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """As `Transport.send`."""
        from ..client import AsyncHttpTransport

        once = AsyncHttpTransport(proxy=False)
        try:
            return await once.send(request, timeout)
        finally:
            await once.close()

    async def stream(self, request: Request, timeout: Timeout) -> AsyncHttpStream:
        """As `StreamingTransport.stream`: a stream has a connection of its own at all times."""
        from ..client import AsyncHttpTransport

        return await AsyncHttpTransport(proxy=False).stream(request, timeout)

    async def close(self) -> None:
        """Nothing is left to close."""
