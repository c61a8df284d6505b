"""Configuration and ApiClient: what they hold, and what of it goes out."""

import base64
import copy
import logging
import ssl
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import sunshine_conversations_client as s
from tests.dropin.test_refusals import Fixed, answer
from tests.live import Caller

ANSWER = answer("200 OK", '{"messages":[]}', "Content-Type: application/json")


@pytest.fixture
def server():
    fixed = Fixed(ANSWER)
    yield fixed
    fixed.close()


def asked(server: Fixed) -> tuple[str, dict[str, str]]:
    """The last request: its first line, and its headers."""
    head, *lines = server.asked[-1].decode().split("\r\n\r\n")[0].split("\r\n")
    return head, {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


def list_messages(configuration: s.Configuration, **more) -> None:
    with s.ApiClient(configuration, **more) as client:
        s.MessagesApi(client).list_messages("a", "c")


def test_only_the_token_goes_out_when_all_is_set(server: Fixed):
    list_messages(s.Configuration(host=server.url, username="u", password="p", access_token="t"))
    assert asked(server)[1]["authorization"] == "Bearer t"
    list_messages(s.Configuration(host=server.url, username="u", password="p"))
    assert asked(server)[1]["authorization"] == "Basic " + base64.b64encode(b"u:p").decode()
    list_messages(s.Configuration(host=server.url, username="u"))
    assert "authorization" not in asked(server)[1]


def test_credentials_may_change_between_calls(server: Fixed):
    configuration = s.Configuration(host=server.url, access_token="one")
    with s.ApiClient(configuration) as client:
        messages = s.MessagesApi(client)
        messages.list_messages("a", "c")
        configuration.access_token = "two"
        messages.list_messages("a", "c")
    assert asked(server)[1]["authorization"] == "Bearer two"


@pytest.mark.parametrize("path", ["", "/", "/sc", "/sc/"])
def test_the_host_may_carry_a_path(server: Fixed, path: str):
    list_messages(s.Configuration(host=server.url + path))
    assert asked(server)[0] == f"GET {path.rstrip('/')}/v2/apps/a/conversations/c/messages HTTP/1.1"


def test_a_page_goes_out_as_the_specification_says(server: Fixed):
    messages = s.MessagesApi(s.ApiClient(s.Configuration(host=server.url)))
    path = "GET /v2/apps/a/conversations/c/messages"
    messages.list_messages("a", "c", page=s.Page())
    assert asked(server)[0] == f"{path} HTTP/1.1"
    messages.list_messages("a", "c", page=s.Page(before="b" * 24, size=3))
    assert asked(server)[0] == f"{path}?page%5Bbefore%5D={'b' * 24}&page%5Bsize%5D=3 HTTP/1.1"


def test_headers(server: Fixed):
    with s.ApiClient(s.Configuration(host=server.url), "X-One", "1", cookie="a=b") as client:
        messages = s.MessagesApi(client)
        assert client.default_headers["X-One"] == "1"
        client.set_default_header("X-Two", 2)
        client.user_agent = "mine/1"
        messages.list_messages("a", "c", _headers={"X-Three": "3", "X-Two": "two"})
    headers = asked(server)[1]
    assert [headers[f"x-{name}"] for name in ("one", "two", "three")] == ["1", "two", "3"]
    assert (headers["user-agent"], headers["cookie"]) == ("mine/1", "a=b")
    assert "content-type" not in headers


def test_a_header_cannot_hold_another(server: Fixed):
    client = s.ApiClient(s.Configuration(host=server.url), "X-One", "1\r\nX-Two: 2")
    with pytest.raises(ValueError):
        s.MessagesApi(client).list_messages("a", "c")
    with pytest.raises(ValueError):
        list_messages(s.Configuration(host=server.url, access_token="t\r\nX-Two: 2"))
    assert server.asked == []


def test_an_authorization_header_of_the_programs_own(server: Fixed):
    list_messages(s.Configuration(host=server.url), header_name="Authorization", header_value="Bearer mine")
    assert asked(server)[1]["authorization"] == "Bearer mine"


def test_the_environments_proxy_is_not_asked(server: Fixed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    list_messages(s.Configuration(host=server.url))
    assert len(server.asked) == 1


def test_a_proxy_is_asked_with_its_credentials(server: Fixed):
    configuration = s.Configuration(host="http://api.example.org")
    configuration.proxy = server.url
    configuration.proxy_headers = {"Proxy-Authorization": "Basic " + base64.b64encode(b"me:p@ss").decode()}
    list_messages(configuration)
    assert asked(server)[0].startswith("GET http://api.example.org/v2/apps/a/")
    assert asked(server)[1]["proxy-authorization"] == configuration.proxy_headers["Proxy-Authorization"]
    configuration.proxy_headers = {"X-Mine": "1"}
    with pytest.raises(s.ApiValueError, match="proxy_headers"):
        list_messages(configuration)


def test_debug_logs_answers(server: Fixed, caplog: pytest.LogCaptureFixture):
    configuration = s.Configuration(host=server.url, debug=True)
    try:
        list_messages(configuration)
        assert "response body" in caplog.text
    finally:
        configuration.debug = False
    assert logging.getLogger("sunshine_conversations_client").level == logging.WARNING


def test_what_a_configuration_holds():
    configuration = s.Configuration()
    assert configuration.host == "https://api.smooch.io"
    assert configuration.auth_settings() == {}
    usual = {
        "verify_ssl": True,
        "ssl_ca_cert": None,
        "cert_file": None,
        "key_file": None,
        "assert_hostname": None,
        "proxy": None,
        "proxy_headers": None,
        "retries": None,
        "temp_folder_path": None,
        "client_side_validation": True,
        "refresh_api_key_hook": None,
        "debug": False,
        "logger_file": None,
        "api_key": {},
        "access_token": None,
    }
    assert {name: getattr(configuration, name) for name in usual} == usual
    assert configuration.connection_pool_maxsize > 0
    assert set(configuration.logger) == {"package_logger", "urllib3_logger"}
    assert "Python Version" in configuration.to_debug_report()
    assert s.Configuration(username="u", password="p").get_basic_auth_token() == "Basic dTpw"
    both = s.Configuration(username="u", password="p", access_token="t").auth_settings()
    assert both["bearerAuth"]["value"] == "Bearer t"
    assert both["basicAuth"]["value"] == "Basic dTpw"


def test_api_keys_with_prefixes():
    configuration = s.Configuration(api_key={"k": "v"}, api_key_prefix={"k": "Token"})
    configuration.refresh_api_key_hook = lambda it: it.api_key.update(k="new")
    assert configuration.get_api_key_with_prefix("k") == "Token new"
    assert configuration.get_api_key_with_prefix("other") is None


def test_hosts():
    configuration = s.Configuration()
    assert len(configuration.get_host_settings()) == 3
    assert configuration.get_host_from_settings(1) == "https://api.eu-1.smooch.io"
    assert configuration.get_host_from_settings(2, {"subdomain": "mine"}) == "https://mine.zendesk.com/sc"
    with pytest.raises(ValueError):
        configuration.get_host_from_settings(9)
    assert s.Configuration(server_index=2, server_variables={"subdomain": "mine"}).host == "https://mine.zendesk.com/sc"
    configuration.host = "https://other.example.org"
    assert configuration.host == "https://other.example.org"


def test_defaults(app: Caller, conversation: str):
    try:
        s.Configuration.set_default(s.Configuration(host=app.url, username=app.key_id, password=app.secret))
        assert s.MessagesApi().list_messages(app.app_id, conversation).messages == []
        mine = s.Configuration.get_default_copy()
        mine.host = "https://other.example.org"
        assert s.Configuration.get_default().host == app.url
        s.ApiClient.set_default(s.ApiClient(mine))
        assert s.MessagesApi().api_client is s.ApiClient.get_default()
    finally:
        s.Configuration.set_default(None)
        s.ApiClient.set_default(None)
    assert s.Configuration.get_default_copy().host == "https://api.smooch.io"


def test_a_configuration_can_be_copied(tmp_path):
    configuration = s.Configuration(host="https://e.org", api_key={"a": "b"})
    configuration.logger_file = str(tmp_path / "log")
    other = copy.deepcopy(configuration)
    other.api_key["a"] = "c"
    assert configuration.api_key == {"a": "b"}
    assert other.logger_file == configuration.logger_file
    for logger in configuration.logger.values():
        logger.removeHandler(configuration.logger_file_handler)
    configuration.logger_file_handler.close()


PEM = Path(__file__).parents[1] / "client" / "localhost.pem"


@pytest.fixture
def secure():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    fixed = Fixed(ANSWER, context)
    yield fixed
    fixed.close()


@pytest.mark.parametrize(
    ("host", "settings", "reached"),
    [
        ("localhost", {}, False),
        ("localhost", {"verify_ssl": False}, True),
        ("localhost", {"ssl_ca_cert": str(PEM)}, True),
        ("localhost", {"ca_cert_data": PEM.read_text()}, True),
        ("127.0.0.1", {"ssl_ca_cert": str(PEM)}, False),
        ("127.0.0.1", {"ssl_ca_cert": str(PEM), "assert_hostname": False}, True),
        ("127.0.0.1", {"ssl_ca_cert": str(PEM), "assert_hostname": "localhost"}, True),
        ("127.0.0.1", {"ssl_ca_cert": str(PEM), "tls_server_name": "localhost"}, True),
        ("localhost", {"ssl_ca_cert": str(PEM), "tls_server_name": "elsewhere"}, False),
        ("localhost", {"ssl_ca_cert": str(PEM), "cert_file": str(PEM)}, True),
    ],
)
def test_certificates(secure: Fixed, host: str, settings: dict[str, Any], reached: bool):
    port = secure.url.rpartition(":")[2]
    configuration = s.Configuration(host=f"https://{host}:{port}")
    for name, value in settings.items():
        setattr(configuration, name, value)
    with nullcontext() if reached else pytest.raises(s.ApiException, match="CERTIFICATE_VERIFY_FAILED"):
        list_messages(configuration)
