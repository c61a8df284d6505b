"""The console: an app's conversations and webhooks in a browser.

    browser -> path -> page -> client -> the API, in this process, with the visitor's token
                          <- HTML

It is a client of the public API and knows nothing that others cannot ask for. Pages are whole without a script; the
scripts (assets/) make them live: they put pieces of HTML, which are made here too, where they belong.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...wire import ApiError, BadRequest, NoAnswer, NotFound, ServerError, ServiceUnavailable
from ..html import tag
from . import (
    assets,
    audit,
    conversation,
    conversations,
    integrations,
    keys,
    live,
    overview,
    signin,
    switchboard,
    webhooks,
    writing,
)
from .frame import SUN, piece, policy, told, unsure, whole
from .visit import ROOT, House, Page, SignIn, Unsure, Visit, at, go

APP = "/apps/{app_id}"
ONE = APP + "/conversations/{conversation_id}"
HOOK = APP + "/webhooks/{integration_id}/{webhook_id}"
INTEGRATION = APP + "/integrations/{integration_id}"
BOARD = APP + "/switchboard/{switchboard_id}"
log = logging.getLogger("parhelion.console")
GET: tuple[tuple[str, Page], ...] = (
    ("", signin.first),
    ("/", signin.first),
    ("/apps", signin.apps),
    ("/sign-in", signin.form),
    (APP, overview.show),
    (f"{APP}/overview", overview.show),
    (f"{APP}/conversations", conversations.show),
    (f"{APP}/conversations/new", conversations.new),
    (f"{APP}/live", live.live),
    (ONE, conversation.show),
    (f"{ONE}/older", conversation.older),
    (f"{ONE}/panel", conversation.panel),
    (f"{APP}/webhooks", webhooks.show),
    (f"{APP}/webhooks/{{integration_id}}/new", webhooks.new),
    (HOOK, webhooks.one),
    (f"{HOOK}/deliveries", webhooks.deliveries),
    (f"{HOOK}/deliveries/{{event_id}}", webhooks.delivery),
    (f"{APP}/integrations", integrations.show),
    (f"{APP}/integrations/new", integrations.new),
    (INTEGRATION, integrations.one),
    (f"{APP}/switchboard", switchboard.show),
    (f"{APP}/keys", keys.show),
    (f"{APP}/audit", audit.show),
)
POST: tuple[tuple[str, Page], ...] = (
    ("/sign-in", signin.sign_in),
    ("/sign-out", signin.sign_out),
    ("/theme", signin.theme),
    (f"{APP}/conversations/new", conversations.begin),
    (f"{APP}/preview", writing.preview),
    (f"{ONE}/messages", writing.post),
    (f"{ONE}/messages/{{message_id}}/delete", conversation.delete),
    (f"{ONE}/delete-all", conversation.delete_all),
    (f"{ONE}/files", writing.upload),
    (f"{ONE}/files/drop", writing.drop),
    (f"{ONE}/press", writing.press),
    (f"{ONE}/read", conversation.read),
    (f"{ONE}/typing", conversation.typing),
    (f"{ONE}/control", conversation.control),
    (f"{APP}/webhooks/{{integration_id}}/new", webhooks.create),
    (HOOK, webhooks.update),
    (f"{HOOK}/delete", webhooks.delete),
    (f"{HOOK}/test", webhooks.test),
    (f"{HOOK}/replay", webhooks.replay_all),
    (f"{HOOK}/deliveries/{{event_id}}/replay", webhooks.replay),
    (f"{APP}/integrations/new", integrations.create),
    (INTEGRATION, integrations.rename),
    (f"{INTEGRATION}/delete", integrations.delete),
    (f"{INTEGRATION}/keys", integrations.create_key),
    (f"{INTEGRATION}/keys/{{key_id}}/delete", integrations.delete_key),
    (f"{APP}/switchboard", switchboard.create),
    (BOARD, switchboard.update),
    (f"{BOARD}/delete", switchboard.delete),
    (f"{BOARD}/places", switchboard.add),
    (f"{BOARD}/places/{{place_id}}", switchboard.change),
    (f"{BOARD}/places/{{place_id}}/delete", switchboard.remove),
    (f"{APP}/keys", keys.create),
    (f"{APP}/keys/{{key_id}}/delete", keys.delete),
)


class Console:
    """Answers what is asked under `ROOT`. `pictures`: origins beside this one from which attachments are fetched."""

    def __init__(
        self,
        application: ASGIApp,
        clock: Callable[[], float],
        public_url: str | None = None,
        pictures: Sequence[str] = (),
    ) -> None:
        self._house = House(application, clock, public_url)
        self._headers = {
            "content-security-policy": policy(*pictures),
            "cache-control": "no-store",
            "referrer-policy": "same-origin",  # with none at all, browsers call the origin of our own forms "null"
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        }
        made = [(path, self._shown(each), method) for method, of in (("GET", GET), ("POST", POST)) for path, each in of]
        routes = [Route(f"{ROOT}{path}", each, methods=[method]) for path, each, method in made]
        asset = Route(f"{ROOT}/assets/{{version}}/{{name}}", assets.show)
        self._router = Router([asset, *routes], redirect_slashes=False, default=self._missing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._router(scope, receive, say)

    def _shown(self, shown: Page) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            return await _answered(shown, Visit(request, self._house))

        return answer

    async def _missing(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refused(Visit(Request(scope), self._house), NotFound("There is no such page."))
        await refused(scope, receive, send)


async def _answered(shown: Page, visit: Visit) -> Response:
    try:
        return await shown(visit)
    except SignIn:
        return _signed_out(visit)
    except Unsure as question:
        return unsure(visit, question.said)
    except NoAnswer as error:
        return _refused(visit, ServiceUnavailable(str(error), headers={"retry-after": "1"}))
    except ApiError as error:
        if error.status == 401 and visit.session.of_app(visit.app_id):  # its key is gone, or its time is over
            return visit.keep(_signed_out(visit), visit.session.without(visit.held))
        return _refused(visit, error)
    except ValueError as error:  # the client's, for a word of the path or of a form that cannot be asked for
        return _refused(visit, BadRequest(str(error)))
    except ClientDisconnect:  # there is nobody to answer
        return Response(status_code=400)
    except Exception:
        log.exception("a page failed: %s %s", visit.request.method, visit.here)
        return _refused(
            visit, ServerError("Something failed here, and not by your doing. The server's log tells what.")
        )


def _refused(visit: Visit, error: ApiError) -> Response:
    """In the API's words, and with its word on when to ask again."""
    response = _told(visit, error)
    if again := error.headers.get("retry-after"):
        response.headers["retry-after"] = again
    return response


def _told(visit: Visit, error: ApiError) -> Response:
    """Without the bar: what is in it is asked for, and might be refused as well."""
    status = error.status if error.status >= 400 else ServerError.status  # an answer that cannot be read may say 200
    if visit.wants_piece:
        return piece(told(error), status=status)
    back = tag(
        "a", "To the app" if visit.app_id else "To the console", href=visit.at("overview") if visit.app_id else ROOT
    )
    card = tag("div", SUN, tag("h1", "This was not possible"), told(error), tag("p", back), class_="card")
    return whole(visit, "Not possible", tag("main", card, id="main", class_="middle"), status=status)


def _signed_out(visit: Visit) -> Response:
    if visit.wants_piece:
        return piece(tag("p", "You are signed out. Load the page again.", class_="told bad", role="alert"), status=401)
    back = visit.here if visit.request.method == "GET" else ""
    return go(at("sign-in", back=back if back != ROOT else ""))
