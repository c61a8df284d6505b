"""Each of the 67 methods of the official client 17.0.1 against our server: once granted, once refused.

The same lines run on the drop-in. What happened is printed, method by method.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from parhelion.operations import operations
from parhelion.server import rows
from sunshine_conversations_client._shapes import snake
from tests.everything import Things, device, everything
from tests.live import Caller, Live, parhelion
from tests.official.environments import NoClient, Official
from tests.official.methods import LINES, PRELUDE, Line
from tests.server.asking import send
from tests.server.conftest import bring

VERSION = "17.0.1"
STATUSES = {snake(each.operation_id): each.status for each in operations()} | {"authorize": 200}  # the page itself


class Outcome(NamedTuple):
    status: int
    kind: str  # of the answer, or of the exception
    code: str

    def __str__(self) -> str:
        return " ".join(str(each) for each in self if each)


class DropIn:
    """The drop-in, in this process."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}

    def run(self, code: str) -> Any:
        self._names["answer"] = None
        try:
            exec(code, self._names)
        except Exception as error:
            raise NoClient(f"{type(error).__name__}: {error}") from error
        return self._names["answer"]

    def close(self) -> None:
        for client in self._names["clients"].values():
            client.close()


@pytest.fixture(scope="module")
def things(live: Live, account: Caller) -> Callable[[], Things]:
    """A new app with one of everything, and a partner with two codes for it."""

    def ask(method: str, path: str, body: Any) -> Any:
        answer = send(account, method, path, body)
        assert answer.status < 300, (method, path, answer)
        return answer.json

    def made() -> Things:
        found = everything(ask)
        asyncio.run(bring(live.data, device(found)))
        address = "https://example.org/back"
        where = ("--name", "partner", "--redirect-uri", address, "--data", str(live.data), "--json")
        partner = parhelion("oauth", "client", "create", *where)
        for name in ("code", "other_code"):
            found[name] = f"{name} of {found['appId']}"
            digest = hashlib.sha256(found[name].encode()).hexdigest()
            asyncio.run(bring(live.data, rows.oauth.allow(digest, partner["clientId"], address, found["appId"], 2**52)))
        return found | {"partnerId": partner["clientId"], "partnerSecret": partner["clientSecret"]}

    return made


@pytest.fixture(scope="module", params=["the official client", "the drop-in"])
def client(
    request: pytest.FixtureRequest, account: Caller, things: Callable[[], Things]
) -> Iterator[tuple[str, Official | DropIn]]:
    here = things()
    credentials = {"app": (here["keyId"], here["secret"]), "account": (account.key_id, account.secret)}
    made = Official(VERSION) if request.param == "the official client" else DropIn()
    made.run(PRELUDE.format(url=account.url, credentials=credentials, things=here))
    yield request.param, made
    made.close()


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """What came of each method, by client."""
    return {}


def happened(client: Official | DropIn, line: Line) -> tuple[Outcome, Outcome]:
    """What came of what should be granted, and of what should be refused."""
    if line.first:
        client.run(line.first)
    granted, refused = (Outcome(*client.run(code)) for code in line.codes())
    return granted, refused


def test_every_method(
    client: tuple[str, Official | DropIn], told: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
):
    name, asked = client
    table, wrong = [f"{name}: {len(LINES)} methods"], []
    outcomes = told.setdefault(name, {})
    for line in LINES:
        try:
            granted, refused = happened(asked, line)
        except NoClient as broken:
            wrong.append(f"{line.method}: {broken}")
            continue
        outcomes[line.method] = granted, refused
        table.append(f"  {line.method:34}{granted!s:46}{refused}")
        if line.only_there:
            right = (granted.status, granted.code) in ((400, line.only_there), (404, line.only_there))
        else:
            right = granted.status == STATUSES[line.method]
        if not right or refused.status != line.status:
            wrong.append(f"{line.method}: {granted} and {refused}")
    with capsys.disabled():
        print("", *table, sep="\n")
    assert not wrong, "\n".join(wrong)


def test_both_answer_alike(told: dict[str, dict[str, Any]]):
    """The same status, the same class of answer, the same class of exception, the same code."""
    if len(told) < 2:
        pytest.skip("one of the two was not asked")
    theirs, ours = told.values()
    page = (Outcome(200, "NoneType", ""), Outcome(200, "str", ""))  # docs/migration.md says so
    assert (theirs.pop("authorize")[0], ours.pop("authorize")[0]) == page
    assert ours == theirs


def test_no_method_is_without_a_line():
    found = Official(VERSION)
    try:
        methods = found.run("""
import inspect
import sunshine_conversations_client as s
apis = [getattr(s, name) for name in dir(s) if name.endswith("Api")]
answer = [[api.__name__, name] for api in apis for name in vars(api)
          if not name.startswith("_") and not name.endswith(("_with_http_info", "_without_preload_content"))]
""")
    finally:
        found.close()
    assert len(methods) == 67
    assert sorted(tuple(each) for each in methods) == sorted((line.api, line.method) for line in LINES)
    assert [line.method for line in LINES if line.only_there] == [
        "sync_user",
        "download_message_ref",
        "post_conversion_events",
    ]
