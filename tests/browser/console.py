"""Somebody at the console: signs in, and the pages there are."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.population import LEDGER, SHOP, SIGN, Populated
from tests.live import Caller

PAGES = {
    "sign-in": "/console/sign-in?more=1",
    "apps": "/console/apps",
    "overview": "/console/apps/{app}/overview?period=day",
    "conversations": "/console/apps/{app}/conversations",
    "conversation": "/console/apps/{app}/conversations/{maria}",
    "contents": "/console/apps/{app}/conversations/{ada}",
    "found": "/console/apps/{app}/conversations?find=telescope",
    "new-conversation": "/console/apps/{app}/conversations/new",
    "webhooks": "/console/apps/{app}/webhooks",
    "webhook": "/console/apps/{app}/webhooks/{sign}",
    "delivery": "/console/apps/{app}/webhooks/{sign}/deliveries/{failed}",
    "new-webhook": "/console/apps/{app}/webhooks/{integration}/new",
    "integrations": "/console/apps/{app}/integrations",
    "integration": "/console/apps/{app}/integrations/{integration}",
    "new-integration": "/console/apps/{app}/integrations/new",
    "switchboard": "/console/apps/{app}/switchboard",
    "keys": "/console/apps/{app}/keys",
    "audit": "/console/apps/{app}/audit",
}


def sign_in(page: Page, who: Caller, back: str = "") -> None:
    """With their key, beside others that there may be. It leads to `back`, a path, or to the app."""
    page.goto(f"{who.url}/console/sign-in?more=1" + (f"&back={back}" if back else ""))
    page.get_by_label("Key ID").fill(who.key_id)
    page.get_by_label("Secret").fill(who.secret)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def path(name: str, who: Caller, populated: Populated) -> str:
    """Of one of PAGES, with the ids of an app."""
    hooks = {at[1:]: f"{populated.integrations[at]}/{populated.webhooks[at].id}" for at in (SHOP, LEDGER, SIGN)}
    known = {"app": who.app_id, "failed": populated.failed, "integration": populated.integrations[SHOP]}
    return PAGES[name].format_map(populated.conversations | hooks | known)
