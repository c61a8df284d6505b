"""A server for tests, and its controls: what `client.testing` says, in the words of a test."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Self

from ..client import Client, Nobody
from ..wire import AppAndKeyBody, ClockMove, Fault, NotFound, SettleBody, Snapshot
from .app import App

if TYPE_CHECKING:
    from .hosting import Host

EXTRA = "The server is an extra: pip install 'parhelion[testing]'"
APART = 30.0  # seconds beside those that the server itself may take to settle


class Server:
    """A server for tests. `Server.start()` begins one in this process, `Server.at(url)` is one that runs elsewhere.

    `url` is its address, `client` a Client that steers it (`client.testing`), without an app and without credentials;
    `clock` and `faults` are for tests. From as many threads as you like. A child made by fork may use it, and does not
    end it.

        with Server.start() as server, server.create_app() as app:
            app.client().users.create(UserCreateBody(external_id="ada"))
            server.clock.advance(60)
    """

    def __init__(self, url: str, host: Host | None = None) -> None:
        self.url = url
        self._host = host
        self._proxy: Literal[False] | None = None if host is None else False
        self.client = Client(url, credentials=Nobody(), proxy=self._proxy)
        self.clock = Clock(self.client)
        self.faults = Faults(self.client)

    @classmethod
    def start(cls) -> Server:
        """Begin a server in this process, on a free port of 127.0.0.1, in a thread with an event loop of its own.

        When this returns it answers. It holds everything in memory, webhooks may point to this machine, and it lives
        until `close`, or until the process ends. Any number may run. About 0.3 s for the first.

        Errors: ModuleNotFoundError, which says what to install, when the extra `server` is missing; and whatever keeps
        it from listening.

            with Server.start() as server:
                print(server.url)
        """
        try:
            from .hosting import Host  # brings the server with it
        except ModuleNotFoundError as missing:
            if (missing.name or "").startswith("parhelion"):
                raise
            raise ModuleNotFoundError(f"{missing}. {EXTRA}", name=missing.name) from None
        host = Host()
        host.start()
        return cls(host.url, host)

    @classmethod
    def at(cls, url: str) -> Server:
        """A server that was started elsewhere, with `parhelion serve --testing`. Needs no extra.

        One that is only just starting is waited for, for a few seconds. Closing this lets go of its connections; the
        server goes on.

        Errors: ValueError when the one at `url` is not for tests, or `url` is no address; `NoAnswer` when none is.

            server = Server.at("http://127.0.0.1:8000")
            server.reset()
        """
        server = cls(url)
        try:
            server.client.testing.get_clock()
        except NotFound:
            server.close()
            raise ValueError(f"{url} is no server for tests: start it with --testing") from None
        except BaseException:
            server.close()
            raise
        return server

    def create_app(self, name: str | None = None) -> App:
        """A new app, with a key of scope app. `name` is its display name, of 1 to 100 characters; "test" by default.

        Errors: `BadRequest` for a name that is too long or empty.

            app = server.create_app("Support")
            print(app.id, app.environment)
        """
        made = self.client.testing.create_app(None if name is None else AppAndKeyBody(display_name=name))
        return App(self.url, made.app.id, made.key.id, made.key.secret or "", proxy=self._proxy)

    def reset(self) -> None:
        """Begin anew: apps, keys, messages, files, faults and snapshots are gone, and the clock is real.

        No webhook of before is sent any more, and streams end.

            server.reset()
        """
        self.client.testing.reset()
        if self._host is not None:
            self._host.forget()

    def snapshot(self) -> Snapshot:
        """Keep what there is at this moment, with faults and clock, to `restore` it as often as wanted until a reset.

        Limits: 100 at a time. Errors: `BadRequest` beyond that.

            app = server.create_app()
            fill(app.client())
            filled = server.snapshot()
        """
        return self.client.testing.take_snapshot().snapshot

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot: what happened since is gone, and no webhook of it is sent. Keys of then work again.

        A Receiver that was made since has no webhook any more.

        Errors: `NotFound` when the server was reset since.

            server.restore(filled)
        """
        self.client.testing.restore_snapshot(snapshot.id)

    def settle(self, timeout: float = 5.0) -> None:
        """Wait until nothing is under way: no delivery that is due, and nothing to clear away. `timeout` in seconds.

        What waits for a later attempt is not due: `clock.advance` makes it so.

        Limits: 60 seconds. Errors: TimeoutError; `BadRequest` for a timeout that cannot be.

            client.messages.post(conversation, "Hello!")
            server.settle()
            assert len(receiver.requests) == 1
        """
        patient = self.client.with_options(timeout=timeout + APART) if timeout > 0 else self.client
        if not patient.testing.settle(SettleBody(timeout=timeout)).settled:
            raise TimeoutError(
                f"Something was still under way after {timeout:g} s: a delivery, or what is cleared away"
            )

    def close(self) -> None:
        """End the server, if it was started here, and its thread. Closing it again does nothing.

        server.close()
        """
        self.client.close()
        if self._host is not None:
            self._host.close()

    def told(self) -> str:
        """The last requests it answered, a line each: for the report of a test that failed. "" for one elsewhere.

        print(server.told())
        """
        return "" if self._host is None else self._host.told()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Server({self.url!r})"


