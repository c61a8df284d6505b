"""Content: what may be said, and what it becomes.

MessagePost --faults-->    every fault at once, or none
content     --as_stored--> the content as it will be answered; read-only fields are ours, whatever was sent in them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ...wire import (
    Action,
    CarouselMessage,
    Content,
    Coordinates,
    FileMessage,
    FormMessage,
    FormResponseMessage,
    ImageMessage,
    Item,
    ItemAction,
    Link,
    ListMessage,
    LocationMessage,
    MessagePost,
    Metadata,
    SendableContent,
    TemplateMessage,
    TextMessage,
    UnknownContent,
    Webview,
)
from ...wire.reading import Fault
from . import actions, files, forms, metadata, speaking
from .addresses import web_faults
from .text import html_of, text_of

LONGEST = 4096  # characters of a text, and of HTML
LONGEST_ALT = 128


class StoredFile(NamedTuple):
    """What is known of a file that was uploaded here."""

    id: str
    name: str
    media_type: str
    size: int


FileOf = Callable[[str], StoredFile | None]


def faults(post: MessagePost) -> list[Fault]:
    """Everything wrong with a message that its types do not say."""
    return [
        *speaking.faults(post),
        *_content_faults(post.content, "content"),
        *metadata.faults(post.metadata, "metadata", "Message"),
    ]


def kept_faults(content: Content, of: Metadata | None) -> list[Fault]:
    """Everything wrong with a message that is brought in, and that its types do not say. `of`: its metadata."""
    said = metadata.faults(of, "metadata", "Message")
    if isinstance(content, FormResponseMessage | UnknownContent):
        return said
    return [*_content_faults(content, "content"), *said]


def as_stored(content: SendableContent, file_of: FileOf) -> Content:
    """A new content as the API answers it. `file_of` tells which address is a file of ours."""
    stored = copy(content)
    match stored:
        case TextMessage():
            _put_html(stored)
        case ImageMessage() | FileMessage():
            _put_html(stored)
            _put_file(stored, file_of)
        case CarouselMessage():
            stored.items = [_item(item, file_of) for item in stored.items]
            stored.text = _fallback(stored.items)
        case ListMessage():
            stored.items = [_item(item, file_of) for item in stored.items]
            stored.text = _fallback(stored.items, stored.actions or ())
        case FormMessage():
            stored.submitted = False
        case LocationMessage():
            stored.text = _map_link(stored.coordinates)
        case TemplateMessage():
            pass
    return stored


def addresses(content: Content) -> list[str]:
    """Every file that a content shows, by its address."""
    match content:
        case ImageMessage() | FileMessage():
            return [content.media_url]
        case CarouselMessage() | ListMessage():
            return [item.media_url for item in content.items if item.media_url is not None]
        case _:
            return []


def _content_faults(content: SendableContent, place: str) -> Iterator[Fault]:
    match content:
        case TextMessage():
            yield from _rich_text_faults(content, place)
            if not _says_something(content):
                yield Fault(place, "should have at least one of text, htmlText, markdownText and actions")
            if content.actions:
                yield from _action_faults(content.actions, place)
        case ImageMessage():
            yield from web_faults(content.media_url, f"{place}.mediaUrl")
            yield from _rich_text_faults(content, place)
            yield from _action_faults(content.actions or (), place)
        case FileMessage():
            yield from web_faults(content.media_url, f"{place}.mediaUrl")
            yield from _rich_text_faults(content, place)
        case CarouselMessage():
            yield from _item_faults(content.items, (), place)
        case ListMessage():
            yield from _item_faults(content.items, content.actions or (), place)
        case FormMessage():
            yield from forms.faults(content.fields, f"{place}.fields")
        case LocationMessage() | TemplateMessage():
            pass


def _says_something(content: TextMessage) -> bool:
    """Spaces alone say nothing; nor does Markdown of which no HTML is left."""
    if content.actions or any(text and not text.isspace() for text in (content.text, content.html_text)):
        return True
    return content.markdown_text is not None and html_of(content.markdown_text) != ""


def _rich_text_faults(content: TextMessage | ImageMessage | FileMessage, place: str) -> Iterator[Fault]:
    if content.markdown_text is None:
        return
    if content.html_text is not None:
        yield Fault(f"{place}.markdownText", "should not be given together with htmlText")
    if len(html_of(content.markdown_text)) > LONGEST:
        yield Fault(f"{place}.markdownText", f"should make HTML of at most {LONGEST} characters")


def _action_faults(several: Sequence[Action | ItemAction], place: str) -> Iterator[Fault]:
    yield from actions.faults(several, f"{place}.actions")
    yield from _opening_faults(several, place)


def _item_faults(items: list[Item], under: list[ItemAction] | tuple[()], place: str) -> Iterator[Fault]:
    for number, item in enumerate(items):
        at = f"{place}.items[{number}]"
        yield from web_faults(item.media_url, f"{at}.mediaUrl")
        yield from actions.faults(item.actions, f"{at}.actions")
        yield from metadata.faults(item.metadata, f"{at}.metadata", "Item")
    yield from actions.faults(under, f"{place}.actions")
    yield from _opening_faults([*(action for item in items for action in item.actions), *under], place)


def _opening_faults(all_of_them: Sequence[Action | ItemAction], place: str) -> Iterator[Fault]:
    if actions.opening(all_of_them) > 1:
        yield Fault(place, "should have at most one webview with openOnReceive")


def _put_html(stored: TextMessage | ImageMessage | FileMessage) -> None:
    """Markdown is for writing only; those who show no HTML get its text."""
    if stored.markdown_text is not None:
        stored.html_text = html_of(stored.markdown_text) or None
        stored.markdown_text = None
    if stored.html_text and not stored.text:
        stored.text = text_of(stored.html_text)[:LONGEST] or None


def _put_file(stored: ImageMessage | FileMessage, file_of: FileOf) -> None:
    file = file_of(stored.media_url)
    name = file.name if file else _name_in(stored.media_url)
    if stored.alt_text is None:
        stored.alt_text = name[:LONGEST_ALT] or None
    stored.media_type = file.media_type if file else files.media_type_of(name)
    stored.media_size = file.size if file else None
    stored.attachment_id = file.id if file else None


def _item(item: Item, file_of: FileOf) -> Item:
    """An item's mediaType may be said, so what was said is better than a guess; what is known is better still."""
    if item.media_url is None:
        return item
    file = file_of(item.media_url)
    stored = copy(item)
    stored.media_type = file.media_type if file else item.media_type or files.media_type_of(_name_in(item.media_url))
    return stored


