"""Attachments over HTTP: what goes up comes down, safely, and goes when it should."""

from __future__ import annotations

import asyncio
import http.client
import select
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from parhelion.server import rows
from parhelion.server.media import directory
from parhelion.server.ports import Row, Write
from tests.buckets import place_in
from tests.inside import inside
from tests.live import Answer, Caller, InBucket, Live

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
MB = 1024 * 1024


@pytest.fixture(scope="module", params=["directory", pytest.param("s3", marks=pytest.mark.engine("s3"))])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    data = tmp_path_factory.mktemp("live") / "data"
    of = request.getfixturevalue
    server = Live(data) if request.param == "directory" else InBucket(data, place_in(of("store")))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def account(live: Live) -> Caller:
    return live.account()


def files(live: Live) -> set[str]:
    """What is there, on its way in or kept."""
    if isinstance(live, InBucket):
        return live.place.files()
    return {path.name for path in (live.data / "media").rglob("*") if path.is_file()}


def coming_in(live: Live) -> list[str]:
    if isinstance(live, InBucket):
        return [key for key in live.place.objects() if key.startswith("incoming/")]
    return [path.name for path in (live.data / "media" / "incoming").iterdir()]


def url_of(answer: Answer) -> str:
    assert answer.status == 201, answer
    return answer.json["attachment"]["mediaUrl"]


def fetch(url: str, method: str = "GET", **headers: str) -> Answer:
    """Without credentials: the address is the permission."""
    parts = urlsplit(url)
    return Caller(f"http://{parts.netloc}").send(
        method,
        parts.path,
        headers={"authorization": None} | {k.replace("_", "-"): v for k, v in headers.items()},  # type: ignore[dict-item]
    )


def eventually(live: Live, *gone: str) -> None:
    """Bytes are removed after the answer; the row was gone with it."""
    until = time.monotonic() + 10
    while files(live) & set(gone):
        assert time.monotonic() < until, files(live) & set(gone)
        time.sleep(0.01)


def name_of(url: str) -> str:
    return url.split("/")[-2]


def test_what_goes_up_comes_down(app: Caller) -> None:
    answer = app.upload(PNG, "sun.png")
    assert set(answer.json) == {"attachment"}
    assert answer.json["attachment"]["mediaType"] == "image/png"
    down = fetch(url_of(answer))
    assert (down.status, down.body) == (200, PNG)
    assert down.headers["content-type"] == "image/png"
    assert down.headers["content-length"] == str(len(PNG))
    assert down.headers["x-content-type-options"] == "nosniff"
    assert down.headers["content-disposition"].startswith("inline")
    assert "sandbox" in down.headers["content-security-policy"]
    head = fetch(url_of(answer), "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(PNG)))


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=10000-", 206, slice(10000, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-999999", 206, slice(5, None)),
        ("bytes=-999999", 200, slice(None)),
        ("bytes=9-5", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=99999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        ("bytes=0-" + "9" * 5000, 200, slice(None)),
    ],
)
def test_a_part_of_it_can_be_asked_for(app: Caller, asked: str, status: int, span: slice) -> None:
    url = url_of(app.upload(PNG, "sun.png"))
    down = fetch(url, range=asked)
    assert (down.status, down.body) == (status, PNG[span])
    if status == 206:
        start, stop, _ = span.indices(len(PNG))
        assert down.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(PNG)}"
    if status == 416:
        assert down.headers["content-range"] == f"bytes */{len(PNG)}"


