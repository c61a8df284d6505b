"""Attachments.

upload  received -> judged by its first bytes -> sealed -> row committed -> kept under its id -> answered
delete  row gone -> the bytes are removed afterwards
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from ...operations import Attachments
from ...wire import (
    Access,
    AppNotFound,
    Attachment,
    AttachmentDeleteBody,
    AttachmentNotFound,
    AttachmentResponse,
    BadRequest,
    Content,
    ConversationNotFound,
    Purpose,
)
from .. import rows
from ..ids import ULID
from ..ports import Received, Refused
from ..rules import content, files
from ._serves import EMPTY, Context, Said, serves

PATH = "/attachments/v2/"
_OURS = re.compile(rf"(?:/sc)?{PATH}({ULID.pattern})/([^/]+)")


@serves(Attachments.upload)
async def upload(
    context: Context,
    source: Received,
    access: Access = "public",
    for_: Purpose | None = None,
    conversation_id: str | None = None,
) -> Said[AttachmentResponse]:
    if conversation_id is not None:
        await context.conversation(conversation_id)
    name, media_type = files.judge(files.clean_name(source.said_name), source.head)
    write = rows.attachments.create(
        source.id,
        context.app_id,
        conversation_id or "",
        name,
        media_type,
        source.size,
        context.now(),
        for_message=for_ == "message",
    )
    attachment = Attachment(media_url=f"{context.base}{PATH}{source.id}/{quote(name)}", media_type=media_type)
    context.subject = source.id
    await source.part.seal()
    try:
        said = await context.write(write, AttachmentResponse(attachment=attachment), _noted(context, source.id))
    except Refused:
        raise (ConversationNotFound if conversation_id else AppNotFound) from None
    await source.part.keep()
    return said


@serves(Attachments.delete)
async def delete(context: Context, body: AttachmentDeleteBody) -> None:
    id = address_of(context, body.media_url)
    if id is None:
        raise BadRequest(f"Unsupported media URL for attachment deletion: {body.media_url}")
    try:
        await context.commit(rows.attachments.delete(context.app_id, id), EMPTY, _noted(context, id))
    except Refused:
        raise AttachmentNotFound from None


def _noted(context: Context, id: str) -> str:
    """An attachment in the audit log. Who knows the whole id may fetch the file: its moment and a mark stand for it."""
    return f"attachment/{id[:10]}-{context.engines.vault.derived('attachment', id)[:10]}"


async def shown_by(context: Context, said: Content) -> dict[str, content.StoredFile]:
    """Which of the addresses in a message are attachments of this app."""
    found: dict[str, content.StoredFile] = {}
    for address in content.addresses(said):
        id = address_of(context, address)
        row = None if id is None else await rows.attachments.find(context.database, id)
        if row is not None and row[0] == context.app_id:
            found[address] = content.StoredFile(id=str(id), name=row[1], media_type=row[2], size=row[3])
    return found


def address_of(context: Context, address: str) -> str | None:
    """The id of the attachment that an address of this server means."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    ours = urlsplit(context.base)
    root = ours.path.removesuffix("/sc")  # a public address may have a path of its own
    if parts.netloc != ours.netloc or not parts.path.startswith(root):
        return None
    match = _OURS.fullmatch(parts.path[len(root) :])
    return match[1] if match else None


def split_path(path: str) -> tuple[str, str] | None:
    """(id, name) of the path under which an attachment is fetched."""
    match = _OURS.fullmatch(path)
    return (match[1], unquote(match[2])) if match else None
