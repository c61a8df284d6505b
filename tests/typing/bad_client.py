"""Every line marked `# bad` must be refused by both type checkers, and no other. Never run."""

from __future__ import annotations

from collections.abc import AsyncIterable

from parhelion import (
    AsyncClient,
    AsyncHttpTransport,
    Author,
    Client,
    HttpTransport,
    KeyJWT,
    MessagePost,
    TextMessage,
    UnknownContent,
    UploadFile,
)

from parhelion import nothing  # bad: no such name

BODY = MessagePost(author=Author(type="business"), content=TextMessage(text="x"))


def sync(client: Client, chunks: AsyncIterable[bytes], unknown: UnknownContent) -> None:
    client.messages.post(3, BODY)  # bad: an int for an id
    client.messages.post("c", 3)  # bad: nothing to say
    client.messages.post("c", unknown)  # bad: unknown content cannot be sent
    client.messages.post("c", "x", replies=[3])  # bad: a reply is a text
    client.messages.post("c", "x", author="ada")  # bad: an author is more than a name
    client.messages.post_file("c")  # bad: no file
    client.conversations.start(3)  # bad: an int for an id
    client.with_options(timeout="3")  # bad: a number
    client.with_raw_response.messages.post("c", BODY).messages  # bad: not read yet
    client.with_raw_response.messages.iterate("c")  # bad: more than one request
    client.with_raw_response.conversations.start("u")  # bad: more than one request
    client.messages.post("c")  # bad: no body
    client.messages.post("app", "c", BODY)  # bad: app_id is never an argument
    client.messages.post("c", body=BODY, app_id="app")  # bad: nor by name
    client.messages.list("c", page="x")  # bad: a cursor for a page
    client.messages.delete("c")  # bad: no message id
    client.messages.send("c", BODY)  # bad: no such operation
    client.messages.iterate()  # bad: no conversation
    client.messages.iterate("c", since="x")  # bad: no such argument
    client.apps.get("app")  # bad: the client is bound to its app
    client.attachments.upload(chunks)  # bad: an async source for a sync client
    client.attachments.upload(b"", for_="messages")  # bad: no such purpose
    UploadFile(3)  # bad: no file
    MessagePost(author=Author(type="robot"), content=TextMessage())  # bad: no such author
    MessagePost(author=Author(type="user"), content=unknown)  # bad: unknown content cannot be sent


def configured() -> None:
    Client(3)  # bad: no address
    Client("https://example.org", "app")  # bad: who and what are said by name
    Client(timeout="3")  # bad: a number
    Client(credentials="token")  # bad: a token is not credentials
    Client(proxy=True)  # bad: which one?
    Client(around=print)  # bad: no context manager
    Client(transport=AsyncHttpTransport())  # bad: not to be awaited
    AsyncClient(transport=HttpTransport())  # bad: to be awaited
    KeyJWT("app_1", "x", scope="user")  # bad: no such scope
    with AsyncClient():  # bad: async with
        pass


async def awaited(client: AsyncClient) -> None:
    (await client.messages.post("c", BODY)).message  # bad: it is called messages
    client.messages.post("c", BODY).messages  # bad: not awaited
    await client.messages.post("c", 3)  # bad: an int for a body
    client.with_raw_response.messages.list("c").status  # bad: not awaited
    await client.attachments.upload(3)  # bad: an int for a file
    for message in client.messages.iterate("c"):  # bad: async for
        print(message)


print(nothing)
