"""Files in a bucket when things go wrong: the store out of reach, a process that dies, two nodes that clean up."""

from __future__ import annotations

import asyncio
import http.client
import logging
import re
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from parhelion.server import rows
from parhelion.server.media.bucket import Bucket
from parhelion.server.ports import Full, Unavailable
from tests.buckets import Line, Place
from tests.inside import inside
from tests.live import Answer, Caller, Live

pytestmark = pytest.mark.engine("s3")

MB = 1024 * 1024
ONE = "01ARZ3NDEKTSV4RRFFQ69G5FA1"
PATIENCE = 0.5


class Clock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(store: Bucket) -> Iterator[Line]:
    if store.endpoint.startswith("https:"):
        pytest.skip("a line to a store with TLS cannot be cut here")
    made = Line(store.endpoint)
    yield made
    made.close()


def media_at(place: Place, clock: Callable[[], float], patience: float = PATIENCE) -> Any:
    from parhelion.server.media.s3 import S3

    return S3(place.bucket, clock, patience)


async def yes(_: str) -> bool:
    return True


async def no(_: str) -> bool:
    return False


async def whole(media: Any, id: str, size: int) -> bytes:
    return b"".join([piece async for piece in media.read(id, 0, size)])


async def written(part: Any, several: int) -> None:
    """So many MB, to the end."""
    for _ in range(several):
        await part.write(bytes(MB))
    await part.seal()


async def settled(place: Place, clock: Clock, committed: Callable[[str], Coroutine[Any, Any, bool]]) -> set[str]:
    """What is left after everybody's time is up."""
    from parhelion.server.media import s3

    clock.ahead += s3.LEASE + 60
    await media_at(place, clock).recover(committed)
    return place.objects()


@pytest.mark.parametrize("how", ["dead", "stalls"])
@pytest.mark.parametrize("step", ["receive", "write", "seal", "keep", "discard", "read", "remove", "recover"])
def test_a_store_out_of_reach_is_told_in_time_and_leaves_nothing(
    place: Place, clock: Clock, line: Line, step: str, how: str
) -> None:
    media = media_at(place.at(line.endpoint), clock)
    # As far as it comes while the store is there, what is done then, and what that is answered.
    size = 12 * MB if step in ("write", "seal", "discard") else 100

    async def story() -> None:
        part = None
        if step != "receive":
            part = await media.receive(ONE)
            await part.write(bytes(size))
        if step in ("keep", "read", "remove", "recover"):
            await part.seal()
        if step in ("read", "remove"):
            await part.keep()
        (line.stalls if how == "stalls" else line.dies)()
        begun = time.monotonic()
        match step:
            case "receive":
                with pytest.raises(Unavailable):
                    await media.receive(ONE)
            case "write":
                with pytest.raises(Unavailable):
                    await written(part, 20)
                await part.discard()
            case "seal":
                with pytest.raises(Unavailable):
                    await part.seal()
                await part.discard()
            case "keep" | "discard":
                await getattr(part, step)()
            case "read":
                with pytest.raises(OSError):
                    await whole(media, ONE, size)
            case "remove":
                with pytest.raises(Unavailable):
                    await media.remove(ONE)
            case "recover":
                clock.ahead += 3 * 60 * 60
                await media.recover(no)
        assert time.monotonic() - begun < 12 * PATIENCE + 5
        line.works()
        kept = step in ("keep", "read", "remove")
        assert await settled(place, clock, yes if kept else no) == ({f"A1/{ONE}"} if kept else set())
        if kept:
            assert await whole(media, ONE, size) == bytes(size)

    asyncio.run(story())


def test_a_store_that_is_lost_half_way_is_told(place: Place, clock: Clock, line: Line) -> None:
    media = media_at(place.at(line.endpoint), clock)

    async def story() -> None:
        part = await media.receive(ONE)
        line.dies(after=7 * MB)
        with pytest.raises(Unavailable):
            await written(part, 40)
        await part.discard()
        line.works()
        assert place.pending() == {ONE}  # the store has parts of it
        assert await settled(place, clock, no) == place.pending() == set()

    asyncio.run(story())


def test_what_a_dead_process_left_is_settled_by_asking_the_rows(place: Place, clock: Clock) -> None:
    committed, not_committed, begun = (ONE[:-1] + end for end in "123")

    async def story() -> None:
        dying = media_at(place, clock)
        for id in (committed, not_committed, begun):
            part = await dying.receive(id)
            await part.write(b"abc")
            if id == begun:
                await part.write(bytes(11 * MB))
            else:
                await part.seal()

        async def asked(id: str) -> bool:
            return id == committed

        another = media_at(place, clock)
        await another.recover(asked)  # the one that is busy with them may be alive
        assert len(place.objects()) == 5
        assert place.pending() == {begun}
        assert await settled(place, clock, asked) == {f"A1/{committed}"}
        assert place.pending() == set()
        assert await whole(another, committed, 3) == b"abc"

    asyncio.run(story())


