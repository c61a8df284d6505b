"""A bot that says everything again, with Flask.

export PARHELION_URL=http://127.0.0.1:8000 PARHELION_APP_ID=... PARHELION_KEY_ID=... PARHELION_SECRET=...
export WEBHOOK_SECRET=...       # `secret` of the answer that created the webhook, with target http://.../hook
flask --app examples/flask_bot.py run --port 9000
"""

import os

from flask import Flask, request

from parhelion import Author, Client, ConversationMessageEvent, Event, MessagePost, TextMessage
from parhelion.receive import Receiver, Refused

app = Flask(__name__)
client = Client()
receiver = Receiver(os.environ["WEBHOOK_SECRET"])


@app.post("/hook")
def hook() -> tuple[str, int]:
    """Take events in: what fails here is answered with 500, and is sent again."""
    try:
        with receiver.handling(request.headers, request.get_data()) as events:
            for event in events:
                echo(event)
    except Refused as refused:
        return str(refused), refused.status
    return "", 200


def echo(event: Event) -> None:
    """Answer the text of a user as the business; what the business says is told to us too."""
    if isinstance(event, ConversationMessageEvent) and event.payload.message.author.type == "user":
        said = event.payload.message.content
        if isinstance(said, TextMessage):
            answer = MessagePost(author=Author(type="business"), content=TextMessage(text=f"You said: {said.text}"))
            client.messages.post(event.payload.conversation.id, answer)
