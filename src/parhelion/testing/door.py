"""A small web server in threads, for a Receiver: a connection is one request, and closing it leaves nothing behind."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

STALLED = 10.0  # seconds that a caller may be silent in the middle of a request
LAST_WORDS = 5.0  # seconds that answers under way have at the end

Send = Callable[[int, str], None]  # a status, and a text
Handle = Callable[[str, str, dict[str, str], bytes, Send], None]  # method, path, headers, body; may not send at all


class Door(ThreadingHTTPServer):
    """On a free port of 127.0.0.1. Bound when it is made; `open` lets callers in, `close` ends it."""

    daemon_threads = True  # a program that ends without closing it is not held up
    allow_reuse_address = allow_reuse_port = False  # the port is a fresh one, and nobody else's
    request_queue_size = 128

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self._closing = threading.Event()
        self._answered = threading.Condition()
        self._connections = set[socket.socket]()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self._thread = threading.Thread(target=self._work, name=f"parhelion receiver {self.url}", daemon=True)

    def server_bind(self) -> None:
        """Without looking up what this machine is called, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def open(self) -> None:
        """Let callers in. Those that came before wait at the socket."""
        self._thread.start()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closing.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        if seconds:
            self._closing.wait(seconds)

    def close(self) -> None:
        """Let nobody in any more, let answers under way out, and let go of the port."""
        self._closing.set()
        if self._thread.is_alive():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server_port), LAST_WORDS):
                self._thread.join(LAST_WORDS)  # it waits for a caller: here is one
        with self._answered:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)  # who has not said all will not be heard
            self._answered.wait_for(lambda: not self._connections, LAST_WORDS)
        self.server_close()

    def _work(self) -> None:
        while not self.is_closed:
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - whoever it is
        """Nobody comes in at the end."""
        return not self.is_closed

    def process_request(self, request: Any, client_address: Any) -> None:
        """Known from before its thread begins, so that `close` misses none."""
        with self._answered:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The end of one connection, however it went."""
        super().shutdown_request(request)
        with self._answered:
            self._connections.discard(request)
            self._answered.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that is gone is no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    timeout = STALLED
    protocol_version = "HTTP/1.1"

    def _come(self) -> None:
        length = self.headers.get("content-length", "")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers.setdefault(name.lower(), value)
        self.close_connection = True  # answered or not
        cast("Door", self.server).handle(self.command, self.path, headers, body, self._send)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _come  # noqa: N815 - as it looks for them

    def _send(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response_only(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what came can be asked for."""
