"""What is read in several threads at once."""

from __future__ import annotations

import subprocess
import sys

READ_BY_EIGHT = """
import sys, threading
from parhelion.wire import Event
from parhelion.wire.reading import tolerant

sys.setswitchinterval(1e-6)
begin = threading.Barrier(8)
read = []

body = b'{"id": "1", "createdAt": "2026-01-01T00:00:00Z", "type": "user:remove", "payload": {}}'

def go():
    begin.wait()
    read.append(tolerant(body, Event))

threads = [threading.Thread(target=go) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
assert len(read) == 8
"""


def test_several_threads_read_a_kind_for_the_first_time() -> None:
    done = subprocess.run([sys.executable, "-c", READ_BY_EIGHT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
