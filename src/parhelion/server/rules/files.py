"""Files: which may come in, what they are, what they are called. The hosted service's list of extensions is followed.

    name -> is its extension on the list? -> what do the first bytes say? -> (name, media type)

The first bytes decide what a file is; its extension decides only among what looks alike at the start (every office
document is a zip), and nobody asks what the uploader claimed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote

from ...wire import UnsupportedMediaType

HEAD = 4100  # how many first bytes are needed
NAMELESS = "file"  # what an upload without a file name is called
LONGEST = 255  # bytes, as file systems have it

EXTENSION_NOT_ALLOWED = "File rejected. File extension not allowed"
TYPE_NOT_ALLOWED = "File rejected. File type not allowed"
TYPE_UNKNOWN = "File rejected. File type could not be retrieved"

EXTENSIONS = {
    "3g2": "video/3gpp2",
    "3gp": "video/3gpp",
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "amr": "audio/amr",
    "avi": "video/x-msvideo",
    "bmp": "image/bmp",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "ics": "text/calendar",
    "jfif": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "key": "application/vnd.apple.keynote",
    "log": "text/plain",
    "m4a": "audio/mp4",
    "m4v": "video/x-m4v",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mp4a": "audio/mp4",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "mpga": "audio/mpeg",
    "neon": "text/plain",  # a configuration language
    "numbers": "application/vnd.apple.numbers",
    "odt": "application/vnd.oasis.opendocument.text",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",  # RFC 7845
    "pages": "application/vnd.apple.pages",
    "pdf": "application/pdf",
    "png": "image/png",
    "pps": "application/vnd.ms-powerpoint",
    "ppsx": "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "qt": "video/quicktime",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "wmv": "video/x-ms-wmv",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}
_TEXT = ("txt", "csv", "eml", "ics", "log", "neon", "svg", "vcf", "xml", "yaml", "yml")


class _Kind(NamedTuple):
    start: re.Pattern[bytes]
    extensions: tuple[str, ...]  # those that may begin so, the likeliest first; none: not allowed


def _kind(start: bytes, extensions: str = "") -> _Kind:
    return _Kind(re.compile(start, re.DOTALL), tuple(extensions.split()))


# The first row that fits decides. A start that could begin a letter to someone needs bytes no letter has.
_KINDS = (
    _kind(rb"\x89PNG\r\n\x1a\n", "png"),
    _kind(rb"\xff\xd8\xff", "jpg jpeg jfif"),
    _kind(rb"GIF8[79]a", "gif"),
    _kind(rb"BM.{4}\0{4}.{2}\0\0", "bmp"),
    _kind(rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "tif tiff"),
    _kind(rb"RIFF.{4}WEBP", "webp"),
    _kind(rb"(?:RIFF|RF64|BW64).{4}WAVE", "wav"),
    _kind(rb"RIFF.{4}AVI ", "avi"),
    _kind(rb"\0\0..ftyphe(?:ic|ix|im|is|vc|vx|vm|vs)", "heic heif"),
    _kind(rb"\0\0..ftyp(?:mif1|msf1|heif)", "heif heic"),
    _kind(rb"\0\0..ftyp(?:avi[fs]|jxl |crx |jp[2xm] )"),
    _kind(rb"\0\0..ftypqt  ", "mov qt mp4 m4v m4a"),
    _kind(rb"\0\0..ftypM4[ABP] ", "m4a mp4a mp4"),
    _kind(rb"\0\0..ftypM4V", "m4v mp4"),
    _kind(rb"\0\0..ftyp3g2", "3g2 3gp mp4"),
    _kind(rb"\0\0..ftyp3g[eghprst]", "3gp 3g2 mp4 m4a"),
    _kind(rb"\0\0..ftyp", "mp4 m4v m4a mp4a mov qt 3gp 3g2"),
    _kind(rb"[\0-\x08].{3}(?:moov|mdat|wide|free|skip|pnot)", "mov qt mp4 m4v m4a"),
    _kind(rb"\x1aE\xdf\xa3.{0,60}\x42\x82.{1,8}?webm", "webm"),
    _kind(rb"\x1aE\xdf\xa3"),  # Matroska, and whatever else is written in EBML
    _kind(rb"OggS\0", "ogg oga ogv opus"),
    _kind(rb"ID3[\x02-\x04][\0-\xfe]", "mp3 mpga aac"),
    _kind(rb"\xff[\xe2\xe3\xf2-\xf5\xfa-\xfd][\x10-\xef]", "mp3 mpga"),
    _kind(rb"\xff[\xf0\xf1\xf8\xf9]|ADIF[\0-\xff]{12}", "aac"),
    _kind(rb"#!AMR(?:-WB)?(?:_MC1\.0)?\n", "amr"),
    _kind(rb"\0\0\x01[\xb3\xba]", "mpg mpeg"),
    _kind(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", "wmv"),
    _kind(rb"(?:\xef\xbb\xbf)?\s{0,8}%PDF-\d", "pdf"),
    _kind(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "zip docx xlsx pptx ppsx odt key numbers pages"),
    _kind(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc xls ppt pps"),
    _kind(rb"7z\xbc\xaf\x27\x1c", "7z"),
    # Programs
    _kind(rb"\x7fELF"),
    _kind(rb"MZ(?=.{0,1022}[\0-\x08\x0e-\x1a\x1c-\x1f])"),
    _kind(rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba[\xbe\xbf]|\xca\xfe\xd0\r"),  # Mach-O, Java
    _kind(rb"\0asm|dex\n\d{3}\0|L\0{3}\x01\x14\x02\0|[CFZ]WS[\x01-\x2a].{3}\0"),  # WebAssembly, Android, .lnk, Flash
    _kind(rb"(?:\xef\xbb\xbf)?#!|(?:\xef\xbb\xbf)?\s{0,64}<\?(?:php|=)"),  # scripts
    # Archives
    _kind(rb"\x1f[\x8b\x9d\xa0]|BZh[1-9]1AY&SY|\xfd7zXZ\0|Rar!\x1a\x07|\x28\xb5\x2f\xfd|\x04\x22M\x18"),
    _kind(rb"MSCF\0{4}|!<arch>\n|\xed\xab\xee\xdb|.{257}ustar[\0 ]"),
    # Media and documents of kinds that are not on the list
    _kind(rb"fLaC\0|FLV\x01|MThd\0|FORM.{4}AIF[FC]|8BPS\0|\0\0[\x01\x02]\0|wOF[F2][\0-\x08]|SQLite format 3\0"),
    _kind(rb"\{\\rtf\d|%!PS-Adobe|\0\0\0\x0cJXL |\xff\x0a|\0\0\0\x0cjP  "),
)

_ODD = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # what no text has; \x1b colours a log
_HTML = re.compile(
    r"(?:\s|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|(?:html|head|body|title|script|style|iframe|object|embed)[\s/>])",
    re.IGNORECASE | re.DOTALL,
)

_LEFT_OUT = re.compile("[\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # marks that turn the reading order around
_INLINE = re.compile(r"image/(?!svg)|audio/|video/|application/pdf$|text/plain$")
_INLINE_ALONE = re.compile(r"image/(?!svg)|audio/|video/")
_NOT_QUOTABLE = re.compile(r'[^ -~]|["\\%]')


def extension_of(name: str) -> str:
    """What is after the last dot, in lower case; "" without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def media_type_of(name: str) -> str | None:
    """What a file is by its name alone, for those whose bytes are elsewhere."""
    return EXTENSIONS.get(extension_of(name))


