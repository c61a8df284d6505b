"""Which files may come in: the first bytes decide, the name decides among what looks alike, and nobody is believed."""

from __future__ import annotations

import contextlib
import string
import time
import unicodedata

import pytest
from hypothesis import given, strategies as st

from parhelion.server.rules import files
from parhelion.server.rules.files import EXTENSION_NOT_ALLOWED, TYPE_NOT_ALLOWED, TYPE_UNKNOWN
from parhelion.wire import UnsupportedMediaType

ALLOWED = (  # noqa: SIM905 - as one reads it
    "3g2 3gp 7z aac amr avi bmp csv doc docx eml gif heic heif ics jfif jpeg jpg key log m4a m4v mov mp3 mp4 mp4a mpeg "
    "mpg mpga neon numbers odt oga ogg ogv opus pages pdf png pps ppsx ppt pptx qt svg tif tiff txt vcf wav webm webp "
    "wmv xls xlsx xml yaml yml zip"
).split()
TEXTS = {"txt", "csv", "log", "yml", "yaml", "vcf", "ics", "eml", "xml", "svg", "neon"}

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
MP3 = b"ID3\x04\0\0\0\0\0\0"
ELF = b"\x7fELF\x02\x01\x01" + bytes(9)
HTML = b"<!DOCTYPE html><title>x</title>"
WEBM = (
    b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
)


def ftyp(brand: bytes) -> bytes:
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\x02\0isom"


