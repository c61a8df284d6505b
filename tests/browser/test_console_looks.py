"""Every page of the console, as everybody can read it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import console
from tests.browser.accessibility import accessible, is_cut
from tests.browser.chromium import LOOKS, Look
from tests.browser.population import Populated
from tests.live import Caller

SMALL = 24  # pixels that what is pressed has at least, each way: https://www.w3.org/TR/WCAG22/#target-size-minimum


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_everybody_can_read_every_page(
    page: Page, app: Caller, account: Caller, populated: Populated, look: Look
) -> None:
    """No page keeps anybody out, or reaches beyond the side; and all that unfolds is unfolded."""
    console.sign_in(page, account)
    for name in console.PAGES:
        page.goto(console.path(name, app, populated))
        expect(page.locator("main")).to_be_visible()
        accessible(page)
        assert not is_cut(page), name
        assert too_small(page) == [], name
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        assert not is_cut(page), f"{name}, unfolded"
        if look == Look("phone", "dark"):
            accessible(page)


def too_small(page: Page) -> list[str]:
    """What is pressed, and is hard to hit."""
    found: list[str] = page.evaluate(
        """(small) => [...document.querySelectorAll("main button, main summary, header a, header button")]
            .filter((each) => each.checkVisibility())
            .filter((each) => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < small)
            .map((each) => each.outerHTML.slice(0, 80))""",
        SMALL,
    )
    return found
