"""A request to the console, and what its page may use: a client of the API with the visitor's token, and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from ...client import AsyncClient
from ...wire import BadRequest, Forbidden, PayloadTooLarge
from .inside import Inside
from .session import COOKIE, LIFETIME, Held, Session

ROOT = "/console"
LARGEST = 256 * 1024  # bytes of a form
INSIDE = "http://inside"  # the transport sends the browser's own host
MOST_FIELDS = 200  # of a form
ELSEWHERE = "This form came from another place. Load the page again, and try once more."


class SignIn(Exception):
    """There is nobody, or nobody any more, who may see this page."""


class Unsure(Exception):
    """Something is to go, and nobody has asked yet whether that is meant. `said`: the form."""

    def __init__(self, said: FormData) -> None:
        super().__init__()
        self.said = said


class House(NamedTuple):
    """What all visits have in common."""

    application: ASGIApp
    clock: Callable[[], float]
    public_url: str | None = None


class Visit:
    """One request. `app_id` is that of the path, "" where it has none."""

    def __init__(self, request: Request, house: House) -> None:
        self.request, self.house = request, house
        self.app_id: str = request.path_params.get("app_id", "")
        self.session = Session.read(request.cookies.get(COOKIE, ""), house.clock())

    @property
    def held(self) -> Held:
        """The key that this page is seen with. Errors: SignIn."""
        held = self.session.of_app(self.app_id)
        if held is None:
            raise SignIn
        return held

    @property
    def client(self) -> AsyncClient:
        """Asks as the visitor. Errors: SignIn."""
        return self.client_of(self.held)

    def client_of(self, held: Held) -> AsyncClient:
        """Asks with one of the visitor's keys."""
        return AsyncClient(
            INSIDE,
            app_id=self.app_id or held.app_id or None,
            token=held.token,
            retries=0,
            transport=self.transport,
        )

    @property
    def transport(self) -> Inside:
        """The API in this process. Alone it is for what a client has no method for: see `live`."""
        return Inside(self.house.application, self.request.scope)

    def path(self, name: str) -> str:
        """One of the words of the path."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """One of the words of the query, "" when it is absent."""
        return self.request.query_params.get(name, "")

    @property
    def wants_piece(self) -> bool:
        """Whether a script asks, which puts the answer into a page."""
        return self.request.headers.get("x-requested-with") == "console"

    def at(self, *path: str, **query: str | None) -> str:
        """An address of this app's pages: `visit.at("conversations", id)`."""
        return at("apps", self.app_id, *path, **query)

    @property
    def is_secure(self) -> bool:
        """Whether the browser came over TLS."""
        return (self.house.public_url or f"{self.request.scope['scheme']}:").startswith("https:")

    @property
    def here(self) -> str:
        """The path of this page."""
        return str(self.request.scope["path"])

    def is_ours(self, address: str) -> bool:
        """Whether an address is of this very server, by whichever of its names."""
        netloc = urlsplit(address).netloc
        return netloc in self._names or _is_loopback(netloc)

    @property
    def _names(self) -> set[str]:
        return {self.request.headers.get("host", ""), urlsplit(self.house.public_url or "").netloc} - {""}

    def came_from_here(self) -> bool:
        """Whether the browser says that a page of ours sent this. One that says nothing is not judged here."""
        site, origin = self.request.headers.get("sec-fetch-site"), self.request.headers.get("origin")
        if site is not None:  # over TLS and on loopback; it holds behind a proxy, too, that asks under another name
            return site in ("same-origin", "none")
        return origin is None or urlsplit(origin).netloc in self._names

    async def said(self) -> FormData:
        """What a form says, whoever sent it. Errors: `PayloadTooLarge`, `BadRequest`."""
        length = self.request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST:
            raise PayloadTooLarge(f"A form is limited to {LARGEST} bytes.")
        try:
            return await self.request.form(max_fields=MOST_FIELDS, max_files=0)
        except MultiPartException as error:
            raise BadRequest(error.message) from None

    async def form(self) -> FormData:
        """What a form of this session says. Errors: those of `said` and of `judge`; Unsure."""
        form = await self.said()
        self.judge(str(form.get("token", "")))
        if "question" in form and "agreed" not in form:
            raise Unsure(form)
        return form

    def judge(self, token: str) -> None:
        """Errors: SignIn without a session; `Forbidden` unless a page of this one sent the token.

        With what another site lets it send, a browser says no cookie: it must not be given one, either.
        """
        if not self.session.held:
            raise SignIn
        if not self.came_from_here():
            raise Forbidden(ELSEWHERE)
        if not self.session.is_ours(token):
            raise Forbidden("This page was open for too long. Load it again, and try once more.")

    def keep(self, response: Response, session: Session) -> Response:
        """The response, with which the browser keeps another session."""
        if session.held:
            response.set_cookie(
                COOKIE,
                session.cookie,
                max_age=LIFETIME,
                path=ROOT,
                secure=self.is_secure,
                httponly=True,
                samesite="strict",
            )
        else:
            response.delete_cookie(COOKIE, path=ROOT, secure=self.is_secure, httponly=True, samesite="strict")
        return response


Page = Callable[[Visit], Awaitable[Response]]


def at(*path: str, **query: str | None) -> str:
    """An address in the console."""
    said = {name.rstrip("_"): value for name, value in query.items() if value}
    there = "/".join([ROOT, *(quote(each, safe="") for each in path)])
    return f"{there}?{urlencode(said)}" if said else there


def go(address: str) -> Response:
    """To another page, after something was done."""
    return RedirectResponse(address, status_code=303)


def text(form: FormData, name: str) -> str:
    """A field, without blanks around it; "" when it is absent."""
    return str(form.get(name, "")).strip()


def _is_loopback(netloc: str) -> bool:
    return urlsplit(f"//{netloc}").hostname in {"localhost", "127.0.0.1", "::1"}
