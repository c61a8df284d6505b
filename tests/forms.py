"""What a browser does with a page of ours, as far as it matters: it keeps cookies, and sends the form it was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.live import Answer, Caller

FORM = "application/x-www-form-urlencoded"


class Fields(HTMLParser):
    """What the form of a page holds before anybody types, and what the page says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.alert = ""
        self._in_alert = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input":
            self.values[str(said["name"])] = said.get("value") or ""
        self._in_alert = said.get("role") == "alert"

    def handle_endtag(self, tag: str) -> None:
        self._in_alert = False

    def handle_data(self, data: str) -> None:
        self.alert += data if self._in_alert else ""


@dataclass
class Browser:
    """Somebody who looks at one page at a time."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    at: str = ""
    answer: Answer = field(default_factory=lambda: Answer(0, {}, b""))

    def open(self, path: str) -> Answer:
        return self._go("GET", path)

    def press(self, button: str, **typed: str) -> Answer:
        """Fill the form in, and press Allow or Deny. It goes to where the page came from."""
        body = urlencode(self.form() | typed | {"answer": button})
        return self._go("POST", self.at, body.encode(), {"content-type": FORM})

    def form(self) -> dict[str, str]:
        return dict(Fields(self.answer.body.decode()).values)

    @property
    def told(self) -> str:
        """What went wrong, as the page says it."""
        return Fields(self.answer.body.decode()).alert

    @property
    def brought(self) -> dict[str, str]:
        """What the redirect brings back to the partner."""
        assert self.answer.status == 302, self.answer
        return brought(self.answer.headers["location"])

    def _go(self, method: str, path: str, body: Any = None, headers: dict[str, Any] | None = None) -> Answer:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items()) or None
        sent = {"authorization": None, "cookie": kept} | (headers or {})
        self.answer = Caller(self.url).send(method, path, body, sent)  # type: ignore[arg-type]  # None leaves it out
        self.at = path
        if "set-cookie" in self.answer.headers:
            name, _, value = self.answer.headers["set-cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value
        return self.answer


def brought(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query, keep_blank_values=True).items()}