def test_two_nodes_may_recover_at_once(place: Place, clock: Clock) -> None:
    ids = [f"{number:026d}" for number in range(30)]

    async def story() -> None:
        dying = media_at(place, clock)
        for id in ids:
            part = await dying.receive(id)
            await part.write(id.encode())
            await part.seal()

        async def asked(id: str) -> bool:
            await asyncio.sleep(0)
            return int(id) % 3 == 0

        clock.ahead += 3 * 60 * 60
        await asyncio.gather(*(media_at(place, clock).recover(asked) for _ in range(3)))
        assert place.objects() == {f"{id[-2:]}/{id}" for id in ids if int(id) % 3 == 0}

    asyncio.run(story())


def test_an_upload_that_takes_too_long_is_given_up_before_others_take_it_away(place: Place, clock: Clock) -> None:
    async def story() -> None:
        media = media_at(place, clock)
        part, late = await media.receive(ONE), await media.receive(ONE[:-1] + "2")
        await part.write(b"abc")
        await late.write(b"abc")
        clock.ahead += 60 * 60 + 1
        await media_at(place, clock).recover(no)
        for given_up in (part.write(b"def"), late.seal()):
            with pytest.raises(Unavailable):
                await given_up
        await part.discard()
        await late.discard()
        assert place.objects() == set()

    asyncio.run(story())


def test_an_upload_that_is_given_up_leaves_no_parts(place: Place, clock: Clock) -> None:
    async def story() -> None:
        part = await media_at(place, clock, 30).receive(ONE)
        for _ in range(12):
            await part.write(bytes(MB))
        await part.discard()

    asyncio.run(story())
    assert place.objects() == place.pending() == set()


def test_bytes_are_removed_when_the_store_is_there_again(place: Place, tmp_path: Path, line: Line) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            from parhelion.server.dispatch.afterwards import Afterwards

            database, media = server.engines.database, media_at(place.at(line.endpoint), time.time)
            ids = [f"{number:026d}" for number in range(8)]
            for id in ids:
                part = await media.receive(id)
                await part.write(b"abc")
                await part.seal()
                write = rows.attachments.create(id, server.app_id, "", "a", "text/plain", 3, 0, for_message=False)
                await database.write(write)
                await part.keep()
                await database.write(rows.attachments.delete(server.app_id, id))
            line.dies()
            afterwards = Afterwards(database, media, time.time)
            await afterwards.once()
            assert await rows.attachments.to_remove(database, "", 10) == ids
            line.works()
            await afterwards.once()
            assert await rows.attachments.to_remove(database, "", 10) == []
            assert place.objects() == set()

    asyncio.run(story())


class NoRoom(BaseHTTPRequestHandler):
    """A store that has no room for whoever asks, in Ceph's words."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        said = b"<Error><Code>QuotaExceeded</Code><BucketName>full</BucketName></Error>"
        self.send_response(403)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_a_bucket_over_its_quota_is_full(place: Place, clock: Clock) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), NoRoom) as full:
        serving = threading.Thread(target=full.serve_forever, args=(0.05,))
        serving.start()
        try:
            media = media_at(place.at(f"http://127.0.0.1:{full.server_port}"), clock)
            with pytest.raises(Full, match="QuotaExceeded"):
                asyncio.run(media.receive(ONE))
        finally:
            full.shutdown()
            serving.join()


def test_nothing_secret_is_logged(place: Place, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """The store's own errors quote requests."""
    caplog.set_level(logging.DEBUG)
    keys = place.bucket.keys
    assert keys is not None

    async def story() -> None:
        media = media_at(place.at(line.endpoint), Clock())
        part = await media.receive(ONE)
        line.dies()
        for ask_it in (
            lambda: media.receive(ONE),
            part.seal,
            lambda: media.remove(ONE),
            lambda: whole(media, ONE, 3),
        ):
            with pytest.raises((Unavailable, OSError)) as wrong:
                await ask_it()
            assert re.fullmatch(rf"{place.bucket} cannot be used: [A-Za-z ]+", str(wrong.value))
            assert wrong.value.__suppress_context__
        await part.discard()
        await media.recover(no)

    asyncio.run(story())
    assert keys.secret not in caplog.text