def _name_in(address: str) -> str:
    """The file name at the end of an address; "" when there is none."""
    last = unquote(urlsplit(address).path.rpartition("/")[2])
    return files.clean_name(last) if last.strip(". ") else ""


def _fallback(items: list[Item], under: Sequence[ItemAction] = ()) -> str:
    """What is shown where there are no cards, as the hosted service writes it; the links under a list come last."""
    told = [
        "\n".join(filter(None, (f"{number}. {item.title}", item.description, *_links(item.actions))))
        for number, item in enumerate(items, 1)
    ]
    return "\n\n".join(filter(None, (*told, "\n".join(_links(under)))))


def _links(several: Sequence[ItemAction]) -> Iterator[str]:
    for action in several:
        if isinstance(action, Link):
            yield f"{action.text}: {action.uri}"
        elif isinstance(action, Webview):
            yield f"{action.text}: {action.fallback}"


def _map_link(coordinates: Coordinates) -> str:
    lat, long = map(_shortest, (coordinates.lat, coordinates.long))
    return f"Location shared:\nhttps://maps.google.com/maps?q={lat},{long}"


def _shortest(number: float) -> str:
    """45.5 and 45, not 45.0 and 4.5E+1; and there is no -0."""
    return format(Decimal(repr(number + 0.0)).normalize(), "f")