def test_what_is_known_already_is_not_sent_again(app: Caller) -> None:
    url = url_of(app.upload(PNG, "sun.png"))
    tag = fetch(url).headers["etag"]
    assert fetch(url, if_none_match=tag).status == 304
    assert fetch(url, if_none_match=f'"x", W/{tag}').status == 304
    assert fetch(url, if_none_match='"x"').status == 200
    assert fetch(url, range="bytes=0-9", if_range=tag).status == 206
    assert fetch(url, range="bytes=0-9", if_range='"x"').status == 200


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a b.png", "a%20b.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\boot.png", "boot.png"),
        ("/etc/passwd.png", "passwd.png"),
        ("sól ☀.png", "s%C3%B3l%20%E2%98%80.png"),
        ("100% \u0026 #1?.png", "100%25%20%26%20%231%3F.png"),
    ],
)
def test_a_name_is_only_a_name(app: Caller, live: Live, said: str, kept: str) -> None:
    url = url_of(app.upload(PNG, said))
    assert url.split("/")[-1] == kept
    assert fetch(url).body == PNG
    assert name_of(url) in files(live)
    assert fetch(url.replace(kept, "other.png")).status == 404


def test_a_part_without_a_file_name_is_named_after_its_bytes(app: Caller) -> None:
    answer = app.upload(PNG, None)
    assert url_of(answer).endswith(".png")
    assert answer.json["attachment"]["mediaType"] == "image/png"


def test_what_a_browser_might_run_is_saved_instead(app: Caller) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    down = fetch(url_of(app.upload(svg, "x.svg")))
    assert down.headers["content-type"].startswith("image/svg+xml")
    assert down.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script>", "x.html"),
        (b"\x7fELF" + bytes(100), "x.png"),
        (b"MZ" + bytes(200), "setup.pdf"),
        (bytes(range(7)) * 100, "x.png"),
        (b"", "x.png"),
        (b"anything", "x.exe"),
        (b"\x00\x01\x02" * 50, None),
    ],
)
def test_a_file_of_another_kind_is_refused_and_leaves_nothing(
    app: Caller, live: Live, data: bytes, name: str | None
) -> None:
    before = files(live)
    answer = app.upload(data, name)
    assert (answer.status, answer.codes) == (415, ["unsupported_media_type"])
    assert answer.titles[0].startswith("File rejected.")
    assert files(live) == before


@pytest.mark.parametrize(
    ("query", "place"), [("access=private", "access"), ("access=public&for=user", "for"), ("for=", "for")]
)
def test_an_upload_for_something_else_is_refused(app: Caller, query: str, place: str) -> None:
    answer = app.upload(PNG, "a.png", query)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(place)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=edge", b"", 400),
        ("multipart/form-data; boundary=edge", b"garbage", 400),
        ("multipart/form-data; boundary=edge", b"--edge\r\n\r\n\r\n--edge--\r\n", 400),
        (
            "multipart/form-data; boundary=edge",
            b'--edge\r\nContent-Disposition: form-data; name="source"\r\n\r\nhalf',
            400,
        ),
    ],
)
def test_a_form_that_is_none_is_refused_and_leaves_nothing(
    app: Caller, live: Live, kind: str, body: bytes, status: int
) -> None:
    before = files(live)
    answer = app.send("POST", f"{app.app}/attachments?access=public", body, {"content-type": kind})
    assert answer.status == status, answer
    assert answer.codes
    assert app.upload(PNG, "a.png", part="file").titles == ["should have required property 'source'"]
    assert files(live) == before


def test_50_mb_are_taken_and_one_byte_more_is_not(app: Caller, live: Live) -> None:
    before = files(live)
    most = PNG[:8] + bytes(50 * MB - 8)
    answer = app.upload(most + b"x", "big.png")
    assert (answer.status, answer.codes) == (413, ["payload_too_large"])
    assert files(live) == before
    down = fetch(url_of(app.upload(most, "big.png")))
    assert zlib.crc32(down.body) == zlib.crc32(most)


def test_too_much_is_refused_while_it_streams(app: Caller, live: Live) -> None:
    before = files(live)
    url = urlsplit(app.url)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=30) as line:
        head = f"POST {app.app}/attachments HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: {app.basic()}\r\n"
        head += "Content-Type: multipart/form-data; boundary=edge\r\nTransfer-Encoding: chunked\r\n\r\n"
        start = b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\n\r\n' + PNG
        line.sendall(head.encode() + b"%x\r\n%b\r\n" % (len(start), start))
        sent = 0
        while not select.select([line], [], [], 0)[0] and sent < 200 * MB:
            line.sendall(b"%x\r\n%b\r\n" % (MB, bytes(MB)))
            sent += MB
        assert line.recv(65536).startswith(b"HTTP/1.1 413")
    assert 45 * MB < sent < 100 * MB
    assert files(live) == before