class Clock:
    """What the server takes for the time. It runs, like any other, until a test moves or freezes it.

    Tokens, codes and Idempotency-Keys expire by it, and retention and webhooks' retries go by it. How long a connection
    takes is real time.

        server.clock.freeze()
        message = client.messages.post(conversation, "Hello!").messages[0]
        assert message.received == server.clock.now()
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def now(self) -> datetime:
        """The server's time, in UTC.

        print(server.clock.now())
        """
        return self._client.testing.get_clock().clock.now

    def time(self) -> float:
        """The same in seconds since 1970, as time.time() has it: for whoever is to go by the server's clock.

        Signatures of webhooks do not: they are dated by the real one, as their receivers are.

            limits = RateLimiter(clock=server.clock.time)
        """
        return self.now().timestamp()

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._client.testing.get_clock().clock.frozen

    def advance(self, seconds: float | timedelta) -> datetime:
        """Move it forward, by seconds or by a timedelta; what it is then. A frozen one stays frozen.

        Webhooks' retries that became due have been begun when this returns, and what expired is gone: `Server.settle`
        waits until they are done.

        Errors: ValueError for going back, which `set` does.

            server.clock.advance(60)
            server.clock.advance(timedelta(days=30))
        """
        length = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        if not (length >= 0 and math.isfinite(length)):
            raise ValueError(f"advance goes forward, by seconds or a timedelta, not by {seconds!r}")
        return self._client.testing.move_clock(ClockMove(advance=length)).clock.now

    def set(self, to: datetime) -> datetime:
        """Set it, forward or back; what it is then.

        Limits: the years 2000 to 2099. Errors: ValueError for a time without a zone, `BadRequest` beyond the limits.

            server.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
        """
        return self._client.testing.move_clock(ClockMove(to=_zoned(to))).clock.now

    def freeze(self, at: datetime | None = None) -> datetime:
        """Let it stand still, now or at a time; what it is then. `advance` and `set` move it all the same.

        Errors: those of `set`.

            server.clock.freeze()
        """
        to = None if at is None else _zoned(at)
        return self._client.testing.move_clock(ClockMove(to=to, frozen=True)).clock.now

    def unfreeze(self) -> datetime:
        """Let it run on from where it stands; what it is then.

        server.clock.unfreeze()
        """
        return self._client.testing.move_clock(ClockMove(frozen=False)).clock.now

    def __repr__(self) -> str:
        return f"<the clock of {self._client!r}>"


class Faults:
    """The rules by which the server's answers go wrong. They are tried in the order in which they were added.

    What webhooks are sent is not an answer of the server: `Receiver.answer` lets that go wrong. Controls never do.

        server.faults.add("PostMessage", status=503, times=2)
        server.faults.add("*", drop="after", probability=0.1, seed=1)
        client.messages.post(conversation, "Hello!")
        for fault in server.faults:
            print(fault.operation, "struck", fault.seen, "times")
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(
        self,
        operation: str = "*",
        *,
        status: int | None = None,
        drop: Literal["before", "after"] | None = None,
        delay: float | None = None,
        times: int | None = None,
        probability: float = 1.0,
        seed: int | None = None,
        code: str | None = None,
        title: str | None = None,
        retry_after: int | None = None,
        method: Literal["GET", "POST", "PATCH", "DELETE"] | None = None,
        path: str | None = None,
        app_id: str | None = None,
    ) -> Fault:
        """Let requests go wrong from now on; the rule, with its id.

        Which: `operation` is an operation's id, such as "PostMessage", or "FetchAttachment", or "*" for all; `method`,
        `path` (in which `*` stands for anything) and `app_id` narrow it.

        What: `status` (400 to 599) is answered, with `code`, `title` and `retry_after` (seconds); or `drop` closes the
        connection without an answer, "before" anything was done or "after" it was. `delay` waits so many seconds first,
        60 at the most, and may stand alone.

        How often: `times`, or without end; with a `probability` below 1 by dice, which `seed` makes fall the same way.
        Every attempt counts: a Client makes more than one, and asks once more at once where a kept connection is closed
        on it. With `retries=0` and without `times` it is sure to fail.

        Limits: 100 rules. Errors: `BadRequest` for a rule that could do nothing or says two things at once.

            fault = server.faults.add("PostMessage", status=429, retry_after=1, times=1)
        """
        rule = Fault(
            operation=operation,
            method=method,
            path=path,
            app_id=app_id,
            status=status,
            code=code,
            title=title,
            retry_after=retry_after,
            drop=drop,
            delay=delay,
            probability=probability,
            times=times,
            seed=seed,
        )
        return self._client.testing.add_fault(rule).fault

    def remove(self, fault: Fault | str) -> None:
        """Take a rule away, or the one with this id.

        Errors: `NotFound` when it is gone already.

            server.faults.remove(fault)
        """
        self._client.testing.remove_fault(fault if isinstance(fault, str) else fault.id or "")

    def clear(self) -> None:
        """Take all rules away.

        server.faults.clear()
        """
        self._client.testing.clear_faults()

    def __iter__(self) -> Iterator[Fault]:
        """All rules, in their order, with how often each has struck (`seen`)."""
        return iter(self._client.testing.list_faults().faults)

    def __repr__(self) -> str:
        return f"<the faults of {self._client!r}>"


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: say tzinfo=UTC")
    return moment
