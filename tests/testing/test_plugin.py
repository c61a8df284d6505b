"""The plugin as other people's suites have it: pytest in a process of its own, with nothing of this one's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]
QUIET = ("-p", "no:schemathesis", "-p", "no:cacheprovider", "-W", "error")


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    def run(suite: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(suite)
        return pytester.runpytest_subprocess(*QUIET, *arguments, timeout=120)

    return run


STORY = """
    from datetime import timedelta

    import pytest

    from parhelion import Client, ServiceUnavailable, UserCreateBody

    BEFORE = []

    @pytest.mark.parametrize("again", [1, 2])
    def test_everything_is_as_new(again, parhelion_receiver, parhelion_server, parhelion_client, parhelion_app):
        assert parhelion_app.id not in BEFORE
        BEFORE.append(parhelion_app.id)
        assert list(parhelion_server.faults) == []
        assert not parhelion_server.clock.frozen
        assert parhelion_receiver.events == []
        assert len(parhelion_client.integrations.list().integrations) == 1
        parhelion_client.users.create(UserCreateBody(external_id="ada"))  # there can be one in an app
        parhelion_server.faults.add("GetUser", status=503)
        parhelion_server.clock.freeze()
        with pytest.raises(ServiceUnavailable):
            parhelion_app.client(retries=0).users.get("ada")

    def test_one_server_answers_all(parhelion_server):
        BEFORE.append(parhelion_server.url)

    def test_it_is_the_same(parhelion_app):
        assert parhelion_app.url in BEFORE

    def test_a_message_is_told_again_until_it_is_heard(parhelion_server, parhelion_client, parhelion_receiver):
        user = parhelion_client.users.create(UserCreateBody(external_id="ada")).user
        parhelion_receiver.answer(503, times=3, trigger="conversation:message")
        parhelion_client.messages.post(parhelion_client.conversations.start(user), "Hello!")
        for _ in range(3):
            parhelion_server.settle()
            parhelion_server.clock.advance(timedelta(minutes=2))
        event = parhelion_receiver.wait_for("conversation:message")
        assert event.payload.message.content.text == "Hello!"

    def test_a_snapshot_is_a_beginning(parhelion_server, parhelion_client):
        parhelion_client.users.create(UserCreateBody(external_id="ada"))
        filled = parhelion_server.snapshot()
        for _ in range(3):
            parhelion_client.users.create(UserCreateBody(external_id="ben"))
            parhelion_server.restore(filled)

    def test_a_program_reads_its_environment(parhelion_app, monkeypatch):
        for name, value in parhelion_app.environment.items():
            monkeypatch.setenv(name, value)
        with Client() as client:
            client.users.create(UserCreateBody(external_id="ada"))
        assert parhelion_app.client().users.get("ada")
