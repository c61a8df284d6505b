"""The yardstick for uploads: whatever comes over a connection goes into a file; a byte answers when it ends.

python -m bench.sink FOLDER plainly|durably
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

from bench import sample


def keep(connection: socket.socket, path: Path, *, durably: bool) -> None:
    buffer = memoryview(bytearray(sample.MIB))
    with connection, path.open("wb", buffering=0) as file:
        while many := connection.recv_into(buffer):
            file.write(buffer[:many])
        if durably:
            os.fsync(file.fileno())
        connection.sendall(b".")


def main(place: Path, how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        number = 0
        while True:
            connection, _ = listening.accept()
            path, number = place / f"{number}.part", number + 1
            threading.Thread(
                target=keep, args=(connection, path), kwargs={"durably": how == "durably"}, daemon=True
            ).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
