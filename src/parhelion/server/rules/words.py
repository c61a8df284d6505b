"""Words: what of a message can be searched for, and what is asked for. The same on both sides, whatever the database.

    "Crème brûlée, 2 €"  ->  creme brulee 2       without accents, in lower case, letters and digits only
    "東京都"              ->  東京 京都 都          scripts that put no blanks between words: two characters each

A word that is asked for finds those that begin with it, if it has two letters: "cre" finds "Crème". Databases index
words as they are said here and compare them byte by byte, so what one finds the other does, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from ...wire import Content, FileMessage, FormResponseField, FormResponseMessage, ImageMessage, MessageAuthor
from ...wire.reading import is_array
from .masking import READ

LONGEST = 40  # characters of a word that count
MOST = 5000  # words of a message that can be found: more than a text of 4096 characters has
MOST_ASKED = 32  # words of a query: each is looked for by itself
BEGINNING = "*"  # behind a word that is asked for: it may go on. No word has it, nor the blank between words
SHOWN = 240  # characters of a text around what was found
BEFORE = 60  # of them before it

_READ = {**READ, FormResponseMessage: ("fields",), FormResponseField: ("label", "text", "email", "select")}
_ASCII = re.compile("[a-z0-9]+")
# Thai, Lao, Burmese, Khmer, kana, and Chinese characters.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_IS_DENSE = re.compile(f"[{_DENSE}]")
_RUN = re.compile(f"([{_DENSE}]+)|[^ {_DENSE}]+")
_NO_JOINT = "\u200b"  # a space without width; others that are not seen join


class Piece(NamedTuple):
    """Some of a text, and whether it is what was asked for."""

    text: str
    matched: bool


def words_of(texts: Iterable[str]) -> str:
    """Each word once, with a blank between; "" when there is none."""
    found: dict[str, None] = {}
    for text in texts:
        if len(found) >= MOST:
            break
        found.update(dict.fromkeys(_said(text)))
    return " ".join(list(found)[:MOST])


def asked_for(query: str) -> list[str]:
    """The words of a query, each once. A BEGINNING is behind those that may go on."""
    found: dict[str, None] = {}
    for run, dense in _runs(query):
        if dense and len(run) > 1:
            found.update(dict.fromkeys(map("".join, pairwise(run))))
        else:  # one dense character begins the two that it is indexed with
            found[run[:LONGEST] + BEGINNING * (dense or len(run) > 1)] = None
    return list(found)


def texts_of(content: Content, author: MessageAuthor) -> list[str]:
    """What people read of a message, and who said it."""
    found = list(_read(content))
    if isinstance(content, ImageMessage | FileMessage):
        found.append(unquote(content.media_url.partition("?")[0].rpartition("/")[2]))
    if author.display_name:
        found.append(author.display_name)
    return found


def shown(texts: Iterable[str], asked: Iterable[str]) -> list[Piece]:
    """Where the first of these texts that has one of the words has it. Together the pieces are what is shown of it."""
    whole, beginnings = set[str](), list[str]()
    dense = set[str]()
    for each in asked:
        word = each.removesuffix(BEGINNING)
        if _IS_DENSE.match(word):
            dense.update(word)
        elif each != word:
            beginnings.append(word)
        else:
            whole.add(word)
    begins = tuple(beginnings)
    for text in texts:
        places = [
            (start, end)
            for start, end, word in _places(text)
            if word in dense or word in whole or (begins and word.startswith(begins))
        ]
        if places:
            return list(_pieces(text, places))
    return []


def _said(text: str) -> Iterable[str]:
    if text.isascii():  # most are, and every message is read
        return [word[:LONGEST] for word in _ASCII.findall(text.lower())]
    found: list[str] = []
    for run, dense in _runs(text):
        if dense:
            found += map("".join, pairwise(run))
            found.append(run[-1])
        else:
            found.append(run[:LONGEST])
    return found


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Folded, in one script or another: (letters, whether words have no blanks between them)"""
    folded = "".join(map(_folded, text))
    return ((match[0], match[1] is not None) for match in _RUN.finditer(folded))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """What a character is in a word: nothing, some letters; or a blank, where it ends one."""
    kept: list[str] = []
    for each in unicodedata.normalize("NFKD", character):
        kind = unicodedata.category(each)
        if kind[0] in "LN":
            kept.append(each)
        elif kind[0] == "M":  # vowels of some scripts; but accents, and what picks a glyph, are none of the word
            if not unicodedata.combining(each) and kind != "Me" and not unicodedata.name(each, "").startswith("VARI"):
                kept.append(each)
        elif kind != "Cf" or each == _NO_JOINT:
            kept.append(" ")
    # Once more: some capitals have an accent only when they are small.
    again = unicodedata.normalize("NFKD", "".join(kept).casefold())
    return "".join(each for each in again if not unicodedata.combining(each))


def _read(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif is_array(said):
        for each in said:
            yield from _read(each)
    else:
        for name in _READ.get(type(said), ()):
            if name != "html_text":  # its words are in `text`
                yield from _read(getattr(said, name))


def _places(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word stands, and what it is; in dense scripts, each character. One character may be of two words."""
    folded = [_folded(character) for character in text]
    owners = [place for place, each in enumerate(folded) for _ in each]
    for match in _RUN.finditer("".join(folded)):
        each = range(*match.span()) if match[1] else [match.start()]
        for first in each:
            last = first if match[1] else match.end() - 1
            end = owners[last] + 1
            while end < len(text) and not folded[end]:
                end += 1  # with its accents
            yield owners[first], end, match.string[first : last + 1]


def _pieces(text: str, places: list[tuple[int, int]]) -> Iterator[Piece]:
    first = max(0, places[0][0] - BEFORE)
    last = min(len(text), first + SHOWN)
    at = first
    if first:
        yield Piece("…", matched=False)
    for start, end in places:
        if start >= last:
            break
        if start > at:
            yield Piece(text[at:start], matched=False)
        if end > at:
            yield Piece(text[max(start, at) : min(end, last)], matched=True)
            at = min(end, last)
    if at < last:
        yield Piece(text[at:last], matched=False)
    if last < len(text):
        yield Piece("…", matched=False)
