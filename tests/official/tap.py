"""A tap on the wire: what comes in is kept as it came, sent on, and the answer is given back."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"})


class Part(NamedTuple):
    """One part of a form."""

    name: str
    file: str
    type: str
    body: bytes


class Exchange(NamedTuple):
    """A request, and what was answered."""

    method: str
    target: str
    headers: dict[str, str]  # by name in lower case
    body: bytes
    status: int = 0
    answer: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """Decoded, in order of names."""
        return sorted(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def parts(self) -> list[Part]:
        """Those of a form; none of anything else."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/"):
            return []
        message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + self.body)
        found: list[Part] = []
        for each in message.walk():
            if each.is_multipart():
                continue
            name, file = (each.get_param(key, "", "content-disposition") for key in ("name", "filename"))
            body = each.get_payload(decode=True)
            assert isinstance(body, bytes)
            found.append(Part(str(name), str(file), each.get_content_type(), body))
        return found


class Tap:
    """Listens on the loopback before a server, until it is closed."""

    def __init__(self, upstream: str) -> None:
        self.exchanges: list[Exchange] = []
        tap, place = self, urlsplit(upstream).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 64 * 1024  # head and body in one piece: nobody waits for the other's acknowledgement

            def answer(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Exchange(self.command, self.path, headers, self.body())
                behind = http.client.HTTPConnection(place, timeout=30)
                try:
                    behind.request(
                        self.command,
                        self.path,
                        asked.body or None,
                        {name: value for name, value in headers.items() if name not in HOP},
                    )
                    answer = behind.getresponse()
                    said = answer.read()
                    tap.exchanges.append(asked._replace(status=answer.status, answer=said))
                    self.send_response_only(answer.status, answer.reason)
                    for name, value in answer.getheaders():
                        if name.lower() not in HOP:
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    self.wfile.write(said)
                finally:
                    behind.close()

            def body(self) -> bytes:
                if self.headers.get("transfer-encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length", 0)))
                found = b""
                while size := int(self.rfile.readline(), 16):
                    found += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return found

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the tests say what was asked."""

            def __getattr__(self, name: str) -> Callable[[], None]:
                """do_GET, do_POST, and so on."""
                if name.startswith("do_"):
                    return self.answer
                raise AttributeError(name)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            address_family = socket.AF_INET

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
