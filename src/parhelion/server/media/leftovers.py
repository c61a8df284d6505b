"""Parts of a file whose upload nobody completes any more: obstore gives up what it has begun itself, and a process that
died cannot. They are in no list of objects, but cost as much.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from xml.etree import ElementTree as ET

from .bucket import Bucket, Keys
from .presigning import presigned

SOON = 60  # seconds for which a request is signed


def give_up(bucket: Bucket, keys: Keys, key: str, now: float, patience: float) -> None:
    """No part of `key` is left. OSError when the store does not answer, or not well. It blocks."""
    for upload in _begun(bucket, keys, key, now, patience):
        gone = presigned(bucket, keys, key, int(now), SOON, {"uploadId": upload}, "DELETE")
        _ask("DELETE", gone, patience, also=404)  # somebody else was faster


def _begun(bucket: Bucket, keys: Keys, key: str, now: float, patience: float) -> Iterator[str]:
    said = _ask("GET", presigned(bucket, keys, "", int(now), SOON, {"uploads": "", "prefix": key}), patience)
    try:
        found = ET.fromstring(said)  # noqa: S314 - the store is trusted with every file
    except ET.ParseError:
        raise OSError("no list of uploads") from None
    for each in found.findall("{*}Upload"):
        if each.findtext("{*}Key") == key and (upload := each.findtext("{*}UploadId")):
            yield upload


def _ask(method: str, address: str, patience: float, also: int = 200) -> bytes:
    request = urllib.request.Request(address, method=method)  # noqa: S310 - http or https: see bucket.py
    try:
        with urllib.request.urlopen(request, timeout=patience) as answer:  # noqa: S310
            return bytes(answer.read())
    except HTTPError as refused:
        refused.close()
        if refused.code == also:
            return b""
        raise OSError(f"status: {refused.code}") from None
    except HTTPException as broken:
        raise OSError(type(broken).__name__) from None
