"""Somebody in front of the console, as far as it is HTTP: cookies, forms, and what a page holds."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from tests.forms import FORM, Browser
from tests.live import Answer, Caller

CONSOLE = "/console"


class Seen(HTMLParser):
    """The elements of a page with their attributes, and the text between them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, *names: str) -> list[str]:
        """Those attributes of all elements."""
        return [str(said[name]) for _, said in self.elements for name in names if said.get(name) is not None]


class Visitor(Browser):
    """Signs in, looks, and fills in forms."""

    def sign_in(self, who: Caller, back: str = "") -> Answer:
        said = urlencode({"key": who.key_id, "secret": who.secret, "back": back})
        return self.go("POST", f"{CONSOLE}/sign-in", said)

    def see(self, path: str) -> Answer:
        return self.go("GET", path)

    def tell(self, path: str, token: str | None = None, **said: Any) -> Answer:
        """Send a form, with the token of this session."""
        body = urlencode({"token": self.token if token is None else token, **said}, doseq=True)
        return self.go("POST", path, body)

    @property
    def token(self) -> str:
        """What this session's forms say."""
        page = self.go("GET", f"{CONSOLE}/apps")
        return next(
            (value for tag, said in Seen(page.body).elements if tag == "html" and (value := said.get("data-token"))), ""
        )

    def go(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Answer:
        sent = {"content-type": FORM} if method == "POST" else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._go(method, path, body.encode() if isinstance(body, str) else body, sent)

    @property
    def seen(self) -> Seen:
        return Seen(self.answer.body)


def of_app(who: Caller, path: str = "") -> str:
    return f"{CONSOLE}/apps/{who.app_id}{path}"
