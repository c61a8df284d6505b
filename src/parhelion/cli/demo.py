"""parhelion demo: a server with something in it, made through its own API, and lines to paste."""

from __future__ import annotations

import contextlib
import shutil
import struct
import tempfile
import zlib
from collections.abc import Generator
from math import exp, hypot
from pathlib import Path

import uvloop

from ..client import AsyncClient
from ..operations import AppKeys, UploadFile
from ..server.assemble import Store
from ..server.commands import OPERATOR, Context, Engines, app_keys
from ..server.rules.targets import Reach
from ..wire import (
    AppCreateBody,
    AppKey,
    AppKeyCreateBody,
    Author,
    CarouselMessage,
    ConversationCreateBody,
    Coordinates,
    FieldOption,
    FileMessage,
    FormField,
    FormMessage,
    ImageMessage,
    Item,
    Link,
    ListMessage,
    LocationMessage,
    MessagePost,
    ParticipantSub,
    Place,
    Postback,
    Profile,
    Reply,
    SendableContent,
    TemplateMessage,
    TextMessage,
    UserCreateBody,
)
from .serve import run

GUIDE = b"""What you see in the sky

A sun dog, or parhelion, is a bright spot beside the sun, made by ice crystals
that bend its light by 22 degrees. There are often two, one on either side.
"""


def demo(host: str, port: int, data: Path | None) -> int:
    """Run until interrupted. Without a folder of its own the demo leaves nothing behind."""
    with _folder(data) as folder:

        async def ready(url: str, opened: Engines) -> None:
            print(await _fill(url, folder, opened), flush=True)

        return uvloop.run(run(host, port, Store(folder), None, Reach(loopback=True), ready))


@contextlib.contextmanager
def _folder(data: Path | None) -> Generator[Path]:
    if data is not None:
        if data.exists() and any(data.iterdir()):
            raise ValueError(f"{data} is not empty: the demo wants a fresh folder")
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="parhelion-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _fill(url: str, folder: Path, opened: Engines) -> str:
    """Make what the demo shows, as any program would: over HTTP. Answers what there is to say about it."""
    account = await app_keys.create_for_account(Context(opened, AppKeys.create, OPERATOR, "", "", ""), "demo")
    async with AsyncClient(url, key_id=account.id, secret=account.secret) as client:
        app = (await client.apps.create(AppCreateBody(display_name="Parhelion demo"))).app
        here = client.for_app(app.id)
        key = (await here.app_keys.create(AppKeyCreateBody(display_name="demo"))).key
        profile = Profile(given_name="Ada", surname="Lovelace", locale="en")
        user = (await here.users.create(UserCreateBody(external_id="ada", profile=profile))).user
        conversation = (
            await here.conversations.create(
                ConversationCreateBody(
                    type="personal",
                    participants=[ParticipantSub(user_id=user.id)],
                    display_name="What you see in the sky",
                )
            )
        ).conversation
        picture = await here.attachments.upload(
            UploadFile(sun_dogs(), name="sun dogs.png"), for_="message", conversation_id=conversation.id
        )
        guide = await here.attachments.upload(
            UploadFile(GUIDE, name="guide.txt"), for_="message", conversation_id=conversation.id
        )
        asks = MessagePost(
            author=Author(type="user", user_external_id="ada"),
            content=TextMessage(text="There are three suns in the sky today. Am I dreaming?"),
        )
        await here.messages.post(conversation.id, asks)
        says = Author(type="business", display_name="Parhelion")
        for content in one_of_each(picture.attachment.media_url, guide.attachment.media_url):
            post = MessagePost(author=says, content=content)
            if isinstance(content, TemplateMessage):
                post.schema = "whatsapp"
            await here.messages.post(conversation.id, post)
    return _story(url, folder, app.id, conversation.id, key, picture.attachment.media_url)


