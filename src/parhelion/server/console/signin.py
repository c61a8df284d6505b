"""Signing in with a key, and out again."""

from __future__ import annotations

from starlette.responses import Response

from ...client import AsyncClient
from ...wire import ApiError, Forbidden, Unauthorized
from ..html import tag
from .forms import field
from .frame import SUN, THEME, THEMES, page, whole
from .plain import plain
from .session import Held, Session, token_of
from .visit import ELSEWHERE, ROOT, SignIn, Visit, at, go, text

MOST_APPS = 200  # in the list to choose from
WRONG = "This key ID and this secret do not belong together."
INTEGRATION = "An integration's key opens no app here. Use a key of the app, or of the account."


async def first(visit: Visit) -> Response:
    """Where who is signed in goes: to their app, or to the list where there are several."""
    apps = await _apps_of(visit)
    return go(at("apps", apps[0][0], "overview")) if len(apps) == 1 else go(at("apps"))


async def apps(visit: Visit) -> Response:
    """The apps that the visitor's keys open."""
    apps = await _apps_of(visit)
    cards = [
        tag("li", tag("a", tag("b", name), tag("small", id, class_="mono"), href=at("apps", id, "overview")))
        for id, name in apps
    ]
    empty = tag("p", "There is no app yet. ", tag("code", "parhelion app create"), " makes one.", class_="soft")
    more = tag("a", "Add a key", href=at("sign-in", more="1"), class_="button")
    return await page(
        visit,
        "Apps",
        tag("div", tag("h1", "Apps"), more, class_="head"),
        tag("ul", *cards, class_="cards") if cards else empty,
    )


async def _apps_of(visit: Visit) -> list[tuple[str, str]]:
    """(id, name), by name. Errors: SignIn, where no key is good any more."""
    if not visit.session.held:
        raise SignIn
    found: dict[str, str] = {}
    for held in visit.session.held:
        client = visit.client_of(held)
        try:
            if held.app_id:
                app = (await client.for_app(held.app_id).oauth.get_token_info()).app
                found[app.id] = plain(app.display_name) or app.id
            else:
                async for app in client.apps.iterate():
                    found[app.id] = plain(app.display_name) or app.id
                    if len(found) == MOST_APPS:
                        break
        except Unauthorized:  # it ended meanwhile: the page that needs it says so
            continue
    if not found and all(held.app_id for held in visit.session.held):
        raise SignIn
    return sorted(found.items(), key=lambda each: each[1].lower())


async def form(visit: Visit) -> Response:
    """The form."""
    if visit.session.held and not visit.asked("more"):
        return go(ROOT)
    return _form(visit, visit.asked("back"))


async def sign_in(visit: Visit) -> Response:
    """Try the key. There is no session yet whose token could be asked for, so the browser says where it came from."""
    said = await visit.said()
    back, key = text(said, "back"), text(said, "key")
    if not visit.came_from_here():
        return _form(visit, back, ELSEWHERE, key, Forbidden.status)
    try:
        token = token_of(key, text(said, "secret"), visit.house.clock())
        held = Held.read(f"!{token}")
    except ValueError:
        held = None
    if held is None:
        return _form(visit, back, WRONG, key, 401)
    if held.scope == "integration":
        return _form(visit, back, INTEGRATION, key, Forbidden.status)
    try:
        app_id = await _app_of(visit.client_of(held), held)
    except ApiError as error:
        why = WRONG if error.status == 401 else " ".join(each.title for each in error.errors)
        return _form(visit, back, why, key, error.status)
    session = visit.session.with_key(Held(app_id, held.token, held.key_id, held.scope, held.until))
    there = back if back.startswith(f"{ROOT}/") else at("apps", app_id, "overview") if app_id else ROOT
    return visit.keep(go(there), session)


async def _app_of(client: AsyncClient, held: Held) -> str:
    """The app that a key is of, "" for an account's. Errors: `Unauthorized`."""
    if held.scope == "account":
        await client.apps.list()
        return ""
    return (await client.oauth.get_token_info()).app.id


async def sign_out(visit: Visit) -> Response:
    """Let go of all keys."""
    await visit.form()
    return visit.keep(go(at("sign-in")), Session())


async def theme(visit: Visit) -> Response:
    """Light, dark, as the system has it; and from the beginning."""
    back = text(await visit.form(), "back")
    following = dict(zip(("", *THEMES), (*THEMES, ""), strict=True))
    chosen = following[now if (now := visit.request.cookies.get(THEME, "")) in THEMES else ""]
    response = go(back if back.startswith(ROOT) else ROOT)
    response.set_cookie(THEME, chosen, max_age=365 * 86400, path=ROOT, secure=visit.is_secure, samesite="strict")
    return response


def _form(visit: Visit, back: str = "", wrong: str = "", key: str = "", status: int = 200) -> Response:
    return whole(
        visit,
        "Sign in",
        tag(
            "main",
            tag(
                "form",
                SUN,
                tag("h1", "Sign in"),
                tag("p", "With a key of an app, or of the account.", class_="soft"),
                tag("p", wrong, class_="told bad", role="alert") if wrong else None,
                tag("input", type="hidden", name="back", value=back),
                field(
                    "Key ID",
                    "key",
                    key,
                    required=True,
                    autocomplete="username",
                    placeholder="app_...",
                    autocapitalize="none",
                    spellcheck="false",
                ),
                field("Secret", "secret", required=True, type="password", autocomplete="current-password"),
                tag("button", "Sign in", class_="main"),
                tag(
                    "p",
                    tag("code", "parhelion app create"),
                    " makes an app and shows its key. The secret is not kept: a token is, in this browser, for twelve "
                    "hours.",
                    class_="soft small",
                ),
                method="post",
                action=at("sign-in"),
                class_="card",
            ),
            id="main",
            class_="middle",
        ),
        status=status,
    )
