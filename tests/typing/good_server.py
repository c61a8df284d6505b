"""Commands that must pass both type checkers, strict. Never run."""

from __future__ import annotations

from typing import assert_type

from parhelion.operations import Attachments, Messages
from parhelion.server.commands import Context, Handlers, Said
from parhelion.server.ports import Received
from parhelion.wire import AttachmentResponse, MessagePost, MessagePostResponse

serves = Handlers()


@serves(Messages.post)
async def as_a_struct(context: Context, conversation_id: str, body: MessagePost) -> MessagePostResponse:
    return MessagePostResponse(messages=[])


@serves(Messages.post)
async def as_bytes(context: Context, conversation_id: str, body: MessagePost) -> Said[MessagePostResponse]:
    return Said(b'{"messages":[]}')


@serves(Messages.delete)
async def nothing(context: Context, conversation_id: str, message_id: str) -> None:
    assert_type(context.app_id, str)


@serves(Attachments.upload)
async def upload(
    context: Context, file: Received, access: str = "", for_: str | None = None, conversation_id: str | None = None
) -> AttachmentResponse:
    raise NotImplementedError