REAL = [
    ("a.png", PNG, "image/png"),
    ("a.jpg", JPEG, "image/jpeg"),
    ("a.jpeg", b"\xff\xd8\xff\xe1\x1c\x45Exif\0", "image/jpeg"),
    ("a.jfif", b"\xff\xd8\xff\xdb", "image/jpeg"),
    ("a.gif", b"GIF89a\x01\0\x01\0", "image/gif"),
    ("a.bmp", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "image/bmp"),
    ("a.tif", b"II*\0\x08\0\0\0", "image/tiff"),
    ("a.tiff", b"MM\0*\0\0\0\x08", "image/tiff"),
    ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
    ("a.heic", ftyp(b"heic"), "image/heic"),
    ("a.heif", ftyp(b"mif1"), "image/heif"),
    ("a.pdf", PDF, "application/pdf"),
    ("a.zip", b"PK\x05\x06" + bytes(18), "application/zip"),
    ("a.docx", ZIP, files.EXTENSIONS["docx"]),
    ("a.xlsx", ZIP, files.EXTENSIONS["xlsx"]),
    ("a.pptx", ZIP, files.EXTENSIONS["pptx"]),
    ("a.ppsx", ZIP, files.EXTENSIONS["ppsx"]),
    ("a.odt", ZIP, "application/vnd.oasis.opendocument.text"),
    ("a.key", ZIP, "application/vnd.apple.keynote"),
    ("a.numbers", ZIP, "application/vnd.apple.numbers"),
    ("a.pages", ZIP, "application/vnd.apple.pages"),
    ("a.doc", OLE, "application/msword"),
    ("a.xls", OLE, "application/vnd.ms-excel"),
    ("a.ppt", OLE, "application/vnd.ms-powerpoint"),
    ("a.pps", OLE, "application/vnd.ms-powerpoint"),
    ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04", "application/x-7z-compressed"),
    ("a.mp3", MP3, "audio/mpeg"),
    ("a.mp3", b"\xff\xfb\x90\x64\0", "audio/mpeg"),
    ("a.mpga", b"\xff\xfd\x80\0", "audio/mpeg"),
    ("a.aac", b"\xff\xf1\x50\x80", "audio/aac"),
    ("a.aac", MP3, "audio/aac"),
    ("a.amr", b"#!AMR\n\x3c", "audio/amr"),
    ("a.amr", b"#!AMR-WB\n\x3c", "audio/amr"),
    ("a.ogg", b"OggS\0\x02", "audio/ogg"),
    ("a.oga", b"OggS\0\x02", "audio/ogg"),
    ("a.ogv", b"OggS\0\x02", "video/ogg"),
    ("a.opus", b"OggS\0\x02", "audio/ogg"),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
    ("a.avi", b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
    ("a.webm", WEBM, "video/webm"),
    ("a.wmv", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", "video/x-ms-wmv"),
    ("a.mpg", b"\0\0\x01\xba\x44", "video/mpeg"),
    ("a.mpeg", b"\0\0\x01\xb3\x16", "video/mpeg"),
    ("a.mp4", ftyp(b"isom"), "video/mp4"),
    ("a.m4v", ftyp(b"M4V "), "video/x-m4v"),
    ("a.m4a", ftyp(b"M4A "), "audio/mp4"),
    ("a.m4a", ftyp(b"mp42"), "audio/mp4"),
    ("a.mp4a", ftyp(b"M4A "), "audio/mp4"),
    ("a.mov", ftyp(b"qt  "), "video/quicktime"),
    ("a.qt", b"\0\0\0\x08wide\0\0\x10\0mdat", "video/quicktime"),
    ("a.mov", b"\0\0\x10\0moov", "video/quicktime"),
    ("a.3gp", ftyp(b"3gp5"), "video/3gpp"),
    ("a.3g2", ftyp(b"3g2a"), "video/3gpp2"),
    ("a.txt", b"hello", "text/plain"),
    ("a.log", b"\x1b[32mok\x1b[0m\r\n", "text/plain"),
    ("a.csv", "Größe;Ort\n".encode("latin-1"), "text/csv"),
    ("a.yml", b"a: b", "application/yaml"),
    ("a.yaml", b"a: b", "application/yaml"),
    ("a.neon", b"a: b", "text/plain"),
    ("a.vcf", b"BEGIN:VCARD", "text/vcard"),
    ("a.ics", b"BEGIN:VCALENDAR", "text/calendar"),
    ("a.eml", b"From: a@example.org", "message/rfc822"),
    ("a.xml", b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
]
REFUSED = [
    ELF,
    b"MZ\x90\0\x03\0\0\0",
    b"\xfe\xed\xfa\xcf\0",
    b"\xcf\xfa\xed\xfe\x07",
    b"\xca\xfe\xba\xbe\0\0\0\x34",
    b"\0asm\x01\0\0\0",
    b"dex\n035\0",
    b"\x1f\x8b\x08\0",
    b"BZh91AY&SY",
    b"\xfd7zXZ\0",
    b"Rar!\x1a\x07\x01\0",
    b"\x28\xb5\x2f\xfd\0",
    b"a.txt".ljust(257, b"\0") + b"ustar\x0000",
    b"MSCF\0\0\0\0",
    b"!<arch>\ndebian-binary",
    b"#!/bin/sh\nrm -rf /\n",
    b"\xef\xbb\xbf#!/usr/bin/env python\n",
    b"<?php echo 1;",
    b"\x1aE\xdf\xa3\x93\x42\x82\x88matroska",
    ftyp(b"avif"),
    b"fLaC\0\0\0\x22",
    b"{\\rtf1\\ansi",
    b"%!PS-Adobe-3.0",
    b"8BPS\0\x01",
    b"\0\0\x01\0\x01\0",
    b"SQLite format 3\0",
    HTML,
    b"  \n<HTML>",
    b"\xef\xbb\xbf<html lang=en>",
    b"<?xml version='1.0'?>\n<!-- x --><!DOCTYPE html PUBLIC '-'>",
    b"<!-- a --><!-- b -->\n<script>x</script>",
    b"<iframe src=x>",
    "\ufeff<html>".encode("utf-16-le"),
]


def why(name: str, head: bytes) -> str:
    with pytest.raises(UnsupportedMediaType) as refusal:
        files.judge(name, head)
    assert refusal.value.status == 415
    return refusal.value.title


def test_the_list_of_extensions_is_the_services() -> None:
    assert sorted(files.EXTENSIONS) == sorted(ALLOWED)


def test_every_extension_has_an_example_here() -> None:
    assert {name.rpartition(".")[2] for name, _, _ in REAL} == set(ALLOWED)


@pytest.mark.parametrize(("name", "head", "media_type"), REAL)
def test_a_file_that_is_what_its_name_says_comes_in(name: str, head: bytes, media_type: str) -> None:
    assert files.judge(name, head) == (name, media_type)
    assert files.judge(name.upper(), head) == (name.upper(), media_type)


@pytest.mark.parametrize(
    "extension", ["exe", "html", "htm", "js", "sh", "jar", "gz", "rar", "flac", "p ng", "png\u202e", "2024"]
)
def test_an_extension_that_is_not_on_the_list_is_refused_whatever_is_inside(extension: str) -> None:
    for head in (PNG, b"text", b"", ELF):
        assert why(f"a.{extension}", head) == EXTENSION_NOT_ALLOWED
    assert why(f"a.png.{extension}", PNG) == EXTENSION_NOT_ALLOWED


@pytest.mark.parametrize("head", REFUSED)
def test_a_kind_that_is_not_allowed_is_refused_under_every_name(head: bytes) -> None:
    for name in ("file", *(f"a.{extension}" for extension in ALLOWED)):
        assert why(name, head) == TYPE_NOT_ALLOWED


@pytest.mark.parametrize("extension", ALLOWED)
def test_an_empty_file_is_refused(extension: str) -> None:
    assert why(f"a.{extension}", b"") == TYPE_UNKNOWN
    assert why("file", b"") == TYPE_UNKNOWN


@pytest.mark.parametrize("extension", sorted(set(ALLOWED) - TEXTS))
def test_text_under_the_name_of_something_else_is_refused(extension: str) -> None:
    assert why(f"a.{extension}", b"Dear all,") == TYPE_UNKNOWN


@pytest.mark.parametrize("extension", ALLOWED)
@pytest.mark.parametrize(
    "head",
    [
        b"\0",
        b"a\0b",
        b"\x01\x02\x03\x04\x05\x06\x07\x08\x09",
        b"abc\x7f",
        "\ufeffa\0".encode("utf-16-le"),
        b"\xff\xfe\0\0a\0\0\0",
    ],
)
def test_bytes_that_nobody_knows_are_refused(extension: str, head: bytes) -> None:
    assert why(f"a.{extension}", head) == TYPE_UNKNOWN


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("a.png", JPEG, "image/jpeg"),
        ("a.txt", PNG, "image/png"),
        ("a.svg", PNG, "image/png"),
        ("a.docx", PDF, "application/pdf"),
        ("a.doc", ZIP, "application/zip"),
        ("a.docx", OLE, "application/msword"),
        ("a.pdf", ftyp(b"isom"), "video/mp4"),
        ("a.mp4", ftyp(b"heic"), "image/heic"),
    ],
)
def test_bytes_win_over_the_name(name: str, head: bytes, media_type: str) -> None:
    assert files.judge(name, head) == (name, media_type)


@pytest.mark.parametrize(
    "letter",
    [
        "MZ is short for my zone",
        "BMW is a car, and a brand",
        "ID3 tags are old",
        "The free lunch",
        "this moov",
        "CWS, dear",
        "BZh, said he",
        "PK is a name",
        "RIFF raff, he said: WAVE",
        "FORM 12 AIF",
        "FLV and such",
        "dex is a tool",
        "II* is a note",
        "OggSong",
        "a <html> page",
    ],
)
def test_a_letter_that_begins_like_a_program_is_a_letter(letter: str) -> None:
    assert files.judge("a.txt", letter.encode()) == ("a.txt", "text/plain")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_text_is_text_in_every_usual_encoding(encoding: str) -> None:
    assert files.judge("a.txt", "Grüße\r\n\taus Köln\f".encode(encoding)) == ("a.txt", "text/plain")


def test_text_may_be_cut_within_a_character() -> None:
    for encoding in ("utf-8", "utf-16"):
        text = ("\ufeff" * (encoding == "utf-8") + "日本語😀" * 2000).encode(encoding)
        for end in range(files.HEAD - 4, files.HEAD):
            assert files.judge("a.txt", text[:end]) == ("a.txt", "text/plain")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (PNG, "png"),
        (JPEG, "jpg"),
        (b"GIF89a", "gif"),
        (PDF, "pdf"),
        (ZIP, "zip"),
        (OLE, "doc"),
        (MP3, "mp3"),
        (WEBM, "webm"),
        (ftyp(b"isom"), "mp4"),
        (ftyp(b"qt  "), "mov"),
        (ftyp(b"M4A "), "m4a"),
        (ftyp(b"heic"), "heic"),
        (b"OggS\0", "ogg"),
        (b"hi", "txt"),
    ],
)
def test_a_file_without_extension_is_named_after_its_bytes(head: bytes, name: str) -> None:
    for stem in ("file", "Scan 1"):
        assert files.judge(stem, head) == (f"{stem}.{name}", files.EXTENSIONS[name])


