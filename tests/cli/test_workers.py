"""Several workers: they start and end together, one that dies is replaced, and nobody can tell which one answers."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from parhelion.cli.workers import Workers
from tests.drills.test_kill_events import receiving, telling_app
from tests.forms import FORM, Fields
from tests.live import COMMAND, Caller, Live, environment, pages, parhelion, run
from tests.watching import told
from tests.workers import MESSAGE, Ear, Kept, Pager, Posters, children, ears, runs, to_each, until

Serve = Callable[..., Live]
BACK = "https://bot.example.org/back"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Two workers, for those who only ask."""
    server = Live(tmp_path_factory.mktemp("two") / "data", "--workers", "2")
    yield server
    server.stop()


@pytest.fixture
def app(two: Live) -> Caller:
    return two.app()


@contextmanager
def started(folder: Path, *arguments: str) -> Generator[subprocess.Popen[str]]:
    """Two workers whose complaints can be read, in a process group of their own, as a terminal starts them."""
    told = ("--log-format", "console", "--log-requests", "none")
    command = [*COMMAND, "serve", "--port", "0", "--workers", "2", "--data", str(folder), *told, *arguments]
    pipe = subprocess.PIPE
    how = {"env": environment(*command), "start_new_session": True}
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, **how) as process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    ready = re.match(r"Parhelion is ready at (\S+) .*, 2 workers\)", line)
    assert ready, line
    return ready[1]


def half_a_post(app: Caller, conversation: str) -> tuple[socket.socket, bytes]:
    """A request of which the rest is still to come, and the rest."""
    url = urlsplit(app.url)
    line = socket.create_connection((url.hostname or "", url.port or 0), timeout=10)
    body = b'{"author": {"type": "business"}, "content": {"type": "text", "text": "x"}}'
    head = f"POST {app.messages(conversation)} HTTP/1.1\r\nHost: x\r\nAuthorization: {app.basic()}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    line.sendall(head.encode())
    assert line.recv(100).startswith(b"HTTP/1.1 100"), "it is read"
    return line, body


# -- who runs ------------------------------------------------------------------------------------------------------


def test_one_worker_has_no_parent(serve: Serve) -> None:
    live = serve("--workers", "1")
    assert children(live.process.pid) == []
    live.stop()


@pytest.mark.parametrize("several", ["0", "-1", "65", "two", "٢", ""])
def test_what_is_no_number_of_processes_is_refused(several: str) -> None:
    done = subprocess.run([*COMMAND, "serve", "--workers", several], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not a number of processes: 1 to 64" in done.stderr or "expected one argument" in done.stderr


def test_all_answer_when_it_says_that_it_is_ready_and_all_end_when_it_is_told_to(serve: Serve) -> None:
    live = serve("--workers", "3")
    workers = children(live.process.pid)
    assert len(workers) == 3
    with to_each(Caller(live.url), 3) as lines:
        assert {line.send("GET", "/v2/apps").status for line in lines} == {401}
    assert live.process.stdout is not None
    assert live.process.stdout.readline().startswith("There is no app yet.")
    live.stop()
    assert not any(map(runs, workers))


@pytest.mark.parametrize("group", [False, True])
def test_ctrl_c_ends_all(tmp_path: Path, group: bool) -> None:
    """A terminal tells every process of the group; others tell the parent alone."""
    with started(tmp_path / "data") as process:
        address(process)
        workers = children(process.pid)
        (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (0, "")
        assert not any(map(runs, workers))


def test_a_second_ctrl_c_waits_for_nothing(tmp_path: Path) -> None:
    with started(tmp_path / "data") as process:
        app = replace(_app(tmp_path / "data"), url=address(process))
        line, _ = half_a_post(app, app.conversation())
        with line:
            process.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.5)
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 0


@pytest.mark.parametrize("what", ["store", "port"])
def test_workers_that_cannot_start_are_one_sentence_and_a_status(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1] if what == "port" else 0
        if what == "store":
            parhelion("app", "create", "--data", str(folder), "--name", "x", "--json")
            (folder / "master.key").unlink()
        done = run("serve", "--port", str(port), "--workers", "2", "--data", str(folder))
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert ("--port" if what == "port" else "master.key is missing") in line


def test_a_system_that_has_room_for_no_process_is_a_sentence_and_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> int:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    def never(_: object) -> int:
        pytest.fail("it was started, and said that it was ready")

    monkeypatch.setattr(os, "fork", full)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert Workers(2, listening, never, never).run() == 1
    said = f"parhelion: worker 1 could not be started: [Errno {errno.EAGAIN}] Resource temporarily unavailable\n"
    assert capsys.readouterr().err == said


def test_no_worker_outlives_its_parent(serve: Serve) -> None:
    live = serve("--workers", "2")
    app = live.app()
    workers = children(live.process.pid)
    line, rest = half_a_post(app, app.conversation())
    with line:
        live.kill()
        line.sendall(rest)
        assert line.recv(1000).startswith(b"HTTP/1.1 201"), "what is under way is answered"
    until(lambda: not any(map(runs, workers)), "a worker is left")


def test_a_worker_that_is_killed_is_replaced_and_it_is_said(tmp_path: Path) -> None:
    with started(tmp_path / "data") as process:
        caller = Caller(address(process))
        [victim, other] = children(process.pid)
        os.kill(victim, signal.SIGKILL)
        assert process.stderr is not None
        said = process.stderr.readline()
        assert re.fullmatch(rf"parhelion: worker 1 \(pid {victim}\) was ended by SIGKILL; another starts .*\n", said)
        with to_each(caller):
            assert other in children(process.pid)
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=20)
        assert (process.returncode, rest) == (0, "")


