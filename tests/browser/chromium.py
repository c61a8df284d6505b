"""A real browser: Debian's chromium, or another Chromium that is on the path, steered by Playwright. No name leads it
outside, as in tests/loopback.py.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

from tests.engines.programs import program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
SIZES = {"desk": (1280, 800), "phone": (390, 844)}  # width and height, in pixels
SCHEMES = ("light", "dark")
PATIENCE = 5.0  # seconds for whatever is waited for


class Look(NamedTuple):
    """How a page is looked at."""

    size: str = "desk"
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{self.size}-{self.scheme}"


LOOKS = [Look(size, scheme) for size in SIZES for scheme in SCHEMES]


def launched(playwright: Playwright) -> Browser:
    """A browser, until `close`. `NoServer` where none can be had."""
    here = program("chromium", "chromium", at=lambda _: next(filter(None, map(shutil.which, NAMES)), None))
    return playwright.chromium.launch(executable_path=here, args=ARGUMENTS, timeout=30_000)


def looking(browser: Browser, url: str, look: Look) -> BrowserContext:
    """Somebody's browser, which knows nothing yet; `goto("/docs")` is of the server at `url`. Nothing moves."""
    width, height = SIZES[look.size]
    phone = look.size == "phone"
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if look.scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
        is_mobile=phone,
        has_touch=phone,
    )
    context.set_default_timeout(PATIENCE * 1000)
    return context
