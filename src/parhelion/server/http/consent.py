"""The page on which somebody lets a partner's program into their app.

    GET   who asks, what it will be able to do, a form     a cookie that only this form's answer can match
    POST  allow  with a key to the app  -> 302 to the partner with a one-time code
          deny                          -> 302 to the partner with error=access_denied
          anything wrong                -> the page again, which says so

There is no log-in and no session here: who allows shows a key, each time. The form's token is an HMAC over the cookie
and everything that was asked, so that no other page can answer for the one who looks at this one. A partner or an
address that is not registered is told on a page, and never redirected to.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import msgspec

from ...operations import OAuthEndpoints
from ...wire import ApiError, AppNotFound, BadRequest, Forbidden, Unauthorized
from ..commands import NOBODY, Context, Engines, Grant, oauth
from ..commands.oauth import GOOD_FOR, Asking
from ..html import COLOURS, Html, of, policy, tag, whole
from ..ports import milliseconds
from .credentials import Credentials
from .pages import HTML, NO_REFERRER, NO_SNIFF, NO_STORE, TEXT, Asked, Shown
from .reading import Taking, arguments, form

COOKIE = "parhelion_consent"
_NONCE = re.compile(r"[A-Za-z0-9_-]{43}")
STALE = "This page was open for too long, or your browser keeps no cookies. Please try again."
WRONG_KEY = "This key ID and this secret do not belong together."
NOT_THIS_KEY = "An integration's key lets nobody in. Use a key of the app, or of the account."
WHICH_APP = "An account's key is for many apps: say the ID of the one that is meant."
NO_SUCH_APP = "There is no app with this ID."
OTHER_APP = "This key is for another app than the one with this ID."


class Refusal(Exception):
    """Why the form comes again."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Consent:
    """Shows the page, and takes its answer."""

    def __init__(self, engines: Engines, credentials: Credentials, room: Taking) -> None:
        self._engines, self._credentials, self._room = engines, credentials, room

    async def __call__(self, asked: Asked) -> Shown:
        """The page, or the way back to the partner."""
        try:
            asked.only("GET", "HEAD", "POST")
            context = Context(self._engines, OAuthEndpoints.authorize, NOBODY, "", asked.base, asked.path)
            context.came = asked.came
            asking = await oauth.authorize(context, **arguments(OAuthEndpoints.authorize, {}, asked.query, None))
            if asked.method != "POST":
                return self._form(asked, asking)
            said = await form(asked.headers, asked.receive, self._room)
            try:
                if not self._is_ours(asked, asking, said):
                    raise Refusal(Forbidden.status, STALE)
                if said.get("answer") != "allow":
                    return _back(asking.answered(error="access_denied"))
                context.grant = await self._grant_of(said)
                try:
                    return _back(asking.answered(code=await oauth.allow(context, asking, context.grant.app_id)))
                except AppNotFound:
                    raise Refusal(BadRequest.status, NO_SUCH_APP) from None
            except Refusal as refusal:
                return self._form(asked, asking, refusal, said)
        except ApiError as error:
            return _told(error)

    async def _grant_of(self, said: dict[str, str]) -> Grant:
        """What the key that was shown opens: one app."""
        try:
            grant = await self._credentials.of_key(said.get("key", "").strip(), said.get("secret", "").strip())
        except Unauthorized:
            raise Refusal(Unauthorized.status, WRONG_KEY) from None
        app_id = said.get("app", "").strip()
        if grant.scope == "integration":
            raise Refusal(Forbidden.status, NOT_THIS_KEY)
        if grant.scope == "account" and not app_id:
            raise Refusal(BadRequest.status, WHICH_APP)
        if grant.scope == "app" and app_id not in ("", grant.app_id):
            raise Refusal(Forbidden.status, OTHER_APP)
        return replace(grant, app_id=app_id or grant.app_id)

    def _form(
        self, asked: Asked, asking: Asking, refusal: Refusal | None = None, said: dict[str, str] | None = None
    ) -> Shown:
        nonce = _nonce(asked) or self._engines.vault.derived("consent cookie", self._engines.ids.unguessable())
        until = milliseconds(self._engines.clock()) + GOOD_FOR
        body = _page(asking, self._token(nonce, asking, until), str(until), refusal, said or {})
        secure = "; Secure" if asked.base.startswith("https:") else ""
        cookie = f"{COOKIE}={nonce}; Max-Age={GOOD_FOR // 1000}; HttpOnly; SameSite=Strict{secure}"
        return Shown(refusal.status if refusal else 200, [*_SAFE, (b"set-cookie", cookie.encode())], body)

    def _token(self, nonce: str, asking: Asking, until: int) -> str:
        return self._engines.vault.derived("consent", msgspec.json.encode([nonce, until, *asking]).decode())

    def _is_ours(self, asked: Asked, asking: Asking, said: dict[str, str]) -> bool:
        """Whether the form came from our page, for these very things, and not long ago."""
        nonce, until = _nonce(asked), said.get("until", "")
        if nonce is None or not re.fullmatch(r"[0-9]{1,15}", until):
            return False
        right = self._token(nonce, asking, int(until))
        fresh = 0 < int(until) - milliseconds(self._engines.clock()) <= GOOD_FOR
        return hmac.compare_digest(right.encode(), said.get("token", "").encode()) and fresh


