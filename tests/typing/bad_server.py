"""Every line marked `# bad` must be refused by both type checkers, and no other. Never run."""

from __future__ import annotations

from parhelion.operations import Attachments, Messages
from parhelion.server.commands import Context, Handlers, Said
from parhelion.wire import AttachmentResponse, MessageListResponse, MessagePost, MessagePostResponse

serves = Handlers()


@serves(Messages.post)  # bad: a missing argument
async def no_body(context: Context, conversation_id: str) -> MessagePostResponse:
    raise NotImplementedError


@serves(Messages.post)  # bad: another type
async def other_type(context: Context, conversation_id: int, body: MessagePost) -> MessagePostResponse:
    raise NotImplementedError


@serves(Messages.post)  # bad: another name
async def other_name(context: Context, conversation: str, body: MessagePost) -> MessagePostResponse:
    raise NotImplementedError


@serves(Messages.post)  # bad: another answer
async def other_answer(context: Context, conversation_id: str, body: MessagePost) -> None:
    raise NotImplementedError


@serves(Messages.post)  # bad: the bytes of another answer
async def other_bytes(context: Context, conversation_id: str, body: MessagePost) -> Said[MessageListResponse]:
    raise NotImplementedError


@serves(Messages.delete)  # bad: not awaitable
def direct(context: Context, conversation_id: str, message_id: str) -> None:
    raise NotImplementedError


@serves(Attachments.upload)  # bad: a command is given what was received
async def not_received(
    context: Context, source: bytes, access: str = "", for_: str | None = None, conversation_id: str | None = None
) -> AttachmentResponse:
    raise NotImplementedError
