"""parhelion serve: bind, open the store, say where, answer until told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import uvicorn
import uvloop

from ..server.assemble import serving
from ..server.commands import Engines
from ..server.http.protocol import BoundedProtocol
from ..server.rows import apps
from ..server.rules.targets import Reach

FILES = 65_536
GRACE = 10  # seconds that requests under way have when the server is stopped
ALLOWED = {"loopback": "at this machine", "private": "into private networks"}

Ready = Callable[[str, Engines], Awaitable[None]]


def serve(host: str, port: int, data: Path, public_url: str | None, allowed: Sequence[str] = ()) -> int:
    """Run until SIGINT or SIGTERM. `allowed`: "loopback", "private"."""
    reach, usual = reach_of(host, allowed), reach_of(host)

    async def ready(url: str, engines: Engines) -> None:
        print(f"Parhelion is ready at {url} (data in {data}). Ctrl-C stops it.", flush=True)
        if more := [words for word, words in ALLOWED.items() if getattr(reach, word) > getattr(usual, word)]:
            print(f"Whoever has a key may point webhooks {' and '.join(more)}.", flush=True)
        if not await apps.page(engines.database, "", 1, back=False):
            print(f"There is no app yet. Create one:  parhelion app create --data {data} --name 'My app'", flush=True)

    return uvloop.run(run(host, port, data, public_url, reach, ready))


def reach_of(host: str, allowed: Sequence[str] = ()) -> Reach:
    """Where webhooks may point: at this machine without a word, when nobody but this machine can reach the server."""
    alone = host.lower() == "localhost"
    with suppress(ValueError):
        alone = ip_address(host).is_loopback
    return Reach(private="private" in allowed, loopback=alone or "loopback" in allowed)


async def run(host: str, port: int, data: Path, public_url: str | None, reach: Reach, ready: Ready) -> int:
    """Serve, calling `ready` with the address once requests are answered."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # what is malformed is told to who sent it
    _allow_connections()
    with _bound(host, port) as listening:
        async with serving(data, public_url, reach=reach) as app:
            config = uvicorn.Config(
                app,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                proxy_headers=False,  # who stands before us is said with --public-url, not by each request
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
            await _Server(config, lambda: ready(_url(listening), app.engines)).serve(sockets=[listening])
    return 0


class _Server(uvicorn.Server):
    """uvicorn, which says when it answers, and which returns when it is told to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._ready()

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


def _allow_connections() -> None:
    """As many as the system lets us have: each connection, stream and delivery is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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
