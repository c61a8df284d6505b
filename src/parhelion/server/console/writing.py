"""Answering: words with Markdown and quick replies, files, and, for tests, what the user would say."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from starlette.datastructures import FormData
from starlette.responses import Response

from ...operations import UploadFile
from ...wire import (
    ApiError,
    AttachmentDeleteBody,
    Author,
    BadRequest,
    FileMessage,
    ImageMessage,
    Message,
    MessagePost,
    PostbackPost,
    Reply,
    SendableContent,
    TextMessage,
    User,
)
from ..html import Html, tag
from ..rules.text import html_of
from .conversations import name_of
from .drawing import cleaned, draw, ours
from .frame import icon, piece, token_field, told
from .plain import plain
from .visit import Visit, go, text

LONGEST = 4096  # characters of a text
CROSS = "M6 6l12 12M18 6L6 18"
CLIP = "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a2 2 0 0 1-3-3L14 7"


def composer(visit: Visit, conversation_id: str, users: Sequence[User]) -> Html:
    """Where an answer is written. Files come by the button, dropped on the conversation, or pasted."""
    here = ("conversations", conversation_id)
    voices = [tag("option", "Business", value="")]
    voices += [tag("option", f"{name_of(user)} (a test)", value=user.id) for user in users]
    return tag(
        "form",
        token_field(visit),
        tag("div", id="files", class_="files", aria_live="polite"),
        tag("div", id="preview", class_="rich preview", hidden=True, aria_label="Preview"),
        tag("label", "Your answer", for_="words", class_="seen"),
        tag(
            "textarea",
            id="words",
            name="words",
            rows="2",
            maxlength=str(LONGEST),
            placeholder="Write an answer. Ctrl+Enter sends it",
        ),
        tag(
            "details",
            tag("summary", "Quick replies"),
            tag("label", "One on each line, up to ten", for_="replies"),
            tag("textarea", id="replies", name="replies", rows="3"),
            class_="replies",
        ),
        tag(
            "div",
            tag("input", id="file", type="file", multiple=True, class_="seen", tabindex="-1", aria_label="Files"),
            tag("button", icon(CLIP), type="button", id="attach", class_="quiet", aria_label="Attach files"),
            tag("label", tag("input", type="checkbox", id="markdown", name="markdown"), "Markdown", class_="check"),
            tag("button", "Preview", type="button", id="show-preview", class_="quiet", hidden=True),
            tag("span", class_="grow"),
            tag("label", "Who speaks", for_="voice", class_="seen"),
            tag("select", *voices, id="voice", name="voice"),
            tag("button", "Send", class_="main"),
            class_="row",
        ),
        tag("div", id="refused", aria_live="assertive"),
        method="post",
        action=visit.at(*here, "messages"),
        id="composer",
        class_="composer",
        data_files=visit.at(*here, "files"),
        data_typing=visit.at(*here, "typing"),
        data_preview=visit.at("preview"),
        data_press=visit.at(*here, "press"),
    )


async def post(visit: Visit) -> Response:
    """Send what was written: a message for the words, and one for each file. The words go with the first picture."""
    form, id = await visit.form(), visit.path("conversation_id")
    author = _author(form)
    sent: list[Message] = []
    for content in _contents(form):
        try:
            sent += (await visit.client.messages.post(id, MessagePost(author=author, content=content))).messages
        except ApiError as error:
            if not sent or not visit.wants_piece:
                raise
            refused = piece(told(error), status=error.status)
            refused.headers["x-sent"] = str(len(sent))  # what is sent is not sent once more
            return refused
    if visit.wants_piece:
        return piece(*(draw(visit, each, id) for each in sent))
    return go(visit.at("conversations", id))


def _author(form: FormData) -> Author:
    user = text(form, "voice")
    return Author(type="user", user_id=user) if user else Author(type="business")


def _contents(form: FormData) -> list[SendableContent]:
    words = str(form.get("words", "")).replace("\r\n", "\n").strip()
    lines = [line.strip() for line in str(form.get("replies", "")).splitlines() if line.strip()]
    replies = [Reply(text=line, payload=line) for line in lines] or None
    files = [each for each in map(str, form.getlist("file")) if each]
    if not words and not files:
        raise BadRequest("words: there is nothing to send")
    contents: list[SendableContent] = []
    for each in files:
        kind, _, address = each.partition(" ")
        made = ImageMessage if kind.startswith("image/") else FileMessage
        contents.append(made(media_url=address))
    if words:
        if form.get("markdown"):
            contents.append(TextMessage(markdown_text=words, actions=list(replies) if replies else None))
        else:
            contents.append(TextMessage(text=words, actions=list(replies) if replies else None))
    return contents


async def upload(visit: Visit) -> Response:
    """Take a file, as the whole body of the request: on its way to the store it is held nowhere."""
    visit.judge(visit.request.headers.get("x-token", ""))
    name = unquote(visit.request.headers.get("x-file-name", "")) or "file"
    id = visit.path("conversation_id")
    attachment = (
        await visit.client.attachments.upload(
            UploadFile(visit.request.stream(), name=name), access="public", for_="message", conversation_id=id
        )
    ).attachment
    shown = ours(visit, attachment.media_url)
    is_picture = attachment.media_type.startswith("image/")
    return piece(
        tag(
            "figure",
            tag("img", src=shown, alt="") if is_picture and shown else icon("M6 3h8l4 4v14H6zM14 3v4h4"),
            tag("figcaption", plain(name), class_="cut"),
            tag("input", type="hidden", name="file", value=f"{attachment.media_type} {attachment.media_url}"),
            tag(
                "button", icon(CROSS), type="button", class_="quiet", data_drop=True, aria_label=f"Remove {plain(name)}"
            ),
        ),
        status=201,
    )


async def drop(visit: Visit) -> Response:
    """Let go of a file that was not sent after all."""
    form = await visit.form()
    address = text(form, "file").partition(" ")[2]
    await visit.client.attachments.delete(AttachmentDeleteBody(media_url=address))
    return piece()


async def preview(visit: Visit) -> Response:
    """Markdown as it will be seen."""
    form = await visit.form()
    return piece(cleaned(html_of(str(form.get("words", ""))[:LONGEST])))


async def press(visit: Visit) -> Response:
    """A button of a message, pressed by the user, for a test."""
    form, id = await visit.form(), visit.path("conversation_id")
    author, payload = _author(form), str(form.get("payload", ""))
    if text(form, "kind") == "postback":
        body = PostbackPost(author=author, message_id=text(form, "message"), payload=payload)
        await visit.client.postbacks.post(id, body)
        return piece()
    content = TextMessage(text=text(form, "text"), payload=payload or None)
    sent = (await visit.client.messages.post(id, MessagePost(author=author, content=content))).messages
    return piece(*(draw(visit, each, id) for each in sent))
