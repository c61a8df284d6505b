"""Requests that a program puts together itself, in the words of either dialect."""

import json
from datetime import UTC, date, datetime
from multiprocessing.pool import ApplyResult
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3

import sunshine_conversations_client as s
from sunshine_conversations_client.rest import RESTResponse
from tests.dropin.test_refusals import Fixed, answer
from tests.live import Caller

AUTH = ["basicAuth", "bearerAuth"]
ONE = "/v2/apps/{appId}/users/{userIdOrExternalId}"


@pytest.fixture
def fixed():
    server = Fixed(answer("200 OK", "[]", "Content-Type: application/json"))
    yield server
    server.close()


def test_as_9_and_12_did(app: Caller, api_client: s.ApiClient):
    ada = app.user(externalId="a/da")
    path = {"appId": app.app_id, "userIdOrExternalId": "a/da"}
    known = {"response_type": "UserResponse", "auth_settings": AUTH}
    data, status, headers = api_client.call_api(ONE, "GET", path, [], {}, **known)
    assert (data.user.id, status, headers["Content-Type"][:16]) == (ada, 200, "application/json")
    body = s.UserUpdateBody(profile=s.Profile(given_name="Ada"))
    only = api_client.call_api(ONE, "PATCH", path, body=body, _return_http_data_only=True, **known)
    assert only.user.profile.given_name == "Ada"
    waiting = api_client.call_api(ONE, "GET", path, async_req=True, **known)
    assert isinstance(waiting, ApplyResult)
    assert waiting.get(30)[0].user.id == ada
    raw = api_client.call_api(ONE, "GET", path, _preload_content=False, auth_settings=AUTH)
    assert isinstance(raw, urllib3.HTTPResponse)
    assert json.loads(raw.data)["user"]["id"] == ada
    assert api_client.call_api(ONE, "DELETE", path, auth_settings=AUTH)[:2] == (None, 200)
    with pytest.raises(s.exceptions.NotFoundException) as caught:
        api_client.call_api(ONE, "GET", path, **known)
    assert caught.value.data.errors[0].code == "user_not_found"


def test_as_17_does(app: Caller, api_client: s.ApiClient):
    ada = app.user(externalId="ada", profile={"email": "ada@example.org"})
    said = api_client.param_serialize(
        "GET",
        "/v2/apps/{appId}/users",
        {"appId": app.app_id},
        [("filter[identities.email]", "ada@example.org")],
        {"Accept": "application/json"},
        auth_settings=AUTH,
    )
    method, url, headers, body, form = said
    assert (method, urlsplit(url).path, body, form) == ("GET", f"{app.app}/users", None, [])
    assert headers["Authorization"] == app.basic()
    response = api_client.call_api(*said, _request_timeout=5)
    assert isinstance(response, RESTResponse)
    assert response.read() == response.data == response.response.data
    read = api_client.response_deserialize(response, {"200": "UserListResponse"})
    assert [each.id for each in read.data.users] == [ada]
    assert (read.status_code, read.raw_data) == (200, response.data)

    refused = api_client.call_api("GET", f"{app.url}{app.app}/users/nobody", {"Authorization": app.basic()})
    assert refused.status == 404
    with pytest.raises(s.exceptions.NotFoundException):
        api_client.response_deserialize(refused, {"200": "UserResponse"})


def test_nobody_is_told_who_asks_unless_it_is_said(app: Caller, api_client: s.ApiClient):
    with pytest.raises(s.exceptions.UnauthorizedException):
        api_client.call_api("/v2/apps", "GET")
    auth = {"type": "basic", "in": "header", "key": "Authorization", "value": "Basic eDp5"}
    with pytest.raises(s.exceptions.UnauthorizedException):
        api_client.call_api(f"{app.app}/keys", "GET", auth_settings=AUTH, _request_auth=auth)


def test_a_query_goes_out_as_the_api_reads_it(fixed: Fixed):
    client = s.ApiClient(s.Configuration(host=fixed.url + "/sc/"), "X-Mine", "1", cookie="a=b")
    query = [("page", s.Page(size=5)), ("page", {"after": "x y"}), ("deep", True), ("ids", ["a", "b"]), ("n", [1, 2])]
    client.call_api("/v2/{id}/things", "GET", {"id": "a/b"}, query, collection_formats={"n": "multi"})
    head, *lines = fixed.asked[0].decode().split("\r\n")
    _, target, _ = head.split()
    assert urlsplit(target).path == "/sc/v2/a%2Fb/things"
    assert parse_qsl(urlsplit(target).query) == [
        ("page[size]", "5"),
        ("page[after]", "x y"),
        ("deep", "true"),
        ("ids", "a,b"),
        ("n", "1"),
        ("n", "2"),
    ]
    assert {"x-mine: 1", "cookie: a=b"} <= {line.lower() for line in lines}