def test_a_worker_that_is_told_to_end_answers_what_is_under_way_and_is_replaced(serve: Serve) -> None:
    live = serve("--workers", "2")
    app = live.app()
    conversation = app.conversation()
    before = children(live.process.pid)
    line, rest = half_a_post(app, conversation)
    with line:
        for worker in before:  # whichever has it
            os.kill(worker, signal.SIGTERM)
        line.sendall(rest)
        assert line.recv(1000).startswith(b"HTTP/1.1 201")
    until(lambda: len(set(children(live.process.pid)) - set(before)) == 2, "they are not replaced")
    with to_each(app):
        assert len(pages(app, conversation)) == 1
    live.stop()


def test_who_dies_again_and_again_is_waited_for_longer_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with started(folder) as process:
        caller = Caller(address(process))
        key = (folder / "master.key").read_bytes()
        (folder / "master.key").unlink()
        os.kill(children(process.pid)[0], signal.SIGKILL)
        said: list[str] = []
        assert process.stderr is not None
        while len(said) < 5:
            said.append(process.stderr.readline())
        (folder / "master.key").write_bytes(key)
        with to_each(caller):
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
    pauses = [re.search(r"another starts (at once|in (\S+) s)", line) for line in said]
    seconds = [float(found[2] or 0) for found in pauses if found]
    assert seconds == sorted(seconds)
    assert seconds[-1] > seconds[0]
    assert sum("master.key is missing" in line for line in said) == 5 - len(seconds)


def test_it_gives_up_when_nobody_can_be_started_any_more(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    impatient = COMMAND[-1].replace("from parhelion.cli import main", "import parhelion.cli.workers as workers\n")
    impatient = impatient.replace("sys.exit(", "workers.NOBODY = 1.0\nfrom parhelion.cli import main\nsys.exit(")
    told = ("--log-format", "console")
    command = [*COMMAND[:-1], impatient, "serve", "--port", "0", "--workers", "2", "--data", str(folder), *told]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment(*command)) as process:
        try:
            address(process)
            (folder / "master.key").unlink()
            for worker in children(process.pid):
                os.kill(worker, signal.SIGKILL)
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 1
    assert said.splitlines()[-1] == "parhelion: no worker could be started for 1 seconds: giving up"


@contextmanager
def lines_to(live: Live, several: int) -> Generator[list[Kept]]:
    """So many connections, made at once."""
    with ThreadPoolExecutor(several) as pool:
        lines = list(pool.map(lambda _: Kept(Caller(live.url)), range(several)))
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def test_connections_are_shared_even_when_they_come_at_once(two: Live) -> None:
    fewest = []
    for _ in range(9):
        with lines_to(two, 16) as lines:
            who = Counter(line.who for line in lines)
            fewest.append(min(who.values()) if len(who) == 2 else 0)
    assert statistics.median(fewest) >= 4, fewest


