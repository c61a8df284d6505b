"""A message as people see it: each type of content drawn as what it is.

Whatever people wrote is text here. HTML of a message is cleaned by nh3 down to the few elements that Markdown has;
addresses are links only where they lead to http, https, mailto or tel; pictures are shown when they are attachments of
this server, and are links otherwise: looking at a conversation tells nobody that it is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import msgspec
import nh3

from ...wire import (
    Buy,
    CarouselMessage,
    EventMessage,
    FileMessage,
    FormMessage,
    FormResponseMessage,
    ImageMessage,
    Item,
    Link,
    ListMessage,
    LocationMessage,
    Message,
    QuotedMessage,
    Reply,
    TemplateMessage,
    TextMessage,
    Unknown,
    Webview,
)
from ...wire.writing import write as to_json
from ..html import Html, of, tag
from .frame import asking, icon, token_field
from .plain import plain
from .visit import Visit

LINKABLE = ("http", "https", "mailto", "tel")
ALLOWED = {
    *("a", "abbr", "b", "blockquote", "br", "code", "del", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup"),
    *("table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
}
OUTSIDE = "noopener noreferrer nofollow"
_ATTACHMENT = re.compile(r"(?:/sc)?/attachments/v2/\w+/[^/\\]+")  # dots in it lead nowhere else
_BIN = "M4 7h16M9 7V4h6v3m-8 0 1 13h8l1-13"


def cleaned(html: str) -> Html:
    """HTML that somebody wrote, with nothing in it that does anything."""
    return Html(
        nh3.clean(
            html,
            tags=ALLOWED,
            attributes={"a": {"href", "title"}},
            url_schemes=set(LINKABLE),
            link_rel=OUTSIDE,
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    )


def link(address: str, *children: str, class_: str | None = None) -> Html:
    """A link to somewhere else, in a window of its own; text, where it leads nowhere that a browser should go."""
    try:
        scheme = urlsplit(address.strip()).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme not in LINKABLE:
        return tag("span", *children, class_=class_)
    return tag("a", *children, href=address, rel=OUTSIDE, target="_blank", class_=class_)


def ours(visit: Visit, address: str | None) -> str | None:
    """An attachment of this server, as an address that holds under whatever name it is reached."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.path if _ATTACHMENT.fullmatch(parts.path) and visit.is_ours(address) else None


def moment(at: datetime | None) -> Html | None:
    """A time; a script says it as it is where the reader is."""
    if at is None:
        return None
    return tag("time", f"{at:%Y-%m-%d %H:%M} UTC", datetime=at.isoformat())


def words_of(message: Message | EventMessage) -> str:
    """What a message says, in a line."""
    content = message.content
    name, _, kind = _drawn(content)
    said = getattr(content, "text", None) or getattr(content, "text_fallback", None) or getattr(content, "alt_text", "")
    text = " ".join(str(said or "").split())[:140]
    return plain(text if kind == "text" and text else f"{name}{': ' if text else ''}{text}")


def draw(visit: Visit, message: Message | EventMessage, conversation_id: str) -> Html:
    """A message in its conversation."""
    author = message.author
    side = "user" if author.type == "user" else "business"
    name = plain(author.display_name) or ("User" if side == "user" else "Business")
    if message.activity is not None or "activity" in (author.subtypes or ()):
        told = message.activity.type if message.activity is not None else words_of(message)
        body = tag("p", f"{plain(told)} · ", moment(message.received), class_="note")
        return tag("li", body, id=f"m-{message.id}", data_id=message.id)
    return tag(
        "li",
        tag(
            "article",
            tag("p", tag("b", name), " ", _subtypes(author.subtypes), moment(message.received), class_="who"),
            _quote(message),
            tag("div", _drawn(message.content)[1](visit, message.content), class_="bubble", dir="auto"),
            _more(visit, message, conversation_id),
            aria_label=f"{name}: {words_of(message)}"[:160],
        ),
        id=f"m-{message.id}",
        class_=f"message {side}",
        data_id=message.id,
        data_at=message.received.isoformat(),
    )


