"""What no page may do, whatever it is tested for.

    an error or a warning on the console      that of the content security policy, too
    an exception that nobody catches
    a request that fails                      not one that the page itself, or who leaves it, gives up
    a request to anybody but the server       though no name leads outside

A test says beforehand which of these it means to see: `guard.expect("401")`.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

LOUD = ("error", "warning")
INSIDE = ("data", "blob", "about")  # addresses that lead nowhere
# Comes back when the page has drawn itself once more: what its scripts were about to do is done.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


class Guard:
    """Watches all pages of a context."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        """`url`: of the server."""
        self.faults: list[str] = []
        self._context, self._home = context, urlsplit(url).netloc
        self._expected: list[str] = []
        context.on("console", self._said)
        context.on("weberror", self._thrown)
        context.on("request", lambda request: self._asked(request.url))
        context.on("requestfailed", self._failed)
        context.on("page", self._opened)
        for page in context.pages:
            self._opened(page)

    def expect(self, pattern: str) -> None:
        """A fault in which this regular expression is found is none. It has to come, once or more often."""
        self._expected.append(pattern)

    def check(self) -> None:
        """AssertionError, which tells what happened in any page until now, and what was expected and did not.

        What is under way is not waited for: a test that means to see it waits for what comes of it.
        """
        done: list[Page] = []
        while more := [page for page in self._context.pages if page not in done]:  # a page may open another
            for page in more:
                page.wait_for_load_state()
                page.evaluate(DRAWN)
            done += more
        missing = [f"expected, and not seen: {each}" for each in self._expected if not self._seen(each)]
        found = [fault for fault in self.faults if not any(re.search(each, fault) for each in self._expected)]
        assert not missing + found, "\n".join(["what no page may do:", *found, *missing])

    def _seen(self, pattern: str) -> bool:
        return any(re.search(pattern, fault) for fault in self.faults)

    def _opened(self, page: Page) -> None:
        page.on("websocket", self._connected)
        page.on("crash", lambda _: self.faults.append("the page crashed"))

    def _connected(self, socket: WebSocket) -> None:
        self._asked(socket.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self.faults.append(
                f"console {message.type}: {message.text} ({message.location.get('url') or 'no address'})"
            )

    def _thrown(self, error: WebError) -> None:
        self.faults.append(f"not caught: {error.error}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in INSIDE and parts.netloc != self._home:
            self.faults.append(f"asked another host: {url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.method} {request.url} ({request.failure})")