def test_a_worker_that_hangs_keeps_nobody_out(serve: Serve) -> None:
    live = serve("--workers", "2")
    caller = Caller(live.url)
    hanging = children(live.process.pid)[0]
    os.kill(hanging, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: caller.get("/nothing").status, range(200)))
    finally:
        os.kill(hanging, signal.SIGCONT)
    assert set(answers) == {404}
    live.stop()


# -- who answers ---------------------------------------------------------------------------------------------------


def test_ids_rise_however_many_post_into_one_conversation(app: Caller) -> None:
    conversation = app.conversation()
    heard = ears(app)
    posters, pager = Posters(app, conversation, 64, stays=False), Pager(app, conversation)
    posters.wait(500)
    posted = posters.stop()
    stored = pages(app, conversation)
    assert pager.finish(len(stored)) == stored == sorted(set(stored)) == sorted(posted.ids)
    assert (posted.refused, posted.unanswered) == ([], 0)
    for ear in heard:
        until(lambda ear=ear: len(ear.heard) >= len(stored), "somebody misses something")
        ear.close()
        assert ear.heard == stored


def test_what_one_has_written_the_others_answer_at_once(app: Caller) -> None:
    conversation = app.conversation()
    with to_each(app) as (one, other):
        for writes, reads in [(one, other), (other, one)] * 10:
            [message] = writes.send("POST", app.messages(conversation), MESSAGE).json["messages"]
            assert reads.send("GET", app.messages(conversation)).json["messages"][-1] == message


@pytest.mark.parametrize("parents", [1, 2])
def test_an_event_is_heard_at_every_worker_long_before_it_is_looked_for_anyway(serve: Serve, parents: int) -> None:
    """One parent with two workers, or two servers on one folder."""
    lives = [serve("--workers", "2")] if parents == 1 else [serve(), serve()]
    app = lives[0].app()
    conversation = app.conversation()
    listening = ears(app) if parents == 1 else [Ear(replace(app, url=live.url)) for live in lives]
    took: list[float] = []
    for number in range(12):
        began = time.monotonic()
        app.say(conversation)
        until(lambda number=number: all(len(ear.heard) > number for ear in listening), "it is not heard")
        took.append(max(ear.times[-1] for ear in listening) - began)
    for ear in listening:
        ear.close()
    for live in lives:
        live.stop()
    assert listening[0].heard == listening[1].heard
    assert statistics.median(took) < 0.4, took  # it is looked for each second


def test_a_request_that_comes_twice_is_done_once_whoever_gets_it(app: Caller) -> None:
    conversation = app.conversation()
    with to_each(app) as lines, ThreadPoolExecutor(2) as pool:
        for number in range(20):

            def post(line: Kept, number: int = number) -> tuple[int, bytes]:
                answer = line.send("POST", app.messages(conversation), MESSAGE, idempotency_key=f"key-{number}")
                return answer.status, answer.body

            one, other = pool.map(post, lines)
            assert one == other
            assert one[0] == 201
    assert len(pages(app, conversation)) == 20


