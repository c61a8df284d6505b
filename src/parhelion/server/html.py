"""HTML, put together so that what is not HTML is escaped: `tag("p", "a < b", class_="note")`.

    Html      text that is HTML already: what `tag` and `whole` answer
    whole     a page that needs nothing but itself: no script, no font, no picture from anywhere

Few pages are shown here and all are made in Python, so a template language would be one more to know; what it is mostly
for, escaping, is the usual case here too. The style is inline, and the content security policy names it by its digest:
no other is taken.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

VOID = {"input", "img", "meta", "link", "br", "hr"}


class Html(str):
    """Text that is HTML."""

    __slots__ = ()


def of(*children: str | None) -> Html:
    """The children, one after the other."""
    return Html("".join(each if isinstance(each, Html) else escape(each) for each in children if each is not None))


def tag(kind: str, /, *children: str | None, **attributes: str | bool | None) -> Html:
    """An element. `class_` is class, `aria_label` is aria-label; None and False are left out, True has no value."""
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{kind}{said}>" if kind in VOID else f"<{kind}{said}>{of(*children)}</{kind}>")


def whole(title: str, style: str, *body: str | None) -> bytes:
    """A page in English, for light and dark, for desks and pockets."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Html(f"<style>{style}</style>"),
    )
    return f"<!doctype html>{tag('html', head, tag('body', *body), lang='en')}".encode()


def policy(style: str, *more: str) -> tuple[bytes, bytes]:
    """The header that lets a page do nothing but look as its style says, and what is said of it in `more`."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    said = ["default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'", "frame-ancestors 'none'", *more]
    return b"content-security-policy", "; ".join(said).encode()


# Colours by their use. A sun, and ice.
COLOURS = """
:root{color-scheme:light dark;--page:#f6f4ef;--card:#fff;--ink:#1d2129;--soft:#5b6372;--line:#dedad1;--sun:#b4530a;
--on-sun:#fff;--sun-soft:#fff3e2;--ring:#1d6fd6;--bad:#a4161a;--bad-soft:#fdecec;--code:#f1eee7}
@media(prefers-color-scheme:dark){:root{--page:#14171d;--card:#1c2129;--ink:#e9e6df;--soft:#a0a8b6;--line:#323945;
--sun:#ffb35c;--on-sun:#2a1600;--sun-soft:#2c241a;--ring:#7ab4ff;--bad:#ff9c9c;--bad-soft:#351c1f;--code:#252b35}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
a{color:var(--sun)}
:focus-visible{outline:3px solid var(--ring);outline-offset:2px;border-radius:4px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
"""