def ask(url: str, method: str = "GET", **headers: str) -> Answer:
    """Without credentials."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=30)
    try:
        connection.request(method, url.removeprefix(f"{parts.scheme}://{parts.netloc}"), headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def test_a_client_may_be_sent_to_the_store(place: Place, serve: Callable[..., Live]) -> None:
    live = serve("--media", f"{place.address}&downloads=redirect")
    app = live.app()
    url = app.upload(PNG, "sól.png").json["attachment"]["mediaUrl"]
    sent = ask(url)
    assert (sent.status, sent.body) == (307, b"")
    there = sent.headers["location"]
    assert there.startswith(f"{place.bucket.endpoint}/{place.bucket.name}/{place.bucket.prefix}")
    assert ask(url).headers["location"] == there  # so that a cache knows it again
    found = ask(there)
    assert (found.status, found.body, found.headers["content-type"]) == (200, PNG, "image/png")
    assert found.headers["content-disposition"].startswith("inline; filename=")
    part = ask(there, Range="bytes=-7")
    assert (part.status, part.body) == (206, PNG[-7:])
    head = ask(url, "HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(len(PNG)))
    assert ask(url, **{"If-None-Match": head.headers["etag"]}).status == 304
    assert ask(url.replace(".png", ".gif")).status == 404
    for name, data, media_type in (
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
        ("x.txt", b"plain", "text/plain"),
        ("x.pdf", b"%PDF-1.7 ...", "application/pdf"),
    ):
        found = ask(ask(app.upload(data, name).json["attachment"]["mediaUrl"]).headers["location"])
        assert (found.status, found.body, found.headers["content-type"]) == (200, data, media_type)
        assert found.headers["content-disposition"].startswith("attachment; filename=")
    live.stop()


def test_a_large_file_is_never_whole_in_memory(place: Place, serve: Callable[..., Live]) -> None:
    live = serve("--media", place.address)
    app, data = live.app(), PNG[:8] + bytes(50 * MB - 8)

    def highest() -> float:
        said = Path(f"/proc/{live.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", said)[0]) / 1024

    url = app.upload(PNG, "small.png").json["attachment"]["mediaUrl"]
    assert ask(url).status == 200
    before = highest()
    urls = [app.upload(data, "large.png").json["attachment"]["mediaUrl"] for _ in range(3)]
    between = highest()
    assert [len(ask(url).body) for url in urls] == [len(data)] * 3
    after = highest()
    print(f"MB at most: {before:.0f} at rest, {between:.0f} after 50 MB went up, {after:.0f} after they came down")
    assert after - before < 40
    assert ask(urls[0], Range=f"bytes={50 * MB - 3}-").body == bytes(3)
    live.stop()


def test_several_workers_have_one_bucket(place: Place, serve: Callable[..., Live]) -> None:
    live = serve("--media", place.address, "--workers", "2")
    app = live.app()
    for _ in range(8):
        url = app.upload(PNG, "a.png").json["attachment"]["mediaUrl"]
        assert [ask(url).body for _ in range(4)] == [PNG] * 4
    live.stop()


def test_the_server_starts_and_answers_without_its_store(place: Place, line: Line, serve: Callable[..., Live]) -> None:
    line.dies()
    live = serve("--media", place.at(line.endpoint).address)
    app = live.app()
    assert app.say(app.conversation())["id"]
    refused = app.upload(PNG, "a.png")
    assert (refused.status, refused.codes, refused.headers["retry-after"]) == (503, ["service_unavailable"], "1")
    line.works()
    url = app.upload(PNG, "a.png").json["attachment"]["mediaUrl"]
    assert ask(url).body == PNG
    line.dies()
    assert ask(url).status == 503
    line.works()
    assert ask(url).body == PNG
    live.stop()


def test_whatever_was_answered_survives_kill_9(
    place: Place, clock: Clock, serve: Callable[..., Live], rounds: int, tmp_path: Path
) -> None:
    live = serve("--media", place.address)
    app = live.app()
    data, answered = PNG[:8] + bytes(6 * MB), list[str]()

    def upload(app: Caller) -> None:
        try:
            while True:
                answered.append(app.upload(data, "a.png").json["attachment"]["mediaUrl"])
        except (OSError, HTTPException):
            pass

    for _ in range(rounds):
        several = len(answered) + 3
        uploading = [threading.Thread(target=upload, args=(app,)) for _ in range(3)]
        for each in uploading:
            each.start()
        until = time.monotonic() + 60
        while len(answered) < several:
            assert time.monotonic() < until
            time.sleep(0.01)
        live.kill()
        for each in uploading:
            each.join(60)
        live.start()
        app.url = live.url
    kept = {url.split("/")[-2] for url in answered}
    assert kept <= place.files()
    assert ask(live.url + urlsplit(answered[-1]).path).body == data
    live.stop()

    async def story() -> None:
        from tests.inside import engines

        async with engines(live.data) as opened:

            async def committed(id: str) -> bool:
                return await rows.attachments.find(opened.database, id) is not None

            left = await settled(place, clock, committed)
            assert kept <= {key.rpartition("/")[2] for key in left}
            assert [key for key in left if not await committed(key.rpartition("/")[2])] == []
            assert not [key for key in left if key.startswith("incoming/")]

    asyncio.run(story())