def test_what_is_around_a_file_is_small(app: Caller) -> None:
    other = b'--edge\r\nContent-Disposition: form-data; name="other"\r\n\r\n' + bytes(100_000) + b"\r\n--edge--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=edge"}
    answer = app.send("POST", f"{app.app}/attachments", other, kind)
    assert (answer.status, answer.titles) == (413, ["What is around the file is limited to 65536 bytes."])


def test_an_upload_that_is_cut_off_leaves_nothing(app: Caller, live: Live) -> None:
    before = files(live)
    connection = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=10)
    connection.putrequest("POST", f"{app.app}/attachments")
    connection.putheader("authorization", app.basic())
    connection.putheader("content-type", "multipart/form-data; boundary=edge")
    connection.putheader("content-length", str(10 * MB))
    connection.endheaders()
    connection.send(
        b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\n\r\n' + PNG + bytes(MB)
    )
    until = time.monotonic() + 10
    while not coming_in(live):
        assert time.monotonic() < until
        time.sleep(0.01)
    connection.close()
    while files(live) != before:
        assert time.monotonic() < until, files(live) - before
        time.sleep(0.01)


def test_a_deleted_attachment_is_gone(app: Caller, live: Live, account: Caller) -> None:
    url = url_of(app.upload(PNG, "sun.png"))
    remove = f"{app.app}/attachments/remove"
    for foreign in (
        url.replace("http://", "http://elsewhere.example/"),
        "https://elsewhere.example" + urlsplit(url).path,
        "nonsense",
        url + "/more",
        url.replace("/attachments/", "/other/"),
    ):
        answer = app.post(remove, {"mediaUrl": foreign})
        assert (answer.status, answer.codes) == (400, ["bad_request"]), foreign
        assert answer.titles == [f"Unsupported media URL for attachment deletion: {foreign}"]
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    assert account.post(f"/v2/apps/{other}/attachments/remove", {"mediaUrl": url}).status == 404
    assert fetch(url).status == 200
    answer = app.post(remove, {"mediaUrl": url})
    assert (answer.status, answer.json) == (200, {})
    assert fetch(url).codes == ["not_found"]
    assert app.post(remove, {"mediaUrl": url}).codes == ["not_found"]
    eventually(live, name_of(url))


def show(app: Caller, conversation: str, *urls: str) -> str:
    items = [
        {"title": "x", "mediaUrl": url, "actions": [{"type": "postback", "text": "x", "payload": "x"}]} for url in urls
    ]
    return app.say(conversation, type="carousel", items=items, text=None)["id"]


def test_an_upload_for_a_message_goes_with_the_last_message_that_shows_it(
    app: Caller, live: Live, conversation: str
) -> None:
    for_message, for_ever = (
        url_of(app.upload(PNG, "a.png", query)) for query in ("access=public&for=message", "access=public")
    )
    other = app.conversation()
    first = show(app, conversation, for_message, for_ever)
    second = show(app, other, for_message)
    app.delete(f"{app.messages(conversation)}/{first}")
    assert fetch(for_message).status == 200
    app.delete(f"{app.messages(other)}/{second}")
    assert fetch(for_message).status == 404
    eventually(live, name_of(for_message))
    assert fetch(for_ever).status == 200


def test_deleting_all_messages_takes_their_uploads_along(app: Caller, live: Live, conversation: str) -> None:
    query = f"access=public&for=message&conversationId={conversation}"
    shown, unused, kept = (
        url_of(app.upload(PNG, "a.png", query)),
        url_of(app.upload(PNG, "a.png", query)),
        url_of(app.upload(PNG, "a.png")),
    )
    show(app, conversation, shown, kept)
    assert app.delete(app.messages(conversation)).status == 200
    eventually(live, name_of(shown))
    assert [fetch(url).status for url in (shown, unused, kept)] == [404, 200, 200]


