"""Makes client calls one after the other and prints the CPU seconds of one: `{"list": ..., "post": ...}`.

The whole process's time counts, threads and system calls included, from the first call after the warm ones to the
last. It is run by path, by the interpreter that has the client, and so imports nothing of its neighbours.

    python bench/calling.py bare|ours|async|official URL TIMES
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

APP, CONVERSATION = "5f0000000000000000000001", "5f0000000000000000000002"
PATH = f"/v2/apps/{APP}/conversations/{CONVERSATION}/messages"
KEY, SECRET = "key", "secret"
TEXT, LINK = "Hello there, how may I help you today?", "https://example.org/o/1"
Call = Callable[[], Any]


def bare(url: str) -> tuple[Call, Call]:
    """http.client and msgspec, as short as they can be used."""
    import http.client
    from base64 import b64encode

    import msgspec

    from parhelion import Author, Link, MessageListResponse, MessagePost, MessagePostResponse, TextMessage

    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    headers = {"authorization": "Basic " + b64encode(f"{KEY}:{SECRET}".encode()).decode()}
    with_json = headers | {"content-type": "application/json"}
    page, posted = (msgspec.json.Decoder(hint) for hint in (MessageListResponse, MessagePostResponse))
    encode = msgspec.json.Encoder().encode

    def list_() -> Any:
        connection.request("GET", PATH, headers=headers)
        return page.decode(connection.getresponse().read())

    def post() -> Any:
        said = TextMessage(text=TEXT, actions=[Link(text="Open", uri=LINK)])
        connection.request("POST", PATH, encode(MessagePost(author=Author(type="business"), content=said)), with_json)
        return posted.decode(connection.getresponse().read())

    return list_, post


def ours(url: str) -> tuple[Call, Call]:
    from parhelion import Author, Client, Link, MessagePost, TextMessage

    client = Client(url, app_id=APP, key_id=KEY, secret=SECRET)

    def post() -> Any:
        said = TextMessage(text=TEXT, actions=[Link(text="Open", uri=LINK)])
        return client.messages.post(CONVERSATION, MessagePost(author=Author(type="business"), content=said))

    return lambda: client.messages.list(CONVERSATION), post


def official(url: str) -> tuple[Call, Call]:
    import sunshine_conversations_client as s

    api = s.MessagesApi(s.ApiClient(s.Configuration(host=url, username=KEY, password=SECRET)))

    def post() -> Any:
        said = s.TextMessage(type="text", text=TEXT, actions=[s.Action(s.Link(type="link", text="Open", uri=LINK))])
        body = s.MessagePost(author=s.Author(type="business"), content=s.Content(said))
        return api.post_message(APP, CONVERSATION, body)

    return lambda: api.list_messages(APP, CONVERSATION), post


def cpu(call: Call, times: int) -> float:
    for _ in range(max(3, times // 10)):
        answer = call()
    assert answer.messages, "nothing came"
    begun = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begun) / times


async def awaited(url: str, times: int) -> dict[str, float]:
    from parhelion import AsyncClient, Author, Link, MessagePost, TextMessage

    async with AsyncClient(url, app_id=APP, key_id=KEY, secret=SECRET) as client:

        async def post() -> Any:
            said = TextMessage(text=TEXT, actions=[Link(text="Open", uri=LINK)])
            return await client.messages.post(CONVERSATION, MessagePost(author=Author(type="business"), content=said))

        found: dict[str, float] = {}
        for name, call in (("list", lambda: client.messages.list(CONVERSATION)), ("post", post)):
            for _ in range(max(3, times // 10)):
                answer = await call()
            assert answer.messages, "nothing came"
            begun = time.process_time()
            for _ in range(times):
                await call()
            found[name] = (time.process_time() - begun) / times
    return found


def main(who: str, url: str, times: int) -> dict[str, float]:
    if who == "async":
        return asyncio.run(awaited(url, times))
    list_, post = {"bare": bare, "ours": ours, "official": official}[who](url)
    return {"list": cpu(list_, times), "post": cpu(post, times)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
