"""A bot that says everything again, with Starlette.

export PARHELION_URL=http://127.0.0.1:8000 PARHELION_APP_ID=... PARHELION_KEY_ID=... PARHELION_SECRET=...
export WEBHOOK_SECRET=...       # `secret` of the answer that created the webhook, with target http://.../hook
uvicorn --app-dir examples starlette_bot:app --port 9000
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parhelion import AsyncClient, Author, ConversationMessageEvent, Event, MessagePost, TextMessage
from parhelion.receive import Receiver, Refused

client = AsyncClient()
receiver = Receiver(os.environ["WEBHOOK_SECRET"])


async def hook(request: Request) -> Response:
    """Take events in: what fails here is answered with 500, and is sent again."""
    try:
        with receiver.handling(request.headers, await request.body()) as events:
            for event in events:
                await echo(event)
    except Refused as refused:
        return Response(str(refused), refused.status)
    return Response()


async def echo(event: Event) -> None:
    """Answer the text of a user as the business; what the business says is told to us too."""
    if isinstance(event, ConversationMessageEvent) and event.payload.message.author.type == "user":
        said = event.payload.message.content
        if isinstance(said, TextMessage):
            answer = MessagePost(author=Author(type="business"), content=TextMessage(text=f"You said: {said.text}"))
            await client.messages.post(event.payload.conversation.id, answer)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncGenerator[None]:
    """Close the client's connections at the end."""
    async with client:
        yield


app = Starlette(routes=[Route("/hook", hook, methods=["POST"])], lifespan=lifespan)
