"""What a page does when its stream cannot go on."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.console import sign_in
from tests.browser.guard import Guard
from tests.live import Caller


def open_one(page: Page, who: Caller, more: str = "") -> None:
    conversation = who.conversation()
    sign_in(page, who)
    page.goto(f"{who.url}/console/apps/{who.app_id}/conversations/{conversation}{more}")


def test_who_is_signed_out_meanwhile_is_told_so_and_keeps_what_they_wrote(
    page: Page, guard: Guard, app: Caller
) -> None:
    guard.expect("401")
    open_one(page, app)
    expect(page.locator("html[data-connected]")).to_have_count(1)
    page.get_by_label("Your answer").fill("half an answer")
    page.context.clear_cookies()
    page.evaluate("window.stop()")  # the stream, too
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
    expect(page.get_by_label("Your answer")).to_have_value("half an answer")


def test_an_address_with_an_end_that_is_no_message_is_live_all_the_same(page: Page, app: Caller) -> None:
    open_one(page, app, "#%5B1>")
    expect(page.locator("html[data-connected]")).to_have_count(1)
