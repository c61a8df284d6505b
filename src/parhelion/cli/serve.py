"""parhelion serve: bind, open the store, say where, answer until told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_address
from types import FrameType
from typing import NamedTuple, cast

import uvicorn
import uvloop

from ..server.assemble import Rehearsal, Store, Watching, configured, counted, rehearsing, serving
from ..server.commands import Engines
from ..server.http import STEERING, Application
from ..server.http.accepting import Accepting, Sharing
from ..server.http.overload import Gate
from ..server.ports import UNWATCHED, Watch
from ..server.rows import apps
from ..server.rules.rates import Rates
from ..server.rules.targets import Reach
from ..server.watch.lines import report
from .settings import CONSOLE, ELSEWHERE, ON, Settings
from .watching import form_of, watching
from .workers import Inherited, Workers

log = logging.getLogger("parhelion.serve")
FILES = 65_536
ALLOWED = {"loopback": "at this machine", "private": "into private networks"}

SOME, NONE = b"+", b"-"  # what a worker says once it answers: whether there is an app

Ready = Callable[[str, Engines], Awaitable[None]]


class Bounds(NamedTuple):
    """How many may come, and how long a server that is told to stop goes on: see `Settings`."""

    connections: int = Settings.max_connections
    drain: float = Settings.drain  # seconds
    grace: float = Settings.grace  # seconds


BOUNDS = Bounds()


def serve(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM."""
    store, host, port, workers = settings.store, settings.host, settings.port, settings.workers
    needs(store, traces=settings.traces == ON)
    report(form_of(settings))
    numbers = counted(workers)
    rates = Rates(app=settings.rate_limit_app, key=settings.rate_limit_key)
    bounds = Bounds(settings.max_connections, settings.drain, settings.grace)
    reach, usual = reach_of(host, settings.allow_targets), reach_of(host)

    def tell(url: str, *, empty: bool) -> None:
        several = f", {workers} workers" if workers > 1 else ""
        print(f"Parhelion is ready at {url} (data in {store}{several}). Ctrl-C stops it.", flush=True)
        if more := [words for word, words in ALLOWED.items() if getattr(reach, word) > getattr(usual, word)]:
            print(f"Whoever has a key may point webhooks {' and '.join(more)}.", flush=True)
        if settings.dispatch == ELSEWHERE:
            print("Nothing is sent to webhooks from here: `parhelion dispatch` does it.", flush=True)
        if empty:
            how, where = "", f"--data {store.data} "
            if store.database is not None or store.master_key is not None:  # which may hold a password
                how, where = ", with the settings of this server", ""
            print(f"There is no app yet. Create one{how}:  parhelion app create {where}--name 'My app'", flush=True)
        if settings.console == ON:
            print(f"See it in a browser, with an app's key:  {settings.public_url or url}/console", flush=True)

    async def ready(url: str, engines: Engines) -> None:
        tell(url, empty=await _is_empty(engines))

    def work(inherited: Inherited) -> int:
        async def answers(_: str, engines: Engines) -> None:
            inherited.line.sendall(NONE if await _is_empty(engines) else SOME)

        return uvloop.run(one(answers, inherited))

    async def one(ready: Ready, inherited: Inherited | None = None) -> int:
        place = 0 if inherited is None else inherited.place
        with watching(settings, numbers, place, shown=_alone(host)) as seen:
            return await opened(ready, inherited, seen)

    def opened(ready: Ready, inherited: Inherited | None, seen: Watching) -> Coroutine[None, None, int]:
        opening = serving(
            store,
            settings.public_url,
            reach=reach,
            rates=rates,
            dispatch=settings.dispatch != ELSEWHERE,
            several=workers > 1,
            console=settings.console == ON,
            watching=seen,
            proxies=settings.trusted_proxies,
            audit_days=settings.audit_days,
        )
        return _answer(host, port, opening, ready, bounds, inherited, watch=seen.watch)

    if workers == 1:
        return uvloop.run(one(ready))
    with _bound(host, port) as listening:
        url = _url(listening)
        leaving = settings.drain + settings.grace
        keep = Workers(
            workers,
            listening,
            work,
            lambda said: tell(url, empty=said == NONE),
            leaving,
            lost=numbers.leave,
            say=None if form_of(settings) == CONSOLE else log.warning,
        )
        return keep.run()


def needs(store: Store, *, traces: bool = False) -> None:
    """Said once, before anything is opened, and not by each worker."""
    if traces and find_spec("opentelemetry.exporter") is None:
        raise ValueError("traces are an extra: pip install 'parhelion[otel]'")
    if store.bucket is not None and find_spec("obstore") is None:
        raise ValueError("attachments in a bucket are an extra: pip install 'parhelion[s3]'")
    if store.bus is not None and find_spec("nats") is None:
        raise ValueError("a bus is an extra: pip install 'parhelion[nats]'")


