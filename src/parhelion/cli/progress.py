"""How far a long piece of work has come."""

from __future__ import annotations

import sys
import time

EVERY = 0.2  # seconds from one look of the bar to the next
SELDOM = 5.0  # and from line to line, where there is no terminal
WIDTH = 30


class Progress:
    """A bar on a terminal, and otherwise a line now and then. A library would be one more to keep up to date."""

    def __init__(self) -> None:
        self._bar = sys.stderr.isatty()
        self._what, self._begun, self._first, self._next = "", 0.0, 0, 0.0
        self._done, self._total = 0, 0

    def told(self, what: str, done: int, total: int) -> None:
        """So much of it is done."""
        now = time.monotonic()
        if what != self._what:
            self.end()
            self._what, self._begun, self._first = what, now, done
        self._done, self._total = done, total
        if now >= self._next:
            self._next = now + (EVERY if self._bar else SELDOM)
            self._show()

    def end(self) -> None:
        """Something else is to be printed."""
        if self._what:
            self._show()
            if self._bar:
                print(file=sys.stderr)
        self._what = ""

    def _show(self) -> None:
        done, total = self._done, self._total
        share = done / total if total else 1.0
        rate = (done - self._first) / max(time.monotonic() - self._begun, 0.001)
        left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
        line = f"{self._what}: {done:,} of {total:,} ({share:.0%}), {rate:,.0f}/s{left}"
        full = int(share * WIDTH)
        if self._bar:
            print(f"\r[{'#' * full:{WIDTH}}] {line}\033[K", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)
