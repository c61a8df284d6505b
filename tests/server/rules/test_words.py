"""What a text is found by, and what a query asks for."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from parhelion.server.rules.words import BEGINNING, LONGEST, MOST, SHOWN, asked_for, shown, texts_of, words_of
from parhelion.wire import (
    CarouselMessage,
    FileMessage,
    FormResponseField,
    FormResponseMessage,
    Item,
    MessageAuthor,
    Postback,
    TextMessage,
)

TEXTS = st.text(max_size=80) | st.text("aA áß東京ำที่ﷺ½Iiİſ \u200d\u200b\ufe0f\u0301", max_size=40)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World! hello", "hello world"),
        ("Crème brûlée", "creme brulee"),
        ("cre\u0300me", "creme"),
        ("STRASSE Straße straſse", "strasse"),
        ("İstanbul ISTANBUL ıstanbul", "istanbul ıstanbul"),  # the small one without a dot is another letter
        ("ﬁne ２０２６", "fine 2026"),
        ("don't_stop 3.14", "don t stop 3 14"),
        ("東京都", "東京 京都 都"),
        ("iPhone手机", "iphone 手机 机"),
        ("مُحَمَّد", "محمد"),
        ("می\u200cخواهم", "میخواهم"),
        ("हिन्दी", "हिनदी"),
        ("❤️ 👍🏽 —", ""),
        ("\ud800x\0y", "x y"),
    ],
)
def test_a_text_is_found_by_its_words(text: str, words: str) -> None:
    assert words_of([text]) == words


@given(TEXTS, TEXTS)
def test_words_are_bytes_that_both_databases_take_and_nothing_else(one: str, other: str) -> None:
    words = words_of([one, other])
    assert all(each and len(each) <= LONGEST for each in words.split(" ") if words)
    assert not set(words) & set("_*\"':&|!()<>\\\0\t\n")
    words.encode()
    assert len(set(words.split(" "))) == len(words.split(" "))


@given(TEXTS)
def test_a_text_has_the_same_words_however_its_accents_and_capitals_are_written(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert words_of([unicodedata.normalize(form, text)]) == words_of([text])  # type: ignore[arg-type]  # a form
    if text.isascii():
        assert words_of([text.upper()]) == words_of([text])


@given(TEXTS)
def test_a_text_is_found_by_itself_and_shown_with_it(text: str) -> None:
    words, asked = words_of([text]).split(" "), asked_for(text)
    for each in asked:
        begins = each.removesuffix(BEGINNING)
        assert any(word.startswith(begins) for word in words) if begins != each else begins in words
    pieces = shown([text], asked)
    assert bool(asked) == any(piece.matched for piece in pieces)
    if asked and len(text) <= SHOWN:
        assert "".join(piece.text for piece in pieces) == text


def test_a_query_asks_for_beginnings_but_of_single_letters() -> None:
    assert asked_for("hel WOR a 京 東京都 hel") == ["hel*", "wor*", "a", "京*", "東京", "京都"]


def test_words_are_bounded() -> None:
    assert len(words_of([" ".join(map(str, range(MOST + 50)))]).split(" ")) == MOST
    assert words_of(["x" * 100]) == "x" * LONGEST
    assert asked_for("x" * 100) == ["x" * LONGEST + BEGINNING]


def test_a_message_is_found_by_all_that_people_read() -> None:
    author = MessageAuthor(type="user", display_name="Ada Lovelace")
    said = words_of(texts_of(TextMessage(text="tea", actions=[Postback(text="Yes", payload="hidden")]), author))
    assert said == "tea yes ada lovelace"
    cards = [Item(title="Sun", description="dogs", actions=[Postback(text="More", payload="hidden")])]
    assert words_of(texts_of(CarouselMessage(items=cards), MessageAuthor(type="business"))) == "sun dogs more"
    file = FileMessage(media_url="https://example.org/a/my%20invoice.pdf?key=hidden", alt_text="a bill")
    assert words_of(texts_of(file, MessageAuthor(type="business"))) == "a bill my invoice pdf"
    field = FormResponseField(type="text", name="hidden", label="Drink", text="Coffee")
    answer = FormResponseMessage(fields=[field], text_fallback="hidden")
    assert words_of(texts_of(answer, MessageAuthor(type="user"))) == "drink coffee"


def test_what_is_shown_is_the_place_of_the_first_word_and_no_more() -> None:
    text = "far away " * 100 + "the needle " + "and more " * 100
    pieces = shown([text], asked_for("need"))
    assert [piece.text for piece in pieces if piece.matched] == ["needle"]
    assert pieces[0].text == pieces[-1].text == "…"
    assert "".join(piece.text for piece in pieces).strip("…") in text
    assert shown(["nothing", "here"], asked_for("needle")) == []