def test_a_public_address_with_a_path_is_ours_too(serve: Callable[..., Live]) -> None:
    live = serve("--public-url", "https://chat.example.org/sky")
    app = live.app()
    place = app.conversation()
    for prefix in ("", "/sc"):
        made = app.upload(PNG, "a.png", "access=public&for=message")
        url = url_of(made)
        assert url.startswith("https://chat.example.org/sky/attachments/v2/")
        shown = app.say(place, type="image", mediaUrl=url, text=None)
        assert shown["content"]["mediaSize"] == len(PNG)
        answer = app.post(f"{prefix}{app.app}/attachments/remove", {"mediaUrl": url})
        assert answer.status == 200, answer
        elsewhere = url.replace("/sky/", "/sea/")
        assert app.post(f"{app.app}/attachments/remove", {"mediaUrl": elsewhere}).status == 400
    live.stop()


def test_an_image_knows_what_its_upload_is(app: Caller, conversation: str) -> None:
    url = url_of(app.upload(PNG, "sun dogs.png"))
    content = app.say(conversation, type="image", mediaUrl=url, text=None)["content"]
    assert content["mediaType"] == "image/png"
    assert content["mediaSize"] == len(PNG)
    assert content["altText"] == "sun dogs.png"


def test_an_upload_sent_twice_under_one_key_is_kept_once(app: Caller, live: Live) -> None:
    before = files(live)
    first = app.upload(PNG, "a.png", idempotency_key="k")
    again = app.upload(PNG, "a.png", idempotency_key="k")
    assert first.json == again.json
    assert len(files(live) - before) == 1


def test_half_written_files_are_settled_at_the_start(serve: Callable[[], Live]) -> None:
    live = serve()
    app = live.app()
    url = url_of(app.upload(PNG, "a.png"))
    live.kill()
    media = live.data / "media"
    # As if it had crashed between the commit and the move; and in the middle of another upload.
    kept = media / name_of(url)[-2:] / name_of(url)
    kept.rename(media / "incoming" / f"{name_of(url)}.part")
    (media / "incoming" / f"{'0' * 26}.part").write_bytes(b"half")
    live.start()
    assert fetch(live.url + urlsplit(url).path).body == PNG
    assert list((media / "incoming").iterdir()) == []
    live.stop()


def test_a_form_of_countless_parts_is_refused_early(app: Caller, live: Live) -> None:
    before = files(live)
    parts = b"--edge\r\n\r\n\r\n" * 100_000
    answer = app.send("POST", f"{app.app}/attachments", parts, {"content-type": "multipart/form-data; boundary=edge"})
    assert (answer.status, answer.codes) == (413, ["payload_too_large"])
    assert files(live) == before


def test_an_upload_whose_last_step_failed_is_completed_later(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            media, id = server.engines.media, server.engines.ids.unguessable()
            write = rows.attachments.create(id, server.app_id, "", "a.png", "image/png", 3, 0, for_message=False)
            part = await media.receive(id)
            await part.write(b"abc")
            await part.seal()
            await server.engines.database.write(write)
            folder = tmp_path / "data" / "media" / id[-2:]
            folder.rmdir()
            folder.write_text("in the way")
            await part.keep()
            await part.discard()  # as whoever received it does on every failure: not after a commit
            await server.afterwards()  # it is still in the way, which holds up nothing else
            folder.unlink()
            assert [piece async for piece in media.read(id, 0, 3)] == [b"abc"], "it is there, wherever it lies"
            await server.afterwards()
            assert [piece async for piece in media.read(id, 0, 3)] == [b"abc"]

    asyncio.run(story())


@pytest.mark.parametrize("happened", [True, False])
def test_an_upload_of_which_the_database_has_not_said_whether_it_is_there_is_there_if_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happened: bool
) -> None:
    """The database is gone, and comes back: whoever asks again under the same key is told that the file is there."""

    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            write, path = server.engines.database.write, f"/v2/apps/{server.app_id}/attachments?access=public"
            body = b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\n\r\n'
            kind = {"content_type": "multipart/form-data; boundary=edge", "idempotency_key": "once"}

            async def lost(this: Write) -> list[Row]:
                if happened:
                    await write(this)
                raise RuntimeError("whether it was written is not known")

            asked = ("POST", path, body + PNG + b"\r\n--edge--\r\n")
            monkeypatch.setattr(server.engines.database, "write", lost)
            assert (await server.ask(*asked, **kind))[0] == 500
            monkeypatch.setattr(server.engines.database, "write", write)
            await server.afterwards()
            assert not list((tmp_path / "data" / "media" / "incoming").iterdir())
            kept = [path for path in (tmp_path / "data" / "media").rglob("*") if path.is_file()]
            assert [path.read_bytes() for path in kept] == [PNG] * happened
            answer = await server.done(*asked, **kind)
            assert ("idempotent-replayed" in server.headers) is happened
            if happened:
                assert f"/{kept[0].name}/" in answer["attachment"]["mediaUrl"]

    asyncio.run(story())


