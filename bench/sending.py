"""Sends files of 50 MB, several at a time, and prints MB/s: to a server as multipart, or to a sink as they are.

python -m bench.sending {"port", "files", "at_a_time", "size", and for a server: "path", "authorization", "whole"}

`size`, in bytes, is for other files than those of 50 MB; `whole` makes a file the body itself, of that media type.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from bench import sample

CHUNK = 256 * 1024
BOUNDARY = "6b1f9c0e5d7a4e83a2c49f0b7d51e368"  # 32 characters, as Python's libraries send; browsers send more
HEAD = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="source"; filename="film.pdf"\r\n\r\n'.encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def chunks(data: bytes) -> list[memoryview]:
    """Without copies."""
    edges = [*range(0, len(data), CHUNK), len(data)]
    return [memoryview(data)[start:end] for start, end in pairwise(edges)]


def to_sink(asked: dict[str, Any], data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", asked["port"])) as connection:
        for chunk in chunks(data):
            connection.sendall(chunk)
        connection.shutdown(socket.SHUT_WR)
        if connection.recv(1) != b".":
            raise RuntimeError("the sink went away")


def to_server(asked: dict[str, Any], data: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", asked["port"], timeout=120)
    connection.putrequest("POST", asked["path"])
    connection.putheader("authorization", asked["authorization"])
    head, tail = (b"", b"") if "whole" in asked else (HEAD, TAIL)
    connection.putheader("content-type", asked.get("whole", f"multipart/form-data; boundary={BOUNDARY}"))
    connection.putheader("content-length", str(len(head) + len(data) + len(tail)))
    connection.endheaders()
    for chunk in [memoryview(head), *chunks(data), memoryview(tail)]:
        connection.sock.sendall(chunk)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status not in {200, 201}:
        raise RuntimeError(f"the upload was answered {answer.status} {said[:300]!r}")


def main(asked: dict[str, Any]) -> float:
    data = sample.film(asked.get("size", sample.FILE))
    one = to_server if "path" in asked else to_sink
    with ThreadPoolExecutor(asked["at_a_time"]) as pool:
        begun = time.perf_counter()
        list(pool.map(lambda _: one(asked, data), range(asked["files"])))
        return len(data) * asked["files"] / 1e6 / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(main(json.loads(sys.argv[1])))
