"""Whatever people write, nothing of it runs in the browser of who reads it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import console
from tests.browser.guard import Guard
from tests.browser.hooks import Hooks
from tests.live import Caller
from tests.server.console.test_pages import EVIL, HTML, LINKS, contents

RAN = "window.alert = () => { window.ran = true; }"
CALLS = [*EVIL, '<img src=x onerror="alert(1)"><script>alert(1)</script>', '"><svg onload=alert(1)>']
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1); document.title = "ran"</script>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject>
</svg>"""


@pytest.fixture
def wary(page: Page, context: BrowserContext, guard: Guard) -> Page:
    """A page that tells when anything of it ran."""
    assert guard
    context.add_init_script(RAN)
    page.on("dialog", lambda dialog: pytest.fail(f"it asks: {dialog.message}"))
    return page


def is_harmless(page: Page) -> None:
    page.wait_for_load_state("networkidle") if "/conversations" not in page.url else page.wait_for_load_state()
    assert page.evaluate("window.ran") is None, page.url
    assert page.locator("iframe, object, embed, base, [onerror], [onload], [onclick]").count() == 0, page.url
    addresses = page.locator("a[href]").evaluate_all("(all) => all.map((each) => each.protocol)")
    assert set(addresses) <= {"http:", "https:", "mailto:", "tel:"}, page.url


def test_nothing_runs_that_people_write_in_a_conversation(wary: Page, app: Caller) -> None:
    console.sign_in(wary, app)
    for evil in CALLS:
        name = evil[:90]
        user = app.user(externalId=f"x{evil}"[:200], profile={"givenName": name, "surname": name})
        chat = app.conversation(user, displayName=name, description=name, metadata={"a": name})
        author = {"type": "business", "displayName": name, "avatarUrl": "https://evil.example/a.png"}
        for link in LINKS[:1]:
            for content in contents(app, evil, link):
                app.post(app.messages(chat), {"author": author, "content": content, "metadata": {"m": name}})
        live = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": evil}}
        wary.goto(f"/console/apps/{app.app_id}/conversations/{chat}")
        before = wary.locator(".message").count()
        app.post(app.messages(chat), live)  # by way of the stream and of the script
        expect(wary.locator(".message")).to_have_count(before + 1)
        is_harmless(wary)
        if evil == EVIL[0]:
            expect(wary.locator(".message .said").last).to_have_text(evil)
            expect(wary.locator("h1").first).to_have_text(name)


def test_nothing_runs_that_stands_in_html_and_in_a_preview(wary: Page, app: Caller) -> None:
    chat = app.conversation()
    app.post(app.messages(chat), {"author": {"type": "business"}, "content": {"type": "text", "htmlText": HTML}})
    console.sign_in(wary, app, f"/console/apps/{app.app_id}/conversations/{chat}")
    wary.get_by_label("Your answer").fill(HTML + "\n\n[x](javascript:alert(1)) ![y](https://evil.example/y.png)")
    wary.get_by_label("Markdown").check()
    wary.get_by_role("button", name="Preview").click()
    expect(wary.get_by_label("Preview", exact=True)).to_be_visible()
    is_harmless(wary)
    wary.get_by_label("Your answer").press("Control+Enter")
    expect(wary.locator(".message")).to_have_count(2)
    is_harmless(wary)


def test_nothing_runs_that_names_what_is_set_up(wary: Page, app: Caller, account: Caller, hooks: Hooks) -> None:
    name = EVIL[0][:60]
    account.send("PATCH", app.app, {"displayName": name})
    account.post(f"{app.app}/keys", {"displayName": name})
    hook = {"target": f"{hooks.url}/?a=<script>alert(1)</script>", "triggers": ["conversation:message"]}
    said = {"type": "custom", "displayName": name, "webhooks": [hook]}
    made = app.post(f"{app.app}/integrations", said).json["integration"]
    app.post(f"{app.app}/integrations/{made['id']}/keys", {"displayName": name})
    app.say(app.conversation(), EVIL[0])
    console.sign_in(wary, account)
    webhook = f"/webhooks/{made['id']}/{made['webhooks'][0]['id']}"
    for there in ("", "/keys", "/integrations", f"/integrations/{made['id']}", "/webhooks", webhook, "/switchboard"):
        wary.goto(f"/console/apps/{app.app_id}{there}")
        expect(wary.locator("body")).to_contain_text(name)
        is_harmless(wary)
    wary.goto(f"/console/apps/{app.app_id}{webhook}")
    wary.locator("#deliveries a").first.click()
    expect(wary.get_by_label("Body").first).to_contain_text("<script>alert(1)</script>")
    is_harmless(wary)


def test_an_svg_that_somebody_uploads_runs_nothing_beside_the_message_nor_in_a_tab_of_its_own(
    wary: Page, app: Caller
) -> None:
    chat = app.conversation()
    console.sign_in(wary, app, f"/console/apps/{app.app_id}/conversations/{chat}")
    wary.locator("#file").set_input_files({"name": "sun.svg", "mimeType": "image/svg+xml", "buffer": SVG})
    expect(wary.locator("#files figure:not(.going)")).to_have_count(1)
    wary.get_by_role("button", name="Send").click()
    expect(wary.locator(".message")).to_have_count(1)
    is_harmless(wary)
    with wary.expect_download() as kept:  # it is no page of this server
        wary.locator(".message .bubble a").first.click(modifiers=["Alt"])
    assert kept.value.suggested_filename == "sun.svg"
    is_harmless(wary)
