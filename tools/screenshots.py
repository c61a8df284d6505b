"""The pictures of pages: `make screenshots`, or some of them with `.venv/bin/python -m tools.screenshots NAME ...`

PAGES below are each looked at from a desk and a phone, light and dark, and kept as docs/pictures/NAME-SIZE-SCHEME.webp.
What they show is what tests show them (tests/browser/population.py), at a time that stands still, and in fonts that are
the same everywhere: whoever takes them twice has the same bytes, as long as no id is to be seen. Each pixel is as the
browser has drawn it; the same as PNG, for whoever looks them through, are in build/pictures.
"""

from __future__ import annotations

import io
import logging
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from parhelion.testing import Server
from tests.browser import console
from tests.browser.chromium import LOOKS, launched, looking
from tests.browser.hooks import Hooks
from tests.browser.population import Populated, populate
from tests.engines.programs import NoServer, install
from tests.live import Caller, Live, parhelion


class World(NamedTuple):
    """What there is to be seen. `goto("/...")` is of the server with the population, on whose clock it is."""

    app: Caller
    populated: Populated
    other: str  # the address of a server without a population, and without what tests steer it by
    consent: str  # the path of a page there
    keyed: Caller  # who may see the keys of an app there


def reference(page: Page, world: World) -> None:
    page.goto(f"{world.other}/docs#PostMessage")


def consent(page: Page, world: World) -> None:
    page.goto(world.other + world.consent)
    expect(page.get_by_role("button", name="Allow")).to_be_visible()


def console_page(name: str) -> Callable[[Page, World], None]:
    """One of the console, as who may see it sees it."""

    def show(page: Page, world: World) -> None:
        who = world.keyed if name in ("keys", "apps") else world.app
        if name != "sign-in":
            console.sign_in(page, who)
        page.goto(who.url + console.path(name, who, world.populated))
        if name == "contents":
            page.locator(".carousel").last.evaluate("each => each.scrollIntoView({block: 'center'})")

    return show


PAGES: dict[str, Callable[[Page, World], None]] = {
    "reference": reference,
    "consent": consent,
    **{f"console-{name}": console_page(name) for name in console.PAGES},
}

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
LOOKED = PICTURES.parents[1] / "build" / "pictures"
MOST = 3_000_000  # bytes for all of them
BEGAN = datetime(2026, 5, 14, 8, 30, tzinfo=UTC)
HOOKS = 9009  # the port of those who receive webhooks, which is to be seen
PACKAGES = ("fonts-inter", "fonts-dejavu-core", "fonts-noto-color-emoji")  # Debian's
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>/usr/share/fonts</dir><cachedir>{}</cachedir>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>Inter</family><family>DejaVu Sans</family></prefer></alias>
<alias><family>system-ui</family><prefer><family>Inter</family><family>DejaVu Sans</family></prefer></alias>
</fontconfig>"""


def main(names: list[str]) -> int:
    logging.disable()  # that webhooks fail is as it should be
    if unknown := set(names) - set(PAGES):
        print(f"There is no page called {', '.join(unknown)}; there are {', '.join(PAGES)}.")
        return 2
    with tempfile.TemporaryDirectory() as folder, Server.start() as server, Hooks(HOOKS) as hooks:
        server.clock.freeze(BEGAN)
        made = server.create_app("Northern Sky")
        app = Caller(server.url, made.key_id, made.secret, made.id)
        populated = populate(made.client(), hooks, server.clock.advance)
        live = Live(Path(folder) / "data")
        try:
            world = World(app, populated, live.url, partner(live), keyed(live))
            take(names or list(PAGES), server, world, fonts(Path(folder)))
        finally:
            live.stop()
    size = sum(each.stat().st_size for each in PICTURES.glob("*.webp"))
    print(f"{size:,} bytes in {PICTURES}")
    return size > MOST


def partner(live: Live) -> str:
    """The path of the page on which somebody is let in."""
    said = ["--name", "Sky Tickets", "--redirect-uri", "https://tickets.example.org/back", "--data", str(live.data)]
    made = parhelion("oauth", "client", "create", "--json", *said)
    return f"/oauth/authorize?response_type=code&client_id={made['clientId']}"


def keyed(live: Live) -> Caller:
    """Who has an account, with an app of several keys."""
    account = live.account()
    for name in ("Planetarium", "Northern Sky"):
        account.app_id = account.post("/v2/apps", {"displayName": name}).json["app"]["id"]
    for name in ("Shop", "Night shift"):
        account.post(f"{account.app}/keys", {"displayName": name})
    return account


def fonts(folder: Path) -> Path:
    """Settings by which pages are in these, whatever else is here. Where they cannot be had, the pictures differ."""
    if not Path("/usr/share/fonts/opentype/inter").exists():
        with suppress(NoServer):
            install("the fonts of the pictures", *PACKAGES)
    file = folder / "fonts.conf"
    file.write_text(FONTS.format(folder / "fonts"))
    return file


def take(names: list[str], server: Server, world: World, fonts: Path) -> None:
    with sync_playwright() as playwright:
        browser = launched(playwright, fonts)
        for look in LOOKS:
            context = looking(browser, server.url, look)
            context.clock.set_fixed_time(server.clock.now())
            for name in names:
                page = context.new_page()
                PAGES[name](page, world)
                picture = PICTURES / f"{name}-{look}.webp"
                whole = page.evaluate("document.documentElement.scrollHeight <= 2 * innerHeight")
                taken = page.screenshot(path=LOOKED / f"{name}-{look}.png", animations="disabled", full_page=whole)
                Image.open(io.BytesIO(taken)).convert("RGB").save(picture, lossless=True, quality=100, method=6)
                print(f"{picture.stat().st_size:9,}  {picture.name}")
                page.close()
            context.close()
        browser.close()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NoServer as why:
        sys.exit(f"There is no browser to take them with: {why}")