def test_a_key_that_one_takes_away_stops_working_at_the_other_within_a_second(two: Live) -> None:
    account = two.account()
    made = account.post("/v2/apps", {"displayName": "x"}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": "x"}).json["key"]
    app = Caller(two.url, key["id"], key["secret"], made)
    with to_each(app) as (one, other):
        assert [line.send("GET", app.app).status for line in (one, other)] == [200, 200]
        one.caller = account
        assert one.send("DELETE", f"{app.app}/keys/{key['id']}").status == 200
        gone = time.monotonic()

        def refused() -> bool:
            asked = time.monotonic()
            is_refused = other.send("GET", app.app).status == 401
            assert is_refused or asked < gone + 1.1, "it is remembered for too long"
            return is_refused

        until(refused, "it still works")


def test_a_partner_is_let_in_by_several_workers_together(two: Live, app: Caller) -> None:
    said = ["--name", "Sun", "--redirect-uri", BACK, "--json"]
    made = parhelion("oauth", "client", "create", "--data", str(two.data), *said)
    path = f"/oauth/authorize?{urlencode({'response_type': 'code', 'client_id': made['clientId']})}"
    with to_each(replace(app, key_id="", secret="")) as (one, other):
        page = one.send("GET", path)
        cookie = page.headers["set-cookie"].partition(";")[0]
        form = Fields(page.body.decode()).values | {"key": app.key_id, "secret": app.secret, "answer": "allow"}
        back = other.send("POST", path, urlencode(form).encode(), cookie=cookie, content_type=FORM)
        assert back.status == 302, back
        [code] = parse_qs(urlsplit(back.headers["location"]).query)["code"]
        exchange = {"code": code, "grant_type": "authorization_code"}
        exchange |= {"client_id": made["clientId"], "client_secret": made["clientSecret"]}
        assert one.send("POST", "/oauth/token", exchange).status == 200
        assert other.send("POST", "/oauth/token", exchange).status == 400, "a code is good for once"


def test_a_webhook_hears_each_event_once(two: Live) -> None:
    with receiving() as receiver:
        app = telling_app(two.account(), receiver.url)
        places = [app.conversation() for _ in range(8)]
        with to_each(app) as lines:
            posted = [
                line.send("POST", app.messages(place), MESSAGE).json["messages"][0]["id"]
                for _ in range(10)
                for place in places
                for line in lines
            ]
        assert receiver.wait(app, len(posted))
        until(lambda: _pending(two, app) == 0, "it is not known to have arrived")
        assert sorted(each.message for each in receiver.arrivals) == sorted(posted)
        for place in places:
            told = [each.message for each in receiver.arrivals if each.conversation == place]
            assert told == sorted(told), "out of order"


@pytest.mark.embedded
def test_a_folder_without_its_bells_goes_on_as_before(serve: Serve) -> None:
    """Who takes away what looks useless does no harm that lasts."""
    live = serve("--workers", "2")
    app = live.app()
    conversation = app.conversation()
    heard = ears(app)
    taken = (live.data / "parhelion.db-bells").rename(live.data / "taken away")  # at once, whoever makes one there now
    shutil.rmtree(taken, ignore_errors=True)
    for _ in range(3):
        app.say(conversation)
    for ear in heard:
        until(lambda ear=ear: len(ear.heard) == 3, "it is not heard at all")
        ear.close()
    live.stop()


def _app(folder: Path) -> Caller:
    made = parhelion("app", "create", "--data", str(folder), "--name", "x", "--json")
    return Caller("", made["keyId"], made["secret"], made["appId"])


def _pending(live: Live, app: Caller) -> int:
    [integration] = app.get(f"{app.app}/integrations").json["integrations"]
    [hook] = app.get(f"{app.app}/integrations/{integration['id']}/webhooks").json["webhooks"]
    deliveries = f"/parhelion/v1/apps/{app.app_id}/webhooks/{hook['id']}/deliveries?filter[state]=pending"
    return len(app.get(deliveries).json["deliveries"])


def test_what_workers_count_is_added_up_exactly_and_outlives_who_counted_it(serve: Serve) -> None:
    live = serve("--workers", "2")
    app = live.app()
    requests = {"name": "parhelion_http_requests_total", "operation": "GetApp", "status": "200"}
    heard = ears(app)
    until(lambda: told(app).of("parhelion_stream_subscribers") == 2, "streams are not counted")
    with to_each(app) as lines:
        for line, several in zip(lines, (7, 11), strict=True):
            for _ in range(several):
                assert line.send("GET", app.app).status == 200
    fresh = until(lambda: (found := told(app)).of(**requests) == 18 and found, "the sum is another one")
    assert fresh.labels("process_open_fds") == {"1", "2"}
    for victim in children(live.process.pid):
        os.kill(victim, signal.SIGKILL)
        until(lambda pid=victim: pid not in children(live.process.pid), "it is still there")
        until(lambda: len(children(live.process.pid)) == 2, "there is no other")
    for one in heard:
        one.close()
    with to_each(app) as lines:
        for line in lines:
            assert line.send("GET", app.app).status == 200

    def settled() -> bool:
        found = told(app)
        quiet = found.of("parhelion_stream_subscribers") == 0 and found.of("parhelion_http_requests_in_progress") == 1
        return quiet and found.of(**requests) == 20

    until(settled, "what the dead had counted is not there, or what they were at is")