def _subtypes(subtypes: Sequence[str] | None) -> Html | None:
    return of(tag("span", *map(plain, subtypes), class_="mark"), " ") if subtypes else None


def _quote(message: Message | EventMessage) -> Html | None:
    quote = message.quoted_message
    if quote is None:
        return None
    if isinstance(quote, QuotedMessage) and quote.message is not None:
        who = plain(quote.message.author.display_name) or quote.message.author.type
        return tag("blockquote", tag("b", who), tag("p", words_of(quote.message), dir="auto"))
    return tag("blockquote", tag("p", "In answer to an earlier message"))


def _more(visit: Visit, message: Message | EventMessage, conversation_id: str) -> Html:
    facts = [("ID", message.id)]
    if message.source is not None:
        facts.append(("Source", message.source.type))
    if message.metadata:
        facts.append(("Metadata", to_json(message.metadata).decode()))
    here = visit.at("conversations", conversation_id, "messages", message.id, "delete")
    return tag(
        "details",
        tag("summary", tag("span", "More of this message", class_="seen"), icon("M5 12h.01M12 12h.01M19 12h.01")),
        tag("dl", *(of(tag("dt", name), tag("dd", tag("code", said))) for name, said in facts), class_="facts small"),
        tag(
            "form",
            token_field(visit),
            tag("button", icon(_BIN), "Delete", class_="quiet", **asking("Delete this message? It cannot come back.")),
            method="post",
            action=here,
            class_="delete",
        ),
        class_="more",
        id=f"more-{message.id}",
    )


def _text(_: Visit, content: TextMessage) -> Html:
    return of(_said(content), _actions(content.actions))


def _said(content: TextMessage | ImageMessage | FileMessage) -> Html | None:
    if content.html_text:
        return tag("div", cleaned(content.html_text), class_="rich")
    said = content.text or content.markdown_text
    return tag("p", said, class_="said") if said else None


def _picture(visit: Visit, address: str | None, alt: str | None) -> Html | None:
    """A picture of ours, or a link to one elsewhere."""
    if not address:
        return None
    here = ours(visit, address)
    words = plain(alt) or "Picture"
    if here is None:
        host = plain(urlsplit(address).hostname) if "//" in address else ""
        return tag("p", link(address, f"{words} (at {host})" if host else words), class_="elsewhere")
    shown = tag("img", src=here, alt=words, loading="lazy", decoding="async")
    return tag("a", shown, href=here, target="_blank", rel="noopener", class_="picture")


def _image(visit: Visit, content: ImageMessage) -> Html:
    return of(_picture(visit, content.media_url, content.alt_text), _said(content), _actions(content.actions))


def _file(visit: Visit, content: FileMessage) -> Html:
    here = ours(visit, content.media_url)
    name = plain(content.alt_text or urlsplit(content.media_url).path.rpartition("/")[2]) or "File"
    kind = content.media_type or ""
    size = of(tag("small", _size(content.media_size), class_="soft")) if content.media_size else None
    inside = (icon("M6 3h8l4 4v14H6zM14 3v4h4"), tag("span", name, tag("br"), size))
    played = kind.partition("/")[0]
    if here and played in ("video", "audio"):
        player = tag(played, src=here, controls=True, preload="none", aria_label=name)
        return of(player, tag("a", *inside, href=here, class_="file", target="_blank", rel="noopener"), _said(content))
    if here:
        return of(tag("a", *inside, href=here, class_="file", target="_blank", rel="noopener"), _said(content))
    return of(link(content.media_url, *inside, class_="file"), _said(content))


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _carousel(visit: Visit, content: CarouselMessage) -> Html:
    square = content.display_settings is not None and content.display_settings.image_aspect_ratio == "square"
    cards = [tag("li", _item(visit, each)) for each in content.items]
    kind = "carousel square" if square else "carousel"
    return tag("ul", *cards, class_=kind, tabindex="0", aria_label="Cards")


