"""/readyz: whether requests are to be sent here, asked by what shares them out among several servers.

200    they are
503    the server is about to stop: it still answers, and whoever asks somewhere else loses nothing
"""

from __future__ import annotations

from .pages import NO_STORE, TEXT, Asked, Shown

PATH = "/readyz"


async def readyz(asked: Asked) -> Shown:
    asked.only("GET", "HEAD")
    return Shown(503, [TEXT, NO_STORE], b"leaving\n") if asked.leaving else Shown(200, [TEXT, NO_STORE], b"ready\n")