"""


def test_a_suite_has_a_server_for_each_of_its_tests(run: Run) -> None:
    run(STORY, "--strict-config", "--strict-markers").assert_outcomes(passed=7)


def test_two_runs_at_once_have_a_server_each(pytester: pytest.Pytester) -> None:
    """As the processes of pytest-xdist have."""
    pytester.makepyfile(STORY)
    command = [sys.executable, "-m", "pytest", *QUIET, "-q"]
    runs = [pytester.popen([*command, f"--basetemp=run{number}"], stdin=None) for number in (1, 2)]
    for each in runs:
        said, trouble = each.communicate(timeout=120)
        assert (each.returncode, trouble) == (0, b""), said.decode()


def test_a_test_that_fails_shows_what_was_said(run: Run) -> None:
    result = run(
        """
        from parhelion import UserCreateBody

        def test_in_vain(parhelion_client, parhelion_receiver):
            user = parhelion_client.users.create(UserCreateBody(external_id="ada")).user
            parhelion_client.conversations.start(user)
            parhelion_receiver.wait_for("conversation:create")
            parhelion_receiver.wait_for("conversation:message", timeout=0.01)

        def test_without(tmp_path):
            assert False

        def test_before_anything_was_said(parhelion_server):
            assert False
        """
    )
    result.assert_outcomes(failed=3)
    result.stdout.re_match_lines(
        [
            r">\s+parhelion_receiver.wait_for\(\"conversation:message\", timeout=0.01\)",
            r"E\s+AssertionError: No event of conversation:message came within 0.01 s.",
            r"E\s+What did arrive \(1\):",
            r"-+ parhelion -+",
            r"201  POST /v2/apps/\w+/integrations  \(\d+ ms\)",
            r"201  POST /v2/apps/\w+/users  \(\d+ ms\)",
            r"201  POST /v2/apps/\w+/conversations  \(\d+ ms\)",
            r"What did arrive \(1\):",
            r"  conversation:create \w+  \(handed out\)",
        ]
    )
    result.stdout.no_re_match_line(r"src/parhelion/testing/receiver.py:\d+")  # the line that waited is the last
    assert str(result.stdout).count(" parhelion ---") == 1


def test_a_suite_may_do_without(run: Run) -> None:
    result = run(
        """
        import sys

        def test_nothing_is_loaded():
            assert not [name for name in sys.modules if name.split(".")[0] == "parhelion"]

        def test_it_is_not_known(parhelion_client):
            pass
        """,
        "-p",
        "no:parhelion",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'parhelion_client' not found"])


def test_nothing_is_loaded_for_who_does_not_ask(run: Run) -> None:
    run(
        """
        import sys

        def test_nothing_but_the_plugin_is_loaded(request):
            assert request.config.pluginmanager.has_plugin("parhelion")
            ours = {name for name in sys.modules if name.startswith("parhelion.")}
            assert ours == {"parhelion.testing", "parhelion.testing.plugin"}
            assert not {"msgspec", "uvicorn", "uvloop", "apsw", "httpcore2"} & set(sys.modules)
        """
    ).assert_outcomes(passed=1)


def test_the_plugin_costs_nobody_more_than_five_milliseconds(tmp_path: Path) -> None:
    """Beside pytest, which is there. The best of several, since others work on this machine, too."""
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    source = "import pytest, sys, parhelion.testing.plugin; sys.exit('parhelion.server' in sys.modules)"
    took: list[int] = []
    for _ in range(6):
        ended = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", source],
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found = re.search(r"\|\s+(\d+) \| parhelion\.testing\.plugin$", ended.stderr, re.MULTILINE)
        assert found, ended.stderr
        took.append(int(found[1]))
    assert min(took) < 5000, f"{took} microseconds"


def test_the_extra_that_is_missing_is_named_in_a_line(run: Run) -> None:
    result = run(
        """
        import sys

        sys.modules["uvloop"] = None

        def test_a(parhelion_client):
            pass

        def test_b(parhelion_server):
            pass

        def test_c():
            pass
        """
    )
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["*uvloop*The server is an extra: pip install 'parhelion?testing?'"])
    assert "Traceback" not in str(result.stdout)
    assert len(str(result.stdout).splitlines()) < 40


def test_async_tests_have_a_client_and_leave_nothing_open(run: Run) -> None:
    result = run(
        """
        import gc

        import pytest

        from parhelion import UserCreateBody

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        @pytest.mark.parametrize("again", [1, 2])
        async def test_awaited(again, parhelion_async_client, parhelion_receiver):
            user = (await parhelion_async_client.users.create(UserCreateBody(external_id="ada"))).user
            conversation = await parhelion_async_client.conversations.start(user)
            await parhelion_async_client.messages.post(conversation, "Hello!")
            event = await parhelion_receiver.arrives("conversation:message")
            assert event.payload.message.content.text == "Hello!"

        def test_nothing_is_left():
            gc.collect()  # what was left open would be warned of
        """
    )
    result.assert_outcomes(passed=3)


def test_a_further_test_costs_less_than_fifty_milliseconds(run: Run, pytester: pytest.Pytester) -> None:
    """All fixtures at once, from setup to teardown. Counted is the work of this process, the server's with it: that is
    the same however much else this machine has to do. And once in many tests it has the time for it, too.
    """
    pytester.makeconftest(
        """
        import statistics
        import time

        import pytest

        worked, took = [], []

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_protocol():
            work, now = time.process_time(), time.perf_counter()
            result = yield
            worked.append((time.process_time() - work) * 1000)
            took.append((time.perf_counter() - now) * 1000)
            return result

        def pytest_sessionfinish():
            del worked[0], took[0]  # that began the server
            print(f"median {statistics.median(worked):.1f} ms of work")
            print(f"median {statistics.median(took):.1f} ms, best {min(took):.1f} ms")
        """
    )
    result = run(
        """
        import pytest

        @pytest.mark.usefixtures("parhelion_server", "parhelion_client", "parhelion_async_client", "parhelion_receiver")
        @pytest.mark.parametrize("number", range(40))
        def test_all(number):
            pass
        """,
        "-s",
    )
    result.assert_outcomes(passed=40)
    said = str(result.stdout)
    [worked] = re.findall(r"median ([0-9.]+) ms of work", said)
    [best] = re.findall(r"best ([0-9.]+) ms", said)
    assert float(worked) < 50, said
    assert float(best) < 50, said