def _list(visit: Visit, content: ListMessage) -> Html:
    cards = [tag("li", _item(visit, each)) for each in content.items]
    return of(tag("ul", *cards, class_="items"), _actions(content.actions))


def _item(visit: Visit, item: Item) -> Html:
    return of(
        _picture(visit, item.media_url, item.alt_text or item.title),
        tag("h3", item.title),
        tag("p", item.description, class_="soft small") if item.description else None,
        _actions(item.actions),
    )


def _form(_: Visit, content: FormMessage) -> Html:
    fields: list[Html] = []
    for field in content.fields:
        options = ", ".join(plain(each.label) for each in field.options or ())
        hint = options or field.placeholder or {"email": "an e-mail address"}.get(field.type, "a text")
        fields.append(of(tag("dt", field.label), tag("dd", hint, class_="blank")))
    state = tag("p", "Answered" if content.submitted else "Not answered yet", class_="mark")
    return of(tag("dl", *fields, class_="form"), state)


def _answers(_: Visit, content: FormResponseMessage) -> Html:
    fields: list[Html] = []
    for field in content.fields:
        chosen = ", ".join(each.label for each in field.select or ())
        fields.append(of(tag("dt", field.label), tag("dd", field.text or field.email or chosen or "")))
    return tag("dl", *fields, class_="form")


def _location(_: Visit, content: LocationMessage) -> Html:
    at, place = content.coordinates, content.location
    there = f"https://www.openstreetmap.org/?mlat={at.lat}&mlon={at.long}#map=16/{at.lat}/{at.long}"
    name = (place.name if place else None) or f"{at.lat:.5f}, {at.long:.5f}"
    address = tag("p", place.address, class_="soft small") if place and place.address else None
    pin = icon("M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zm0-9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5")
    return of(tag("p", link(there, pin, name, class_="place")), address)


def _template(_: Visit, content: TemplateMessage) -> Html:
    return tag("pre", msgspec.json.format(to_json(content.template)).decode(), tabindex="0", aria_label="Template")


def _unknown(_: Visit, content: Unknown) -> Html:
    return tag("pre", msgspec.json.format(to_json(content.fields)).decode(), tabindex="0", aria_label="Content")


def _actions(actions: Sequence[Any] | None) -> Html | None:
    if not actions:
        return None
    return tag("ul", *(tag("li", _action(each)) for each in actions), class_="actions")


def _action(action: Any) -> Html:
    match action:
        case Link() | Webview():
            return link(action.uri, action.text, class_="button")
        case Buy():
            price = f"{action.amount / 100:.2f} {(action.currency or 'usd').upper()}"
            return tag("button", f"{action.text} ({price})", disabled=True)
        case Unknown():
            return tag("button", plain(str(action.fields.get("text", action.fields.get("type", "?")))), disabled=True)
        case _:
            # Pressed by who writes as the user: see chat.js.
            kind = "reply" if isinstance(action, Reply) else type(action).__name__.lower()
            payload = getattr(action, "payload", "")
            said = {"data_press": kind, "data_text": action.text, "data_payload": payload}
            return tag("button", action.text, type="button", disabled=True, **said)


Drawing = Callable[[Visit, Any], Html]


@cache
def _drawings() -> dict[type, tuple[str, Drawing, str]]:
    return {
        TextMessage: ("Buttons", _text, "text"),
        ImageMessage: ("Picture", _image, "image"),
        FileMessage: ("File", _file, "file"),
        CarouselMessage: ("Cards", _carousel, "carousel"),
        ListMessage: ("List", _list, "list"),
        FormMessage: ("Form", _form, "form"),
        FormResponseMessage: ("Answers", _answers, "formResponse"),
        LocationMessage: ("Place", _location, "location"),
        TemplateMessage: ("Template", _template, "template"),
    }


def _drawn(content: object) -> tuple[str, Drawing, str]:
    return _drawings().get(type(content), ("Something new", _unknown, "unknown"))
