"""`parhelion webhook`: what webhooks got and what not, and sending it again, against a live server."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import pytest

from tests.cli import asking
from tests.client.support import Peer, serving
from tests.live import Caller, Live


def run(app: Caller, *arguments: str) -> subprocess.CompletedProcess[str]:
    return asking.run(app, "webhook", *arguments)


@contextmanager
def receiver(status: list[int]) -> Iterator[tuple[str, Queue[str]]]:
    """A receiver that answers the status that stands in the list; and the ids of the events that came."""
    came: Queue[str] = Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status[0])
            self.send_header("content-length", "0")
            self.end_headers()
            came.put(body["events"][0]["id"])

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/hook", came
        finally:
            server.shutdown()
            thread.join()


def webhook(app: Caller, target: str) -> str:
    body = {"type": "custom", "webhooks": [{"target": target, "triggers": ["conversation:message"]}]}
    return str(app.post(f"{app.app}/integrations", body).json["integration"]["webhooks"][0]["id"])


def failed(app: Caller, hook: str, came: Queue[str]) -> str:
    """The id of an event that the receiver has said no to, once the server knows."""
    app.say(app.conversation())
    event = came.get(timeout=20)
    while event not in run(app, "deliveries", hook, "--state", "failed").stdout:
        pass
    return event


def test_what_failed_is_shown_and_sent_again(live: Live) -> None:
    app, status = live.app(), [403]
    with receiver(status) as (target, came):
        hook = webhook(app, target)
        event = failed(app, hook, came)
        listed = run(app, "list")
        assert (listed.returncode, listed.stderr) == (0, "")
        assert f"{hook}  {target}" in listed.stdout
        assert (
            f"1 failed. Look at them, or send them again:\n      parhelion webhook deliveries {hook}" in listed.stdout
        )
        [line] = run(app, "deliveries", hook).stdout.splitlines()
        assert line.startswith(event)
        assert re.search(r"failed     conversation:message  403 after attempt 1, in \d\.\d{3} s$", line)
        [said] = map(json.loads, run(app, "deliveries", hook, "--json").stdout.splitlines())
        assert (said["eventId"], said["answer"]["status"]) == (event, 403)

        status[0] = 200
        again = run(app, "replay", hook, "--failed")
        assert again.stdout.startswith("Sent again: 1 that had failed. See what becomes of it:")
        assert came.get(timeout=20) == event
        one = run(app, "replay", hook, "--event", event)
        assert one.stdout.startswith(f"Event {event} is sent again.")
        assert came.get(timeout=20) == event
        assert run(app, "replay", hook, "--failed").stdout == "Nothing has failed.\n"
        since = run(app, "replay", hook, "--failed", "--since", "2026-01-31T12:00:00Z").stdout
        assert since == "Nothing has failed since 2026-01-31T12:00:00+00:00.\n"


def test_a_test_is_sent_and_seen_to_arrive(live: Live) -> None:
    app = live.app()
    with receiver([200]) as (target, came):
        hook = webhook(app, target)
        assert run(app, "deliveries", hook).stdout == "Nothing was sent to it, and nothing waits.\n"
        done = run(app, "test", hook)
        event = came.get(timeout=20)
        assert done.stdout.startswith(f"Event {event}, a test of conversation:message, is sent. See what becomes")
        while event not in (line := run(app, "deliveries", hook, "--state", "delivered").stdout):
            pass
        assert re.search(r"delivered  conversation:message  200 after attempt 1, in \d\.\d{3} s$", line)
        other = run(app, "test", hook, "--trigger", "user:remove").stdout
        assert f"Event {came.get(timeout=20)}, a test of user:remove, is sent." in other


def test_however_many_have_failed_the_list_asks_for_one_page_of_them() -> None:
    found: list[str] = []
    integration = {"id": "i1", "type": "custom", "displayName": "x", "status": "active"}
    hook = {"id": "w1", "target": "http://there/", "triggers": [], "secret": "s"}
    delivery = {"eventId": "e", "type": "t", "createdAt": "2026-01-01T12:00:00.000Z", "state": "failed", "attempts": 5}

    def handle(peer: Peer) -> None:
        while head := peer.request()[0]:
            path = head[0].split(" ")[1].replace("%5B", "[").replace("%5D", "]")
            found.append(path)
            if "/deliveries" in path:
                said: object = {"deliveries": [delivery] * 100, "meta": {"hasMore": True, "afterCursor": "a" * 24}}
            elif path.endswith("/webhooks"):
                said = {"webhooks": [hook]}
            else:
                said = {"integrations": [integration], "meta": {"hasMore": False}}
            peer.answer(json.dumps(said))

    with serving(handle) as server:
        app = Caller(server.origin, "app1", "key1", "hush")
        done = run(app, "list")
    assert done.stderr == ""
    assert "    100 or more failed. Look at them" in done.stdout
    [asked] = [path for path in found if "/deliveries" in path]
    assert "page[size]=100" in asked
    assert "filter[state]=failed" in asked


def test_who_has_no_webhook_is_told_what_to_do_instead(live: Live) -> None:
    assert "parhelion listen" in run(live.app(), "list").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["deliveries", "0" * 24], 1, "404 not_found"),
        (["replay", "0" * 24, "--failed"], 1, "404 not_found"),
        (["replay", "0" * 24, "--event", "1" * 24], 1, "404 not_found"),
        (["replay", "0" * 24], 2, "--failed"),
        (["replay", "0" * 24, "--failed", "--since", "yesterday"], 2, "is not a time"),
        (["deliveries", "0" * 24, "--state", "lost"], 2, "invalid choice"),
        (["test", "0" * 24], 1, "404 not_found"),
        (["test", "0" * 24, "--trigger", "nothing"], 1, "400 bad_request"),
        (["test"], 2, "WEBHOOK"),
    ],
)
def test_what_cannot_be_is_a_sentence(live: Live, arguments: list[str], status: int, words: str) -> None:
    done = run(live.app(), *arguments)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