def clean_name(said: str | None) -> str:
    """A name that is safe in a path, a header and on any disk: the last part of what was said, or "file"."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", said or ""))[-1]
    shown = "".join(each for each in _LEFT_OUT.sub("", last) if unicodedata.category(each) not in ("Cc", "Cs"))
    # Once more: what was left out may have stood between two letters that are one.
    kept = " ".join(unicodedata.normalize("NFC", shown).split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    return (_fitting(stem, extension) if dot else _fitting(kept, "")) or NAMELESS


def judge(name: str, head: bytes) -> tuple[str, str]:
    """(name, media type) of a file that may come in, by its name and its first `HEAD` bytes. The rest is refused.

    A name without an extension is given the one its bytes deserve.
    """
    extension = extension_of(name)
    if extension and extension not in EXTENSIONS:
        raise UnsupportedMediaType(EXTENSION_NOT_ALLOWED)
    fitting = _fitting_extensions(head)
    if not extension:
        return _fitting(name or NAMELESS, fitting[0]), EXTENSIONS[fitting[0]]
    if extension in fitting:
        return name, EXTENSIONS[extension]
    if fitting == _TEXT:
        raise UnsupportedMediaType(TYPE_UNKNOWN)  # its name promises what its bytes are not
    return name, EXTENSIONS[fitting[0]]


def disposition(name: str, media_type: str, *, alone: bool = False) -> str:
    """The Content-Disposition of a file: shown where that is harmless, saved everywhere else (RFC 6266).

    `alone`: no header beside it holds the browser back.
    """
    how = "inline" if (_INLINE_ALONE if alone else _INLINE).match(media_type) else "attachment"
    plain = _NOT_QUOTABLE.sub("_", name)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='!#$&+^`|~')}"
    return f'{how}; filename="{plain}"{exact}'


def _fitting_extensions(head: bytes) -> tuple[str, ...]:
    """The extensions that a file with these first bytes may bear, the likeliest first."""
    for kind in _KINDS:
        if kind.start.match(head):
            if not kind.extensions:
                raise UnsupportedMediaType(TYPE_NOT_ALLOWED)
            return kind.extensions
    text = _as_text(head)
    if not text or _ODD.search(text):
        raise UnsupportedMediaType(TYPE_UNKNOWN)
    if _HTML.match(text):
        raise UnsupportedMediaType(TYPE_NOT_ALLOWED)
    return _TEXT


def _as_text(head: bytes) -> str:
    """Enough of a text to judge it: which of the old eight-bit encodings it is in does not matter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _fitting(stem: str, extension: str) -> str:
    end = f".{extension}" if extension else ""
    if len(end.encode()) > LONGEST // 2:
        stem, end = stem + end, ""
    room = LONGEST - len(end.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" ." if not end else "") + end
