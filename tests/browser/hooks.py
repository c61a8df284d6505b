"""Whoever receives webhooks, for pages to show: a web server on this machine that answers by path."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


class Hooks:
    """Answers 200; or what `answers` says of a path, which may be changed at any time."""

    def __init__(self, port: int = 0) -> None:
        """`port`: one that is free, unless it is said."""
        self.answers: dict[str, int] = {}
        answers = self.answers

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(answers.get(self.path, 200))
                self.end_headers()
                self.wfile.write(b'{"received":true}')

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
