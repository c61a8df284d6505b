"""A page for each test, with a guard. What is here runs with `--engine browser`: `make test-browser`."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parhelion import Client
from tests.browser.chromium import Look, launched, looking
from tests.browser.hooks import Hooks
from tests.browser.population import Populated, populate
from tests.engines import chosen
from tests.engines.programs import NoServer
from tests.live import Caller, Live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.guard import Guard

PICTURES = Path(__file__).parents[2] / "build" / "browser"  # of pages whose test failed


def pytest_ignore_collect() -> bool | None:
    """Tests here import what only `make test-browser` installs."""
    return None if chosen.is_wanted("browser") else True


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The run ends where there is none: it was asked for."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            found = launched(playwright)
        except NoServer as why:
            pytest.exit(f"There is no browser to test with: {why}", returncode=1)
        yield found
        found.close()


@pytest.fixture
def look() -> Look:
    """At a desk, by day. A test looks otherwise with `@pytest.mark.parametrize("look", LOOKS, ids=str)`."""
    return Look()


@pytest.fixture
def context(browser: Browser, live: Live, look: Look) -> Iterator[BrowserContext]:
    """Somebody's browser, for one test."""
    made = looking(browser, live.url, look)
    yield made
    made.close()


@pytest.fixture
def guard(context: BrowserContext, live: Live) -> Guard:
    from tests.browser.guard import Guard

    return Guard(context, live.url)


@pytest.fixture
def page(context: BrowserContext, guard: Guard) -> Page:
    return context.new_page()


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    """Where the webhooks of `populated` point."""
    with Hooks() as made:
        yield made


@pytest.fixture
def populated(app: Caller, hooks: Hooks) -> Populated:
    """The test's own app, with people, conversations and webhooks in it."""
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        return populate(client, hooks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test has passed when its guard says so, too."""
    funcargs = getattr(item, "funcargs", {})
    guard: Guard | None = funcargs.get("guard")
    try:
        yield
        if guard is not None:
            guard.check()
    except BaseException:
        if guard is not None:
            item.add_report_section("call", "guard", "\n".join(guard.faults))
        if "page" in funcargs and not funcargs["page"].is_closed():
            picture = PICTURES / f"{item.name}.png"
            funcargs["page"].screenshot(path=picture)
            item.add_report_section("call", "page", str(picture))
        raise
