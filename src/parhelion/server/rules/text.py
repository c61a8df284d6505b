"""Rich text: Markdown to HTML, HTML to plain text. No call may take long, whatever it is given.

Markdown  --html_of-->  HTML  --text_of-->  text for those who show no HTML
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock, blockquote
from markdown_it.rules_inline import StateInline, link

DEEPEST = 10  # a list is two deep: itself and its entry
DEEPEST_QUOTE = 4  # every quote around a line reads it once more
LINK_BUDGET = 40_000  # characters that may be looked at in vain for the end of a link

_LINKABLE = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


class _Block(ParserBlock):
    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - the library's names
        """What is nested too deeply is a paragraph. The library would leave it out."""
        if state.level < DEEPEST:
            super().tokenize(state, startLine, endLine)
            return
        end = startLine
        while end < endLine and (state.isEmpty(end) or state.sCount[end] >= state.blkIndent):
            end += 1  # what is less indented belongs to someone above
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content = state.getLines(startLine, end, state.blkIndent, keepLastLF=False).strip()
        inline.map, inline.children = [startLine, end], []
        state.push("paragraph_close", "p", -1)
        state.line = end


def _quote(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 - its names
    """The library's rule, so deep and no deeper: what is quoted more often shows its ">"."""
    around: int = state.env.get("quotes", 0)
    if around == DEEPEST_QUOTE:
        return False
    state.env["quotes"] = around + 1
    found = blockquote(state, startLine, endLine, silent)
    state.env["quotes"] = around
    return found


def _link(state: StateInline, silent: bool) -> bool:
    """The library's rule, within a budget: a bracket that is not closed costs the rest of the text."""
    start = state.pos
    if state.src[start] != "[" or state.src.find("]", start) < 0:
        return False
    left: int = state.env.setdefault("left", LINK_BUDGET) - (state.posMax - start)
    if left < 0:
        return False
    state.env["left"] = left
    found = link(state, silent)
    if found:
        state.env["left"] += state.posMax - state.pos
    return found


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero")
    markdown.block = _Block()
    # A picture in a text would be fetched from anywhere, unasked: "![a](b)" is an exclamation mark and a link.
    markdown.configure("commonmark", {"html": False, "maxNesting": 2 * DEEPEST}).disable(["image"])
    markdown.block.ruler.at("blockquote", _quote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    markdown.inline.ruler.at("link", _link)
    markdown.validateLink = lambda url: _LINKABLE.match(url) is not None  # type: ignore[method-assign]  # as it is meant
    return markdown


_MARKDOWN = _markdown()


@lru_cache(maxsize=32)  # it is asked twice in a row: whether the HTML is too long, and for the HTML
def html_of(markdown: str) -> str:
    """HTML of CommonMark. HTML within is shown, not obeyed; links lead to http, https, mailto and tel only."""
    html: str = _MARKDOWN.render(markdown)
    return html.strip()


_LINE, _PARAGRAPH = 1, 2  # how many line breaks stand around an element
_BREAKS = {
    **dict.fromkeys(("address", "dd", "div", "dl", "dt", "li", "section", "article", "tr", "ol", "ul"), _LINE),
    **dict.fromkeys(("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "pre", "table"), _PARAGRAPH),
}
_LISTS, _CELLS, _DROPPED = ("ol", "ul"), ("td", "th"), ("script", "style")
_SAID_ANYWAY = re.compile(r"(?:https?://|mailto:|tel:)|/$", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SMALL = re.compile(r"\d{1,6}", re.ASCII)
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?", re.DOTALL)  # comments and declarations
_NO_TAG = re.compile("<(?![^<>]*>)|<(?=[!?])")  # the parser stumbles over half a declaration, and is slow at half a tag


class _Reader(HTMLParser):
    """Writes down what is shown. Breaks and bullets are held back until there is something to be shown after them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.breaks = 0
        self.bullet = ""
        self.lists: list[int | None] = []  # the next number of each list that is open; None for one without numbers
        self.address = ""  # of the link that is open
        self.linked = ""  # and its text so far
        self.dropped = self.kept_as_is = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag == "br":
            self.breaks = min(self.breaks + 1, _PARAGRAPH)
        elif tag == "a":
            self._link_ends()
            self.address, self.linked = (dict(attrs).get("href") or "").strip(), ""
        elif tag == "li":
            self.bullet = self._next_bullet()
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        elif tag in _LISTS:
            start = dict(attrs).get("start") or ""
            self.lists.append((int(start) if _SMALL.fullmatch(start) else 1) if tag == "ol" else None)
        self._count(tag, 1)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link_ends()
        elif tag in _LISTS and self.lists:
            self.lists.pop()
        elif tag in _CELLS:
            self._say(" ")
        self._break(tag)
        self._count(tag, -1)

    def handle_data(self, data: str) -> None:
        if self.dropped:
            return
        lines = data.split("\n") if self.kept_as_is else [_SPACE.sub(" ", data)]
        for number, line in enumerate(lines):
            self.breaks += number > 0
            self._say(line)

    def read(self) -> str:
        self._link_ends()
        return "\n".join(line.rstrip() for line in "".join(self.out).split("\n")).strip()

    def _say(self, text: str) -> None:
        line_begins = not self.out or self.breaks > 0
        if not self.kept_as_is and (line_begins or self.out[-1].endswith(" ")):
            text = text.lstrip(" ")
        if not text:
            return
        if line_begins:
            indent = "  " * min(len(self.lists) - bool(self.bullet), DEEPEST) if self.lists else ""
            self.out.append("\n" * self.breaks * bool(self.out) + indent + self.bullet)
            self.breaks, self.bullet = 0, ""
        self.out.append(text)
        if self.address:
            self.linked += text

    def _break(self, tag: str) -> None:
        several = _BREAKS.get(tag, 0)
        self.breaks = max(self.breaks, min(several, _LINE) if self.lists else several)

    def _next_bullet(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _link_ends(self) -> None:
        address, text, self.address = self.address, self.linked.strip(), ""
        if _LINKABLE.match(address) and _SAID_ANYWAY.sub("", text) != _SAID_ANYWAY.sub("", address):
            self._say(f" ({address})" if text else address)

    def _count(self, tag: str, by: int) -> None:
        if tag in _DROPPED:
            self.dropped = max(self.dropped + by, 0)
        elif tag == "pre":
            self.kept_as_is = max(self.kept_as_is + by, 0)


def text_of(html: str) -> str:
    """What HTML says, in plain text: its words, line breaks, bullets, and where its links lead."""
    reader = _Reader()
    reader.feed(_NO_TAG.sub("&lt;", _UNSEEN.sub("", html)))
    reader.close()
    return reader.read()
