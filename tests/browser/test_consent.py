"""The page on which somebody lets a partner's program in, to look at. What it decides: tests/server/test_oauth.py."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import accessible, is_cut
from tests.browser.chromium import LOOKS, Look
from tests.browser.guard import Guard
from tests.live import Caller, Live, parhelion


@pytest.fixture(scope="module")
def consent(live: Live) -> str:
    """The path of a page. It leads back to a page of the same server."""
    said = ["--name", "Night sky & friends", "--redirect-uri", f"{live.url}/docs", "--data", str(live.data), "--json"]
    made = parhelion("oauth", "client", "create", *said)
    return f"/oauth/authorize?response_type=code&client_id={made['clientId']}"


def fill(page: Page, app: Caller, secret: str) -> None:
    page.get_by_label("Key ID").fill(app.key_id)
    page.get_by_label("Secret").fill(secret)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_everybody_can_read_what_they_consent_to(page: Page, consent: str, look: Look) -> None:
    page.goto(consent)
    expect(page.get_by_role("heading", level=1)).to_have_text("Let Night sky & friends in?")
    accessible(page)
    assert not is_cut(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_everybody_can_read_what_was_wrong(page: Page, guard: Guard, consent: str, app: Caller, look: Look) -> None:
    guard.expect("401")
    page.goto(consent)
    fill(page, app, "not this one")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    accessible(page)
    guard.expect("400")
    page.goto("/oauth/authorize?client_id=nobody")
    expect(page.get_by_role("alert").first).to_be_visible()
    accessible(page)


def test_who_allows_comes_back_with_a_code(page: Page, consent: str, app: Caller) -> None:
    page.goto(f"{consent}&state=sun")
    fill(page, app, app.secret)
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs?code=*&state=sun")


def test_who_denies_need_not_fill_anything_in(page: Page, consent: str) -> None:
    page.goto(f"{consent}&state=sun")
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url("**/docs?error=access_denied&state=sun")
