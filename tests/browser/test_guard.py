"""The guard itself: what a page does that it may not do is seen, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.accessibility import accessible
from tests.browser.chromium import Look, looking
from tests.browser.guard import Guard
from tests.workers import until

DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
PAGES = {
    "quiet": f"<script>console.log('all is well')</script><img src=/dot.svg><img src={DOT}>",
    "loud": "<script>console.error('this is loud')</script>",
    "uneasy": "<script>console.warn('this is uneasy')</script>",
    "throws": "<script>throw new Error('nobody catches this')</script>",
    "throws later": "<script>setTimeout(() => { throw new Error('nobody catches this') })</script>",
    "rejects": "<script>Promise.reject(new Error('nobody awaits this'))</script>",
    "broken picture": "<img src=/missing.png>",
    "cut off": "<script>fetch('/cut-off').catch(() => 0)</script>",
    "foreign picture": "<img src=http://example.org/dot.png>",
    "foreign port": "<script>fetch('http://127.0.0.1:9/', {mode: 'no-cors'}).catch(() => 0)</script>",
    "foreign socket": "<script>new WebSocket('ws://example.org/').onerror = () => 0</script>",
    "inline style": "<p style='color:red'>red</p>",
    "opens another": "<script>open('/loud')</script>",
    "gives up": "<script>let c = new AbortController(); fetch('/dot.svg', c).catch(() => 0); c.abort()</script>",
    "unfriendly": "<main><h1>A page</h1><img id=sun src=/dot.svg><p style='color:#ccc;background:#fff'>pale</p></main>",
    "strict": "<main><h1>A page</h1><img id=sun></main>",
}
POLICIES = {"inline style": "style-src 'self'", "strict": "default-src 'none'"}
FOUND = {
    "loud": "console error: this is loud",
    "uneasy": "console warning: this is uneasy",
    "throws": "not caught: .*nobody catches this",
    "throws later": "not caught: .*nobody catches this",
    "rejects": "not caught: .*nobody awaits this",
    "broken picture": "console error: .*404.*/missing.png",
    "cut off": "failed: GET .*/cut-off",
    "foreign picture": "asked another host: http://example.org/dot.png",
    "foreign port": "asked another host: http://127.0.0.1:9/",
    "foreign socket": "asked another host: ws://example.org/",
    "inline style": "console error: .*Content Security Policy",
    "opens another": "console error: this is loud",
}


class Said(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path[1:].replace("%20", " ")
        if name == "cut-off":
            return  # without a word
        kind, body = ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"/>')
        if name != "dot.svg":
            kind, body = "text/html", f"<!doctype html><html lang=en><title>{name}</title>{PAGES.get(name, '')}"
        self.send_response(200 if name in (*PAGES, "dot.svg") else 404)
        self.send_header("content-type", kind)
        self.send_header("content-security-policy", POLICIES.get(name, ""))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Said) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One whose guard is asked by this test, and does not ask it."""
    context = looking(browser, url, Look())
    yield context.new_page()
    context.close()


@pytest.fixture
def watching(page: Page, url: str) -> Guard:
    return Guard(page.context, url)


@pytest.mark.parametrize("name", FOUND)
def test_what_no_page_may_do_is_seen(watching: Guard, page: Page, name: str) -> None:
    page.goto(f"/{name}")
    until(lambda: page.evaluate("1") and any(re.search(FOUND[name], each) for each in watching.faults), "it is seen")
    with pytest.raises(AssertionError, match=FOUND[name]):
        watching.check()


@pytest.mark.xfail(raises=AssertionError, reason="its guard has seen it, as it should")
def test_a_test_whose_page_does_it_fails(context: BrowserContext, guard: Guard) -> None:
    context.new_page().evaluate("console.error('this is loud')")


def test_a_page_that_does_none_of_it_is_let_pass(watching: Guard, page: Page) -> None:
    page.goto("/quiet")
    watching.check()
    assert watching.faults == []


def test_a_request_that_the_page_gives_up_is_none_that_fails(watching: Guard, page: Page) -> None:
    page.goto("/gives up")
    watching.check()


def test_what_a_test_expects_is_let_pass_and_all_else_is_not(watching: Guard, page: Page) -> None:
    watching.expect("this is loud")
    page.goto("/loud")
    watching.check()
    page.goto("/throws")
    with pytest.raises(AssertionError) as told:
        watching.check()
    assert "nobody catches this" in str(told.value)
    assert "this is loud" not in str(told.value)


def test_what_a_test_expects_has_to_come(watching: Guard, page: Page) -> None:
    watching.expect("40[13]")
    page.goto("/quiet")
    with pytest.raises(AssertionError, match=r"expected, and not seen: 40\[13\]"):
        watching.check()


def test_a_fault_of_accessibility_is_told_with_its_rule_its_help_and_its_place(page: Page) -> None:
    page.goto("/unfriendly")
    with pytest.raises(AssertionError) as told:
        accessible(page)
    assert "critical: image-alt: Images must have alternative text (https://" in str(told.value)
    assert "\n    #sun" in str(told.value)
    assert "serious: color-contrast" in str(told.value)


def test_axe_looks_into_a_page_whose_policy_lets_nothing_run(watching: Guard, page: Page) -> None:
    page.goto("/strict")
    with pytest.raises(AssertionError, match="critical: image-alt"):
        accessible(page)
    watching.check()