def test_bodies(fixed: Fixed, app: Caller, api_client: s.ApiClient):
    client = s.ApiClient(s.Configuration(host=fixed.url))
    client.call_api("/x", "POST", body={"author": s.Author("business"), "left": None})
    client.call_api(
        "/x",
        "POST",
        post_params=[("grant_type", "a b")],
        header_params={"Content-Type": "application/x-www-form-urlencoded"},
    )
    client.call_api("/x", "PUT", body="<as it is>", header_params={"Content-Type": "text/html"})
    bodies = [asked.decode().partition("\r\n\r\n") for asked in fixed.asked]
    assert json.loads(bodies[0][2]) == {"author": {"type": "business"}, "left": None}
    assert "application/json" in bodies[0][0]
    assert bodies[1][2] == "grant_type=a+b"
    assert (bodies[2][2], "text/html" in bodies[2][0]) == ("<as it is>", True)

    form = {"header_params": {"Content-Type": "multipart/form-data"}, "auth_settings": AUTH}
    where = "/v2/apps/{appId}/attachments", "POST", {"appId": app.app_id}, [("access", "public")]
    files = {"source": ("a.txt", b"abc")}
    answered = api_client.call_api(*where, files=files, response_type="AttachmentResponse", **form)[0]
    assert app.get(answered.attachment.media_url.removeprefix(app.url)).body == b"abc"
    with pytest.raises(s.ApiValueError, match="one file"):
        api_client.call_api(*where, files={"source": ("a.txt", b"abc"), "more": b"x"}, **form)


@pytest.mark.parametrize("how", ["9, 12", "17"])
def test_it_is_sent_once(how: str):
    server = Fixed(answer("503 Oh", "", "Retry-After: 0"))
    try:
        client = s.ApiClient(s.Configuration(host=server.url, retries=5))
        if how == "17":
            assert client.call_api("GET", f"{server.url}/x").status == 503
        else:
            with pytest.raises(s.exceptions.ServiceException):
                client.call_api("/x", "GET")
    finally:
        server.close()
    assert len(server.asked) == 1
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        client.call_api("GET", f"{server.url}/x")


def test_parameters_as_the_generated_code_had_them(tmp_path: Path):
    client = s.ApiClient(s.Configuration(username="u", password="p"))
    lists = [("a", [1, 2]), ("b", ["x", "y"]), ("c", "d")]
    assert client.parameters_to_tuples(dict(lists), {"a": "multi", "b": "pipes"}) == [
        ("a", 1),
        ("a", 2),
        ("b", "x|y"),
        ("c", "d"),
    ]
    query = client.parameters_to_url_query([("deep", True), ("page", {"size": 5}), ("t", "x y")], None)
    assert query == "deep=true&page=%7B%22size%22%3A%205%7D&t=x%20y"
    (tmp_path / "a.txt").write_bytes(b"abc")
    part = ("source", ("a.txt", b"abc", "text/plain"))
    assert client.files_parameters({"source": str(tmp_path / "a.txt")}) == [part]
    assert client.files_parameters({"source": [("a.txt", b"abc"), b"x"]}) == [
        part,
        ("source", ("source", b"x", "application/octet-stream")),
    ]
    assert client.files_parameters() == []
    headers, query = {}, []
    client.update_params_for_auth(headers, query, AUTH)
    assert headers == {"Authorization": "Basic dTpw"}
    client.update_params_for_auth(headers, querys=query, auth_settings=AUTH, request_auth=IN_THE_QUERY)
    assert query == [("key", "k")]
    client.update_params_for_auth(headers, None, None)


IN_THE_QUERY = {"type": "api_key", "in": "query", "key": "key", "value": "k"}


def test_answers_as_other_types(tmp_path: Path):
    client = s.ApiClient(s.Configuration())
    client.configuration.temp_folder_path = str(tmp_path)
    assert client.deserialize('"2026-01-31T12:00:00Z"', "datetime") == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert client.deserialize('"2026-01-31"', "date") == date(2026, 1, 31)
    assert client.deserialize("[1, 2]", "list[str]") == ["1", "2"]
    assert client.deserialize('{"a": {"id": "m"}}', "dict(str, Message)")["a"].id == "m"
    assert client.deserialize(response_text='{"a": [{"id": "m"}]}', response_type="Dict[str, List[Message]]")["a"][0].id
    assert client.deserialize('"sdkGroup"', "ConversationType", "application/json") is s.ConversationType.SDKGROUP
    assert client.deserialize('"newer"', "ConversationType") == "newer"
    assert client.deserialize("plain", "str", "text/plain") == "plain"
    assert client.deserialize('{"a": 1}', "object") == {"a": 1}
    said = urllib3.HTTPResponse(b"bytes", {"Content-Disposition": 'attachment; filename="../a.bin"'}, 200)
    answer = RESTResponse(said)
    assert client.deserialize(answer, "bytearray") == b"bytes"
    written = Path(client.deserialize(answer, "file"))
    assert (written.read_bytes(), written.name, written.parent.parent) == (b"bytes", "a.bin", tmp_path)
    assert answer.urllib3_response.status == answer.response.status == 200


def test_what_headers_say_of_types():
    client = s.ApiClient(s.Configuration())
    for choose in (client.select_header_accept, client.select_header_content_type):
        assert choose(["text/plain", "application/json"]) == "application/json"
        assert choose(["text/plain"]) == "text/plain"
        assert choose([]) is None
