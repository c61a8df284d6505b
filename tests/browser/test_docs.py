"""The reference at /docs, as people see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import accessible, is_cut
from tests.browser.chromium import LOOKS, Look


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_everybody_can_read_the_reference(page: Page, look: Look) -> None:
    page.goto("/docs")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Parhelion")
    accessible(page)
    assert not is_cut(page)


def test_an_operation_is_found_by_its_name_and_by_keyboard(page: Page) -> None:
    page.goto("/docs")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the text")).to_be_focused()
    expect(page.get_by_role("link", name="To the text")).to_be_in_viewport()
    page.get_by_role("navigation").get_by_text("Messages", exact=True).press("Enter")
    page.get_by_role("link", name="Post message", exact=True).press("Enter")
    expect(page.locator("#PostMessage")).to_be_in_viewport()