@given(st.text(), st.binary(max_size=64))
def test_no_name_lets_a_program_in(said: str, rest: bytes) -> None:
    for name in (files.clean_name(said), said, f"{said}.txt"):
        with pytest.raises(UnsupportedMediaType):
            files.judge(name, b"\x7fELF" + rest)


@given(st.text(), st.sampled_from([head for _, head, _ in REAL]) | st.binary(max_size=64))
def test_what_comes_in_has_a_clean_name_and_a_type_of_the_list(said: str, head: bytes) -> None:
    try:
        name, media_type = files.judge(files.clean_name(said), head)
    except UnsupportedMediaType:
        return
    assert name == files.clean_name(name)
    assert files.extension_of(name) in files.EXTENSIONS
    assert media_type in files.EXTENSIONS.values()


def test_judging_is_fast_even_when_the_bytes_are_made_to_be_slow() -> None:
    for unit in (
        b"<!---->",
        b"<!--",
        b" ",
        b"<?xml",
        b"<?xml>",
        b"\n<!-- -->",
        b"MZ",
        b"\xef\xbb\xbf",
        b"\x1aE\xdf\xa3",
        b"%",
        b"B\x82",
    ):
        for head in ((unit * files.HEAD)[: files.HEAD], b"\x1aE\xdf\xa3" + (unit * files.HEAD)[: files.HEAD - 4]):
            start = time.process_time()
            with contextlib.suppress(UnsupportedMediaType):
                files.judge("a.txt", head)
            assert time.process_time() - start < 0.2


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (None, "file"),
        ("", "file"),
        ("...", "file"),
        (" . . ", "file"),
        ("/", "file"),
        ("a/", "file"),
        ("..", "file"),
        ("a.png", "a.png"),
        ("/etc/passwd", "passwd"),
        ("../../a.png", "a.png"),
        ("C:\\Users\\me\\a.png", "a.png"),
        ("a/b\\c.png", "c.png"),
        (".htaccess", "htaccess"),
        ("...a.png", "a.png"),
        ("a.png...", "a.png"),
        (" a.png ", "a.png"),
        ("\u00a0.a.png", "a.png"),
        ("a  \t b.png", "a b.png"),
        ("a\0\r\n\x1b\x7f\x85.png", "a.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\u2028b.png", "ab.png"),
        ("a\ud800.png", "a.png"),
        ("Cafe\u0301.png", "Café.png"),
        ("e\0\u0301.png", "é.png"),
        ("日本語.pdf", "日本語.pdf"),
        ("👩\u200d👧.png", "👩\u200d👧.png"),
        ('a"b;c=d.png', 'a"b;c=d.png'),
    ],
)
def test_a_name_is_made_safe(said: str | None, name: str) -> None:
    assert files.clean_name(said) == name


