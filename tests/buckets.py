"""A store that speaks S3: the one of PARHELION_TEST_S3 (s3://KEY:SECRET@BUCKET?endpoint=...), or moto, started here.

Each test has a prefix of its own in it. `Line` stands between a program and the store, and can be cut.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from urllib.parse import urlsplit
from uuid import uuid4

from parhelion.server.media.bucket import Bucket, bucket_of
from parhelion.server.media.presigning import presigned

GIVEN = "PARHELION_TEST_S3"
MISSING = "moto is not installed, and PARHELION_TEST_S3 names no store: `make test-engines` installs it"
_MOTO = """
import logging, sys, time
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
server = ThreadedMotoServer(sys.argv[1], 0, verbose=False)
server.start()
print("%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()  # until the tests are over
"""


@dataclass
class Place:
    """A prefix of a bucket, and what is found under it without asking Parhelion."""

    bucket: Bucket

    @property
    def address(self) -> str:
        """With what lets one in: for a command line."""
        keys = self.bucket.keys
        assert keys is not None
        return f"s3://{keys.id}:{keys.secret}@{str(self.bucket)[5:]}?endpoint={self.bucket.endpoint}&region={self.bucket.region}"

    def at(self, endpoint: str) -> Place:
        """The same by another way."""
        return Place(replace(self.bucket, endpoint=endpoint))

    def objects(self) -> set[str]:
        """What is there, without the prefix."""
        said = self._asked({"list-type": "2", "prefix": self.bucket.prefix})
        return {key.removeprefix(self.bucket.prefix) for key in re.findall("<Key>([^<]+)</Key>", said)}

    def files(self) -> set[str]:
        """The same as names, files on their way in among them."""
        return {key.rpartition("/")[2] for key in self.objects()} | self.pending()

    def pending(self) -> set[str]:
        """The names of files that came in parts, and are not complete."""
        said = self._asked({"uploads": ""})  # not every store takes a prefix here
        found = re.findall("<Key>([^<]+)</Key>", said)
        return {key.rpartition("/")[2] for key in found if key.startswith(self.bucket.prefix)}

    def _asked(self, question: dict[str, str]) -> str:
        keys = self.bucket.keys
        assert keys is not None
        address = presigned(self.bucket, keys, "", int(time.time()), 60, question)
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.read().decode()


@contextmanager
def store(at: str = "127.0.0.1") -> Iterator[Bucket]:
    """The store of all tests. `at`: where moto listens."""
    if given := os.environ.get(GIVEN):
        yield bucket_of(given, os.environ)
        return
    with subprocess.Popen(
        [sys.executable, "-c", _MOTO, at], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as moto:
        assert moto.stdin is not None
        assert moto.stdout is not None
        endpoint = f"http://{moto.stdout.readline().strip()}"
        made = urllib.request.Request(f"{endpoint}/parhelion", method="PUT")
        urllib.request.urlopen(made, timeout=30).close()
        yield bucket_of(f"s3://test:a-secret@parhelion?endpoint={endpoint}", {})
        moto.stdin.close()


def is_there() -> bool:
    """Whether there is any store to test with."""
    return GIVEN in os.environ or find_spec("moto") is not None


def place_in(bucket: Bucket) -> Place:
    """An empty one."""
    return Place(replace(bucket, prefix=f"{bucket.prefix}{uuid4().hex}/"))


class Line:
    """A way to a store over TCP that works, is dead (hangs up), or stalls (takes everything, and says nothing)."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._there = (parts.hostname or "", parts.port or 80)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._state = "works"
        self._open: set[socket.socket] = set()
        self._passes: int | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def works(self) -> None:
        self._change("works")

    def dies(self, after: int | None = None) -> None:
        """At once, or after so many more bytes went to the store."""
        if after is None:
            self._change("dead")
        else:
            self._passes = after

    def stalls(self) -> None:
        self._change("stalls")

    def close(self) -> None:
        self._change("dead")
        self._listening.close()

    def _change(self, state: str) -> None:
        self._state, self._passes = state, None
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                if self._state == "dead":
                    here.close()
                    continue
                threading.Thread(target=self._carry, args=(here,), daemon=True).start()

    def _carry(self, here: socket.socket) -> None:
        with here, socket.create_connection(self._there) as there, selectors.DefaultSelector() as waiting:
            self._open |= {here, there}
            waiting.register(here, selectors.EVENT_READ, there)
            waiting.register(there, selectors.EVENT_READ, here)
            with suppress(OSError):
                while all(self._pass(key.fileobj, key.data, there) for key, _ in waiting.select()):
                    pass
            self._open -= {here, there}

    def _pass(self, source: socket.socket, target: socket.socket, there: socket.socket) -> bool:
        piece = source.recv(65536)
        if not piece:
            return False
        if self._passes is not None and target is there:
            self._passes -= len(piece)
            if self._passes < 0:
                self._change("dead")
                return False
        if self._state == "works":
            target.sendall(piece)
        return self._state != "dead"
