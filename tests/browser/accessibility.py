"""What axe-core finds in a page as it is: https://github.com/dequelabs/axe-core.

Its script is read from its package and evaluated by the browser's debugger, so that the page's content security policy
stays as it is, and asks nobody for anything.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

GRAVE = ("serious", "critical")
RUN = "axe.run({resultTypes: ['violations'], preload: false, iframes: false})"


def accessible(page: Page) -> None:
    """AssertionError for every fault that keeps somebody from the page: its rule, what helps, and where it is."""
    page.evaluate(_script())
    found: list[dict[str, Any]] = page.evaluate(RUN)["violations"]
    told = [line for fault in found if fault["impact"] in GRAVE for line in _told(fault)]
    assert not told, "\n".join([f"axe-core has found in {page.url}:", *told])


def is_cut(page: Page) -> bool:
    """Whether something reaches beyond the side of the page, so that it has to be pushed to and fro to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _told(fault: dict[str, Any]) -> list[str]:
    places = [" ".join(map(str, node["target"])) for node in fault["nodes"]]
    return [f"{fault['impact']}: {fault['id']}: {fault['help']} ({fault['helpUrl']})", *(f"    {at}" for at in places)]


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
