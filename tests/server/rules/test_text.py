"""Markdown to HTML, HTML to text: nothing that runs, nothing lost, and never long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from parhelion.server.rules.text import html_of, text_of

TAGS = ("p", "b", "em", "strong", "ul", "ol", "li", "a", "code", "pre", "blockquote", "br", "h1", "script", "style")
MARKUP = "[]()*_`<>!&\\ab \n\"'-#1.:~=+|\t"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        (" \n ", ""),
        ("Hi **you**", "<p>Hi <strong>you</strong></p>"),
        ("*a* `b`", "<p><em>a</em> <code>b</code></p>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("a  \nb", "<p>a<br />\nb</p>"),
        ("[a](https://example.org)", '<p><a href="https://example.org">a</a></p>'),
        ("[a](HTTP://example.org)", '<p><a href="HTTP://example.org">a</a></p>'),
        ("<mailto:a@example.org>", '<p><a href="mailto:a@example.org">mailto:a@example.org</a></p>'),
        ("[call](tel:+15550100)", '<p><a href="tel:+15550100">call</a></p>'),
        ("[a][r]\n\n[r]: https://example.org", '<p><a href="https://example.org">a</a></p>'),
    ],
)
def test_markdown_becomes_html_without_space_around_it(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///x",
        "/x",
        "x",
        "//x",
        "ftp://x",
    ],
)
def test_a_link_that_leads_elsewhere_stays_text(address: str) -> None:
    for markdown in (f"[a]({address})", f"<{address}>", f"[a][r]\n\n[r]: {address}"):
        assert "href" not in html_of(markdown)


@pytest.mark.parametrize(
    "markdown", ["<b>x</b>", "<script>x</script>", "a <img src=x onerror=y> b", "<!-- x -->", "<div>\n\nx\n\n</div>"]
)
def test_html_in_markdown_is_shown_and_not_obeyed(markdown: str) -> None:
    html = html_of(markdown)
    assert "&lt;" in html
    assert not re.search(r"<(b|script|img|!--|div)", html)


def test_a_picture_in_markdown_is_not_fetched() -> None:
    assert html_of("![cat](https://example.org/cat.png)") == '<p>!<a href="https://example.org/cat.png">cat</a></p>'


@pytest.mark.parametrize("marker", ["> ", "- ", "1. ", "> - "])
def test_what_is_nested_too_deeply_is_flat_but_not_lost(marker: str) -> None:
    html = html_of(f"{marker * 200}deep\n\nafter")
    assert "deep" in html
    assert html.endswith("<p>after</p>")


def test_lists_may_be_nested_as_deep_as_people_nest_them() -> None:
    html = html_of("\n".join("  " * depth + f"- {depth}" for depth in range(5)))
    assert html.count("<ul>") == 5


def test_quotes_may_be_nested_as_deep_as_people_quote() -> None:
    assert html_of("> > > > a").count("<blockquote>") == 4
    assert html_of("> > > > > a\n\n> b").count("<blockquote>") == 5
    assert "&gt; a" in html_of("> > > > > a")


def test_what_follows_a_list_that_is_too_deep_keeps_its_place() -> None:
    html = html_of("\n".join("  " * depth + f"- d{depth}" for depth in range(8)) + "\n- last")
    assert html.endswith("<li>last</li>\n</ul>")
    assert all(f"d{depth}" in html for depth in range(8))


def test_brackets_in_vain_do_not_cost_an_ordinary_message_its_links() -> None:
    entries = "\n".join("- [ ] call [Ann](https://example.org/ann)" for _ in range(60))
    assert html_of(entries).count("<a ") == 60
    assert html_of("[Ann](https://example.org) " * 140).count("<a ") == 140
    assert html_of("[1] [2] [3] and [there](https://example.org)").count("<a ") == 1


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a &lt; b &amp;&#33;", "a < b &!"),
        ("&amp;amp;", "&amp;"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>c", "a\nb\nc"),
        ("a<br>b<br/>c<br />d", "a\nb\nc\nd"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("  a \n\t b  <b> c </b> d ", "a b c d"),
        ("<b>a</b><i>b</i>", "ab"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ol start='7'><li>a<li>b</ol>", "7. a\n8. b"),
        ("<ol start='x'><li>a</ol>", "1. a"),
        ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "- a\n  b\n- c"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n  1. b\n- c"),
        ("x<ul><li></li><li>a</li></ul>", "x\n- a"),
        ("<li>a", "- a"),
        ("</ul></ol></a></pre></script>a", "a"),
        ("<a href='https://example.org'>here</a>.", "here (https://example.org)."),
        ("<a href='https://example.org'>https://example.org</a>", "https://example.org"),
        ("<a href='https://example.org/'>example.org</a>", "example.org"),
        ("<ul><li><a href='https://example.org/'>example.org</a></ul>", "- example.org"),
        ("<a href='mailto:a@example.org'>a@example.org</a>", "a@example.org"),
        ("<a href='tel:+15550100'>call</a>", "call (tel:+15550100)"),
        ("<a href='https://example.org'></a>", "https://example.org"),
        ("<a href='https://example.org'>here", "here (https://example.org)"),
        ("<a href='javascript:x'>here</a>", "here"),
        ("<a href=' https://example.org '>here</a>", "here (https://example.org)"),
        ("<a>here</a><a href>there</a>", "herethere"),
        ("<script>bad()</script>a<style>b{}</style>", "a"),
        ("a<script>bad()", "a"),
        ("a<!-- b -->c<?d?><!DOCTYPE html>", "ac"),
        ("a <!-- b", "a"),
        ("<pre>a\n   b\n\nc</pre>d", "a\n   b\n\nc\n\nd"),
        ("<img src=x alt='a cat'>", "a cat"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("1 < 2 <b>and</b> 3 <", "1 < 2 and 3 <"),
        ("a <![ b", "a"),
        ("<!<!x>!--a-->b", "!--a-->b"),
        ("<<!x>![ >a", "<![ >a"),
    ],
)
def test_html_becomes_what_it_says(html: str, text: str) -> None:
    assert text_of(html) == text


def test_markdown_read_as_text_keeps_its_words_and_its_shape() -> None:
    markdown = "Hi **you**\n\n- a\n  1. b\n- [c](https://example.org)\n\nend  \nbr"
    assert text_of(html_of(markdown)) == "Hi you\n\n- a\n  1. b\n- c (https://example.org)\n\nend\nbr"


@given(
    st.lists(
        st.sampled_from([*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "<a href='https://x.org'>"])
        | st.text(st.characters(exclude_characters="<>&"), max_size=9)
    )
)
def test_text_never_holds_a_tag(pieces: list[str]) -> None:
    text = text_of("".join(pieces))
    assert "<" not in text
    assert text == text.strip()


@given(st.text(MARKUP, max_size=300))
def test_any_markdown_becomes_html_of_known_tags(markdown: str) -> None:
    html = html_of(markdown)
    assert html == html.strip()
    tags = set(re.findall(r"<\s*/?\s*([^\s>/]+)", html))
    assert tags <= {"p", "em", "strong", "a", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "br"} | {
        f"h{level}" for level in range(1, 7)
    }
    assert all(re.match(r"(?i)https?://|mailto:|tel:", address) for address in re.findall(r'href="([^"]*)', html))


@given(st.text(st.sampled_from(list("<>!/?-[]&#;='\" \nabpx")), max_size=200))
@settings(max_examples=300)
def test_any_html_becomes_text(html: str) -> None:
    assert isinstance(text_of(html), str)


HOSTILE = [
    "<",
    ">",
    "> ",
    "[",
    "![",
    "*",
    "_*",
    "*a_ ",
    "**a ",
    "[a](",
    "[a](b\n",
    "[a\n",
    "[\\ ",
    "- ",
    "> - ",
    "]",
    "[a][b]\n\n",
    "`a",
    "``` ",
    "<http:",
    "<!--",
    "<![",
    "<![CDATA[",
    "<a ",
    "</",
    "<a b='",
    '<a b="',
    "&#x",
    "&",
    "\\",
    "\t",
    "a\n",
    "\n",
    "- a\n",
    "1. ",
    "<ul>",
    "<ul><li>a",
    "<ol start=9>",
    "<a href='http://x'>",
    "<script>",
    "<pre>\n",
    "<br>",
    "[a]: b\n",
    "<?",
]


@pytest.mark.parametrize("read", [html_of.__wrapped__, text_of])
def test_no_text_takes_long(read: Callable[[str], str]) -> None:
    prefixes = ("", "[" * 60, "<" * 60, "> " * 20, "<a b='")
    texts = [(prefix + unit * 4096)[:4096] for prefix in prefixes for unit in HOSTILE]
    texts += [text[:-1] + end for text in texts[: len(HOSTILE)] for end in "]>)'"]
    slow = [text[:80] for text in texts if _seconds(read, text) > 0.15]
    assert slow == []


def _seconds(read: Callable[[str], str], text: str) -> float:
    """The better of three: other programs run too."""
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        read(text)
        best = min(best, time.process_time() - start)
        if best < 0.1:
            break
    return best