def _nonce(asked: Asked) -> str | None:
    """What the cookie holds. The same for all pages that one browser has open."""
    try:
        found = SimpleCookie(asked.headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None and _NONCE.fullmatch(found.value) else None


def _back(address: str) -> Shown:
    headers = [TEXT, NO_STORE, NO_REFERRER, NO_SNIFF, (b"location", address.encode())]
    return Shown(302, headers, f"Found. Redirecting to {address}".encode())


STYLE = (
    COLOURS
    + """
main{max-width:30rem;margin:0 auto;padding:clamp(1rem,6vh,4rem) 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:1.75rem;
box-shadow:0 1px 2px #0001,0 12px 40px -18px #0004}
svg{display:block;margin:0 auto 1rem;color:var(--sun)}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .5rem;text-align:center;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:.95rem;margin:1.5rem 0 .4rem}
p{margin:.5rem 0}
ul{margin:.25rem 0;padding-left:1.2rem}
li{margin:.2rem 0}
.soft,small{color:var(--soft)}
small{display:block;font-size:.85rem}
.center{text-align:center}
b,.where{overflow-wrap:anywhere}
.bad{background:var(--bad-soft);color:var(--bad);border-radius:10px;padding:.7rem .9rem;margin:1rem 0}
label{display:block;font-weight:600;margin:1rem 0 .25rem}
input{width:100%;font:inherit;color:inherit;background:var(--page);border:1px solid var(--soft);border-radius:10px;
padding:.6rem .75rem}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}
button{flex:1 1 8rem;font:inherit;font-weight:600;min-height:2.9rem;border-radius:10px;border:1px solid var(--soft);
background:transparent;color:inherit;cursor:pointer}
button.allow{background:var(--sun);border-color:var(--sun);color:var(--on-sun)}
button:hover{filter:brightness(1.08)}
"""
)
# A form may end in a redirect, and browsers hold each address on that way to this: the partner may send on.
_SAFE = [HTML, NO_STORE, NO_REFERRER, NO_SNIFF, (b"x-frame-options", b"DENY")]
_SAFE.append(policy(STYLE, "form-action 'self' https: http:"))
_SUN = Html(
    '<svg width="96" height="48" viewBox="0 0 96 48" fill="none" stroke="currentColor" stroke-width="2" '
    'aria-hidden="true"><path d="M14 40a34 34 0 0 1 68 0" opacity=".45"/><circle cx="48" cy="38" r="8" '
    'fill="currentColor"/><circle cx="14" cy="38" r="4" fill="currentColor"/><circle cx="82" cy="38" r="4" '
    'fill="currentColor"/></svg>'
)
MAY = (
    "See, create and change the app's users and their conversations",
    "Read and write messages, and upload files",
    "Be told what happens in the app, by webhooks of its own",
)


def _page(asking: Asking, token: str, until: str, refusal: Refusal | None, said: dict[str, str]) -> bytes:
    target = urlsplit(asking.redirect_uri)
    return _card(
        f"Let {asking.name} in?",
        tag("p", "A program of ", tag("b", asking.name), " would like to work in one of your apps.", class_="center"),
        tag("p", refusal.why, class_="bad", role="alert") if refusal else None,
        tag("h2", "It will be able to"),
        tag("ul", *(tag("li", each) for each in MAY)),
        tag("p", "It sees no keys, no settings and no other integrations.", class_="soft"),
        tag(
            "form",
            tag("input", type="hidden", name="until", value=until),
            tag("input", type="hidden", name="token", value=token),
            tag("h2", "Show that the app is yours"),
            *_field("key", "Key ID", said, autocomplete="username", required=True),
            *_field("secret", "Secret", said, type="password", autocomplete="current-password", required=True),
            *_field("app", "App ID", said, hint="Only with an account's key (act_): which app is meant."),
            tag(
                "div",
                # The first is the one that the Enter key presses.
                tag("button", "Allow", name="answer", value="allow", class_="allow"),
                tag("button", "Deny", name="answer", value="deny", formnovalidate=True),
                class_="buttons",
            ),
            method="post",
        ),
        tag("p", "Then you go back to ", tag("b", f"{target.scheme}://{target.netloc}"), ".", class_="soft center"),
        tag("small", "To end it, delete its integration from the app. The key stays here.", class_="center"),
    )


def _field(
    name: str, label: str, said: dict[str, str], *, hint: str | None = None, type: str = "text", **more: str | bool
) -> tuple[Html | None, ...]:
    kept = said.get(name) if type == "text" else None  # a secret is never sent back
    spelling: dict[str, str | bool] = {"autocapitalize": "none", "spellcheck": "false", **more}
    return (
        tag("label", label, for_=name),
        tag("input", id=name, name=name, type=type, value=kept, aria_describedby=hint and f"{name}-hint", **spelling),
        tag("small", hint, id=f"{name}-hint") if hint else None,
    )


def _told(error: ApiError) -> Shown:
    body = _card(
        "This cannot be shown",
        *(tag("p", each.title, class_="bad center", role="alert") for each in error.errors),
        tag("p", "Go back to the program that sent you here. Nothing was changed.", class_="soft center"),
    )
    headers = [(name.encode(), value.encode()) for name, value in error.headers.items()]
    return Shown(error.status, [*_SAFE, *headers], body)


def _card(title: str, *inside: str | None) -> bytes:
    return whole(title, STYLE, tag("main", tag("div", _SUN, tag("h1", title), of(*inside), class_="card")))