def test_an_upload_that_cannot_be_settled_holds_up_none_behind_it(tmp_path: Path) -> None:
    async def story() -> None:
        ids = [f"{'0' * 24}{number:02d}" for number in range(9)]
        media = directory.Directory(tmp_path)
        for id in ids:
            (tmp_path / "incoming" / f"{id}.part").write_bytes(b"abc")
        (tmp_path / ids[4][-2:]).write_text("in the way")
        failed = False

        async def committed(id: str) -> bool:
            return True

        async def asked_while_the_store_is_down(id: str) -> bool:
            nonlocal failed
            failed = True
            raise RuntimeError("down")

        with pytest.raises(RuntimeError):
            await media.recover(asked_while_the_store_is_down)
        assert failed
        await media.recover(committed)
        assert [path.stem for path in (tmp_path / "incoming").iterdir()] == [ids[4]]
        (tmp_path / ids[4][-2:]).unlink()
        await media.recover(committed)
        assert not list((tmp_path / "incoming").iterdir())

    asyncio.run(story())


def test_bytes_that_cannot_be_removed_hold_up_nothing_else(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            database = server.engines.database
            for number in range(3):
                id = f"{number:026d}"
                write = rows.attachments.create(id, server.app_id, "", "a", "text/plain", 3, 0, for_message=False)
                await database.write(write)
                await database.write(rows.attachments.delete(server.app_id, id))
            (tmp_path / "data" / "media" / "00" / ("0" * 26)).mkdir(parents=True)  # no file, so it cannot be removed
            await server.afterwards()
            assert await rows.attachments.to_remove(database, "", 10) == ["0" * 26]

    asyncio.run(story())


def test_a_server_that_starts_leaves_another_ones_uploads_alone(tmp_path: Path) -> None:
    async def story() -> None:
        media = directory.Directory(tmp_path)

        async def uploads(several: int) -> None:
            for number in range(several):
                part = await media.receive(f"{number:026d}")
                await part.write(b"abc")
                await part.seal()
                await part.keep()

        async def starts() -> None:
            while not done:
                await directory.Directory(tmp_path).recover(nothing_committed)

        async def nothing_committed(id: str) -> bool:
            return False

        done = False
        starting = asyncio.create_task(starts())
        await uploads(200)
        done = True
        await starting
        for number in range(200):
            assert [piece async for piece in media.read(f"{number:026d}", 0, 3)] == [b"abc"]

    asyncio.run(story())


def test_another_apps_attachment_is_not_described_and_not_tied(app: Caller, account: Caller, live: Live) -> None:
    url = url_of(app.upload(PNG, "a.png", "access=public&for=message"))
    made = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": "other"}).json["key"]
    other = Caller(live.url, key["id"], key["secret"], made)
    place = other.conversation()
    shown = other.say(place, type="image", mediaUrl=url, text=None)
    assert not {"mediaSize", "attachmentId"} & set(shown["content"])
    assert other.delete(f"{other.messages(place)}/{shown['id']}").status == 200
    assert fetch(url).status == 200
