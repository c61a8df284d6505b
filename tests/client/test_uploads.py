"""A file on its way out."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from parhelion import UploadFile
from parhelion.client.uploads import BLOCK, Multipart

BYTES = bytes(range(256)) * 1000


def sent(source: Any) -> tuple[str, str, bytes]:
    """The name, the type and the bytes that a server finds in it."""
    upload = Multipart("source", source)
    body = b"".join(upload.chunks())
    assert upload.length in (None, len(body))
    whole = message_from_bytes(
        b"Content-Type: " + upload.content_type.encode() + b"\r\n\r\n" + body, policy=policy.HTTP
    )
    [part] = whole.iter_parts()
    assert part.get_param("name", header="content-disposition") == "source"
    return part.get_filename(), part.get_content_type(), part.get_payload(decode=True)


def test_the_same_bytes_leave_whatever_they_come_from(tmp_path: Path) -> None:
    path = tmp_path / "sun.png"
    path.write_bytes(BYTES)
    pieces = [BYTES[start : start + 1000] for start in range(0, len(BYTES), 1000)]
    nameless = ("file", "application/octet-stream", BYTES)
    for source in (
        BYTES,
        bytearray(BYTES),
        memoryview(BYTES),
        io.BytesIO(BYTES),
        pieces,
        iter(pieces),
        iter([b"", *pieces]),
    ):
        assert sent(source) == nameless
    for source in (path, str(path)):
        assert sent(source) == ("sun.png", "image/png", BYTES)
    with path.open("rb") as file:
        assert sent(file) == ("sun.png", "image/png", BYTES)


def test_an_open_file_is_sent_from_where_it_stands_each_time(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(BYTES)
    with path.open("rb") as file:
        file.seek(100)
        upload = Multipart("source", file)
        assert upload.size == len(BYTES) - 100
        bodies = {b"".join(upload.chunks()) for _ in range(2)}
    assert len(bodies) == 1
    assert BYTES[100:] in bodies.pop()


def test_a_pipe_is_sent_once_and_without_a_length() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as sink:
        sink.write(b"abc")
        sink.close()
        upload = Multipart("source", source)
        assert (upload.length, upload.replayable) == (None, True)
        assert b"abc" in b"".join(upload.chunks())
        assert not upload.replayable


def test_no_piece_is_empty_or_large(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(BYTES)
    for source in (BYTES, path, b"", [b"", b"x", b""]):
        assert all(0 < len(piece) <= BLOCK for piece in Multipart("source", source).chunks())


def test_an_empty_file_is_a_file() -> None:
    assert sent(b"") == ("file", "application/octet-stream", b"")


@pytest.mark.parametrize("source", [UploadFile(b"x", name="a.jpg"), UploadFile("/dev/null", name="a.jpg")])
def test_a_name_may_be_given(source: UploadFile) -> None:
    assert sent(source)[:2] == ("a.jpg", "image/jpeg")


def test_a_name_cannot_add_headers() -> None:
    head = Multipart("source", UploadFile(b"", name='a"\r\nX: y; é.png')).head.decode()
    assert 'filename="a%22%0D%0AX: y; é.png"\r\n' in head
    assert head.count("\r\n") == 4


def test_a_name_that_is_not_text_is_still_a_name(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.bin"
    Path(os.fsdecode(path)).write_bytes(b"x")
    assert b'filename="?.bin"' in Multipart("source", os.fsdecode(path)).head


def test_progress_is_told_in_the_files_own_bytes(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    path = tmp_path / "x.bin"
    path.write_bytes(b"x" * (BLOCK + 1))
    upload = Multipart("source", UploadFile(path, progress=lambda n, size: told.append((n, size))))
    for _ in range(2):
        list(upload.chunks())
    assert told == [(0, BLOCK + 1), (BLOCK, BLOCK + 1), (BLOCK + 1, BLOCK + 1)] * 2
    told.clear()
    list(Multipart("source", UploadFile(iter([b"ab", b"c"]), progress=lambda *each: told.append(each))).chunks())
    assert told == [(0, None), (2, None), (3, None)]


def test_a_file_that_grows_is_sent_as_long_as_it_was_promised(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"x" * 10)
    upload = Multipart("source", path)
    path.write_bytes(b"x" * 99)
    assert len(b"".join(upload.chunks())) == upload.length


def test_a_file_that_becomes_shorter_is_an_error_not_a_short_upload(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"x" * 10)
    upload = Multipart("source", path)
    path.write_bytes(b"x" * 4)
    with pytest.raises(ValueError, match="6 of 10"):
        list(upload.chunks())


@pytest.mark.parametrize("source", [3, None, object()])
def test_what_is_no_file_is_refused(source: Any) -> None:
    with pytest.raises(TypeError, match="A file is"):
        Multipart("source", source)


@pytest.mark.parametrize("source", [io.StringIO("text"), ["text"], iter(["text"]), [1, 2]])
def test_text_is_not_bytes(source: Any) -> None:
    with pytest.raises(TypeError, match="binary mode"):
        list(Multipart("source", source).chunks())


def test_a_file_that_is_not_there_is_noticed_before_anything_is_sent() -> None:
    with pytest.raises(FileNotFoundError):
        Multipart("source", "/nowhere/x.png")


def test_an_async_iterable_needs_an_async_client() -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    with pytest.raises(TypeError, match="AsyncClient"):
        list(Multipart("source", nothing()).chunks())