def rehearse(host: str, port: int, public_url: str | None, allowed: Sequence[str] = ()) -> int:
    """Run for tests until SIGINT or SIGTERM: in memory, with controls. `allowed`: as of `serve`."""
    reach = reach_of(host, allowed)

    async def ready(url: str, _: Engines) -> None:
        print(f"Parhelion is ready at {url} for tests (in memory). Ctrl-C stops it.", flush=True)
        print("All that it is told is lost at the end. Its controls need no credentials:", flush=True)
        print(f"  {url}{STEERING}  such as  curl -X POST {url}{STEERING}apps", flush=True)
        if not _alone(host):
            print(
                f"Whoever reaches {url} may do everything there: reset it, too, and have all that is in it.", flush=True
            )

    report("console")
    return uvloop.run(_answer(host, port, rehearsing(public_url, reach), ready))


async def _is_empty(engines: Engines) -> bool:
    return not await apps.page(engines.database, "", 1, back=False)


def reach_of(host: str, allowed: Sequence[str] = ()) -> Reach:
    """Where webhooks may point: at this machine without a word, when nobody but this machine can reach the server."""
    return Reach(private="private" in allowed, loopback=_alone(host) or "loopback" in allowed)


def _alone(host: str) -> bool:
    """Whether nobody but this machine can reach it."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host.lower() == "localhost"


async def run(
    host: str,
    port: int,
    store: Store,
    public_url: str | None,
    reach: Reach,
    ready: Ready,
) -> int:
    """Serve, calling `ready` with the address once requests are answered."""
    report("console")
    return await _answer(host, port, serving(store, public_url, reach=reach), ready)


async def _answer(
    host: str,
    port: int,
    opening: AbstractAsyncContextManager[Application | Rehearsal],
    ready: Ready,
    bounds: Bounds = BOUNDS,
    inherited: Inherited | None = None,
    watch: Watch = UNWATCHED,
) -> int:
    gate = Gate(_allowed_connections(bounds.connections), watch=watch)
    with _bound(host, port) if inherited is None else inherited.listening as listening:
        async with opening as app:
            config = configured(app, bounds.grace, gate)
            server = _Server(config, gate, bounds.drain, lambda: ready(_url(listening), app.engines), inherited)
            await server.serve(sockets=[listening])
    return 0


class _Server(uvicorn.Server):
    """uvicorn, which says when it answers, leaves when it is told to, and returns then.

    SIGTERM    /readyz says no, answers are the last of their connections; `drain` seconds later the stop begins
    SIGINT, or a second SIGTERM: at once
    """

    def __init__(
        self,
        config: uvicorn.Config,
        gate: Gate,
        drain: float,
        ready: Callable[[], Awaitable[None]],
        inherited: Inherited | None = None,
    ) -> None:
        super().__init__(config)
        self._gate, self._drain, self._ready, self._inherited = gate, drain, ready, inherited
        self._accepting: list[Accepting] = []

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and self._drain and not self._gate.leaving:
            self._gate.leaving = True
            asyncio.get_running_loop().call_later(self._drain, super().handle_exit, sig, frame)
        else:
            self._gate.leaving = True
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])
        made: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        protocol = partial(made, config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        if self._inherited is None:
            self._accepting = [Accepting(each, protocol) for each in sockets or ()]
        else:
            self._accepting = [self._join(self._inherited, protocol)]
        self.servers = [cast("asyncio.Server", each) for each in self._accepting]
        await self._ready()

    async def on_tick(self, counter: int) -> bool:
        for each in self._accepting:
            if isinstance(each, Sharing):
                each.tell()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in self._accepting:
            await each.end()
        await super().shutdown(sockets)

    def _join(self, inherited: Inherited, protocol: Callable[[], asyncio.Protocol]) -> Sharing:
        """Be one of those who answer, until the parent is there no more."""
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.remove_reader(inherited.line)
            self.should_exit = True

        loop.add_reader(inherited.line, end)
        return Sharing(inherited.listening, protocol, inherited.counts, inherited.place, self.server_state.connections)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        # uvicorn raises the signal again once it has stopped, which would end the process with the store still open.
        loop = asyncio.get_running_loop()
        in_charge = threading.current_thread() is threading.main_thread()
        ours = [signal.SIGINT, signal.SIGTERM] if in_charge else []
        for each in ours:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in ours:
                loop.remove_signal_handler(each)


def _allowed_connections(wanted: int) -> int:
    """As many as wanted, or as the system lets us have: each is an open file, and so are deliveries and uploads."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    needed = max(FILES, wanted * 4 // 3 + 1)
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if wanted <= (most := soft * 3 // 4):
        return wanted
    log.warning("%d connections at most, not %d: the system allows %d open files (ulimit -n)", most, wanted, soft)
    return most


@contextmanager
def _bound(host: str, port: int) -> Generator[socket.socket]:
    """Bound before the store is opened, so that a taken port changes nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            option = "--host" if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL else "--port"
            raise OSError(f"cannot listen on {host}:{port}: {error.strerror}. Choose another with {option}.") from None
        yield listening


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