def one_of_each(picture: str, guide: str) -> list[SendableContent]:
    """One message of each kind that may be posted."""
    more = Link(text="Read more", uri="https://en.wikipedia.org/wiki/Sun_dog")
    items = [
        Item(
            title="Sun dogs",
            description="Beside the sun, at 22 degrees",
            media_url=picture,
            actions=[more, Postback(text="I saw one", payload="SAW_SUN_DOG")],
        ),
        Item(
            title="The halo",
            description="All around the sun",
            actions=[Postback(text="I saw it", payload="SAW_HALO")],
        ),
    ]
    return [
        TextMessage(
            markdown_text="No: they are **sun dogs**, and *parhelion* is the old word for one.",
            actions=[Reply(text="Tell me more", payload="MORE"), Reply(text="Thank you", payload="THANKS")],
        ),
        ImageMessage(media_url=picture, text="They look like this.", alt_text="A sun with a bright spot on each side"),
        FileMessage(media_url=guide, text="All of it in four lines."),
        CarouselMessage(items=items),
        ListMessage(items=items),
        LocationMessage(
            coordinates=Coordinates(lat=78.2232, long=15.6267),
            location=Place(name="Longyearbyen", address="A good place to see them"),
        ),
        FormMessage(
            fields=[
                FormField(type="text", name="where", label="Where did you see it?", placeholder="A town, a hill"),
                FormField(type="email", name="email", label="Where may we write to you?"),
                FormField(
                    type="select",
                    name="side",
                    label="On which side?",
                    options=[FieldOption(name="left", label="Left"), FieldOption(name="both", label="Both")],
                ),
            ]
        ),
        TemplateMessage(template={"name": "sun_dog_alert", "language": {"policy": "deterministic", "code": "en"}}),
    ]


def sun_dogs(width: int = 480, height: int = 270) -> bytes:
    """A picture of a sun between two sun dogs, as a PNG."""
    x_sun, y_sun, halo = width / 2, height * 0.55, width * 0.3

    def glow(x: float, y: float, size: float) -> float:
        return exp(-((hypot(x, y) / size) ** 1.2))

    rows = bytearray()
    for y in range(height):
        rows.append(0)  # the row is not filtered
        for x in range(width):
            dx, dy = x - x_sun, y - y_sun
            sun = glow(dx, dy, 16)
            dogs = glow(dx - halo, dy, 11) + glow(dx + halo, dy, 11)
            ring = 0.22 * exp(-(((hypot(dx, dy) - halo) / 9) ** 2))
            sky = y / height
            red = 40 + 110 * sky + 255 * sun + 250 * dogs + 200 * ring
            green = 80 + 110 * sky + 245 * sun + 190 * dogs + 180 * ring
            blue = 140 + 80 * sky + 200 * sun + 120 * dogs + 170 * ring
            rows += bytes(min(255, int(each)) for each in (red, green, blue))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def _story(url: str, folder: Path, app: str, conversation: str, key: AppKey, picture: str) -> str:
    messages = f"{url}/v2/apps/{app}/conversations/{conversation}/messages"
    return f"""\
Parhelion is ready at {url}, with a sample app in it (data in {folder}).

  app           {app}
  key id        {key.id}
  secret        {key.secret}
  conversation  {conversation}
  a picture     {picture}

See it in a browser, with that key:

  {url}/console

Read the conversation:

  curl -s -u {key.id}:{key.secret} \\
    {messages}

Say something:

  curl -s -u {key.id}:{key.secret} -H 'content-type: application/json' \\
    -d '{{"author": {{"type": "business"}}, "content": {{"type": "text", "text": "Hello!"}}}}' \\
    {messages}

The same in Python:

  from parhelion import Author, Client, MessagePost, TextMessage

  client = Client("{url}", app_id="{app}", key_id="{key.id}", secret="{key.secret}")
  hello = MessagePost(author=Author(type="business"), content=TextMessage(text="Hello!"))
  client.messages.post("{conversation}", hello)
  for message in client.messages.iterate("{conversation}"):
      print(message.received, message.content)

See what happens as it happens, in another terminal, while you say something here:

  parhelion listen --url {url} --app-id {app} --key-id {key.id} \\
    --secret {key.secret}

Ctrl-C stops it."""
