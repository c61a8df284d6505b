"""Styles and scripts, from the folder `assets`: read once, called by a digest, kept by browsers for good."""

from __future__ import annotations

import gzip
import hashlib
from importlib.resources import files
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from .visit import at

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Asset(NamedTuple):
    """One of the files."""

    kind: str
    plain: bytes
    packed: bytes


def _read() -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    for file in sorted(files(__package__ or "").joinpath("assets").iterdir(), key=lambda each: each.name):
        kind = KINDS.get(file.name.rpartition(".")[2])
        if kind is not None:
            plain = file.read_bytes()
            found[file.name] = Asset(kind, plain, gzip.compress(plain, mtime=0))
    return found


ASSETS = _read()
VERSION = hashlib.sha256(b"".join(asset.plain for asset in ASSETS.values())).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of one of them."""
    return at("assets", VERSION, name)


async def show(request: Request) -> Response:
    """One of the files. An address of another version is answered too, and kept by nobody."""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.", 404)
    headers = {"vary": "accept-encoding"}
    if request.path_params["version"] == VERSION:
        headers["cache-control"] = "public, max-age=31536000, immutable"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "content-encoding": "gzip"}, media_type=found.kind)
    return Response(found.plain, headers=headers, media_type=found.kind)