def test_a_long_name_keeps_its_extension() -> None:
    assert files.clean_name("x" * 300 + ".png") == "x" * 251 + ".png"
    assert files.clean_name("é" * 300 + ".png") == "é" * 125 + ".png"
    assert files.clean_name("x" * 300) == "x" * 255
    assert files.clean_name("x." + "y" * 300) == "x." + "y" * 253
    assert files.judge("x" * 255, PNG) == ("x" * 251 + ".png", "image/png")


@given(
    st.text(st.characters(categories=None) | st.sampled_from("./\\\0 \u0301"))
    | st.text(max_size=400).map(lambda s: s + ".png")
)
def test_no_name_gets_out_of_its_folder(said: str) -> None:
    name = files.clean_name(said)
    assert name
    assert not set(name) & {"/", "\\", "\0", "\r", "\n"}
    assert all(unicodedata.category(each) not in {"Cc", "Cs", "Zl", "Zp"} for each in name)
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert len(name.encode()) <= 255
    assert name == unicodedata.normalize("NFC", name)
    assert files.clean_name(name) == name


@pytest.mark.parametrize(
    ("media_type", "how"),
    [
        ("image/png", "inline"),
        ("image/svg+xml", "attachment"),
        ("audio/mpeg", "inline"),
        ("video/mp4", "inline"),
        ("application/pdf", "inline"),
        ("text/plain", "inline"),
        ("text/html", "attachment"),
        ("text/csv", "attachment"),
        ("text/plainish", "attachment"),
        ("application/xml", "attachment"),
        ("application/pdfx", "attachment"),
        ("application/zip", "attachment"),
        ("", "attachment"),
    ],
)
def test_only_the_harmless_is_shown(media_type: str, how: str) -> None:
    assert files.disposition("a.b", media_type) == f'{how}; filename="a.b"'


def test_a_name_beyond_ascii_is_said_twice() -> None:
    assert files.disposition("Größe 1.pdf", "application/pdf") == (
        "inline; filename=\"Gr__e 1.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.pdf"
    )
    assert files.disposition('a"\\%41.zip', "application/zip") == (
        "attachment; filename=\"a___41.zip\"; filename*=UTF-8''a%22%5C%2541.zip"
    )


@given(st.text())
def test_a_disposition_is_one_line_of_ascii_that_no_name_can_leave(said: str) -> None:
    value = files.disposition(said, "image/png")
    assert set(value) <= set(string.printable) - set("\r\n\t\v\f")
    assert value.count('"') == 2
    assert "\\" not in value


def test_a_type_is_guessed_by_the_name_where_there_are_no_bytes() -> None:
    assert files.media_type_of("a.PDF") == "application/pdf"
    assert files.media_type_of("a.tar.zip") == "application/zip"
    assert files.media_type_of("a.exe") is None
    assert files.media_type_of("pdf") is None
    assert files.media_type_of("") is None
