"""A real browser: Debian's chromium, or another Chromium that is on the path, steered by Playwright. No name leads it
outside, as in tests/loopback.py.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.engines.programs import NoServer, program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = (
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


def launched(playwright: Playwright, fonts: Path | None = None) -> Browser:
    """A browser, until `close`. `NoServer` where none can be had. `fonts`: settings of fontconfig."""
    from playwright.sync_api import Error

    here = program("chromium", "chromium", at=lambda _: next(filter(None, map(shutil.which, NAMES)), None))
    told: dict[str, str | float | bool] = {**os.environ} | ({"FONTCONFIG_FILE": str(fonts)} if fonts else {})
    try:
        return playwright.chromium.launch(
            executable_path=here,
            args=ARGUMENTS,
            env=told,
            chromium_sandbox=False,  # root has none
            timeout=30_000,
        )
    except Error as trouble:
        said = dict.fromkeys(re.findall(r"\[err\] (.+)", str(trouble))) or [str(trouble).partition("\n")[0]]
        raise NoServer(f"{here} does not start: {'; '.join(said)}") from None


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
