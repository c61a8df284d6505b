"""What can be asked, told to programs at /openapi.json and to people at /docs."""

from __future__ import annotations

import json
import re
import shlex
from html.parser import HTMLParser
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from parhelion.operations import operations
from parhelion.operations.openapi import document
from parhelion.server.http.samples import JSON, body, curl
from parhelion.wire.reading import strict
from tests.live import Caller, Live

DOCUMENT = document(operations(), title="Parhelion", version="0")
ENTRIES: dict[str, tuple[str, str, Any]] = {
    said["operationId"]: (path, method, said)
    for path, methods in DOCUMENT["paths"].items()
    for method, said in methods.items()
}


def _content(said: Any) -> Any:
    return said.get("requestBody", {}).get("content", {})


@pytest.fixture(scope="module")
def nobody(live: Live) -> Caller:
    """Somebody without a key."""
    return Caller(live.url)


class Links(HTMLParser):
    """Every id of a page and every place it leads to; and whether it is nested as it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.leads: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        self.ids += [said["id"]] if said.get("id") else []
        self.leads += [str(said["href"])] if "href" in said else []
        if tag not in ("meta", "br", "input", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_document_is_served_to_anybody_with_the_address_it_was_asked_under(nobody: Caller) -> None:
    answer = nobody.send("GET", "/openapi.json", headers={"authorization": "Basic nonsense"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json["servers"] == [{"url": nobody.url}]
    assert set(answer.json["paths"]) == set(DOCUMENT["paths"])
    assert nobody.get("/sc/openapi.json").json["servers"] == [{"url": nobody.url + "/sc"}]
    assert [each.message for each in OpenAPIV31SpecValidator(answer.json).iter_errors()] == []


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_who_has_a_page_already_is_told_so(nobody: Caller, path: str) -> None:
    first = nobody.get(path)
    tag = first.headers["etag"]
    for known in (tag, f'"other", W/{tag}'):
        again = nobody.get(path, if_none_match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert nobody.get(path, if_none_match='"other"').status == 200


def test_the_document_has_another_tag_under_another_address(nobody: Caller) -> None:
    assert nobody.get("/openapi.json").headers["etag"] != nobody.get("/sc/openapi.json").headers["etag"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_a_page_is_only_read(nobody: Caller, path: str) -> None:
    head = nobody.send("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(nobody.get(path).body)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = nobody.send(method, path)
        assert (answer.status, answer.headers["allow"], answer.codes) == (405, "GET, HEAD", ["method_not_allowed"])


def test_the_reference_is_one_page_that_needs_nothing_else(nobody: Caller) -> None:
    answer = nobody.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert len(answer.body) < 300_000
    page = Links(answer.body.decode())
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "form", "object"} & set(page.tags)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert {each for each in page.leads if not each.startswith("#")} == {"openapi.json"}


def test_every_operation_and_every_link_of_the_reference_is_there(nobody: Caller) -> None:
    page = Links(nobody.get("/docs").body.decode())
    assert len(page.ids) == len(set(page.ids))
    assert {each[1:] for each in page.leads if each.startswith("#")} <= set(page.ids)
    assert set(ENTRIES) <= set(page.ids)
    assert {f"#{each}" for each in ENTRIES} <= set(page.leads)


def test_what_one_operation_alone_says_is_told_there_and_what_several_say_is_told_once(nobody: Caller) -> None:
    page = nobody.get("/docs").body.decode()
    ids = Links(page).ids
    assert "s-App" in ids
    assert "s-AppCreateBody" not in ids
    alone = DOCUMENT["components"]["schemas"]["AppCreateBody"]["description"]
    assert page.count(alone) == 1
    shapes = {name for name in DOCUMENT["components"]["schemas"] if f"s-{name}" not in ids}
    for name in shapes:
        assert f'href="#s-{name}"' not in page


def test_the_reference_tells_limits_words_and_what_is_required(nobody: Caller) -> None:
    page = nobody.get("/docs").body.decode()
    said = re.sub(r"<[^>]+>", "", page)

    def told(operation: str) -> str:
        return page.partition(f'<article id="{operation}"')[2].partition("</article>")[0]

    assert "1 to 10 items" in said  # cards of a carousel
    assert "at most 4096 characters" in said
    assert "date and time" in said
    assert "null takes it away" in told("UpdateUser")
    assert "null takes it away" not in told("CreateUser")
    assert "None" not in re.findall(r"default (\w+)", said)
    assert "markdownText" in said


@pytest.mark.parametrize("name", [name for name, each in ENTRIES.items() if JSON in _content(each[2])])
def test_the_body_that_is_shown_is_one_that_is_accepted(name: str) -> None:
    path, method, said = ENTRIES[name]
    lines = shlex.split(curl(DOCUMENT, path, method, said).replace("\\\n", ""))
    shown = json.loads(lines[lines.index("-d") + 1])
    assert shown == body(DOCUMENT, said)
    [kind] = [
        parameter.type
        for each in operations()
        if each.operation_id == name
        for parameter in each.parameters
        if parameter.place == "body"
    ]
    strict(json.dumps(shown).encode(), kind)
    assert shown or name == "AcceptControl"
