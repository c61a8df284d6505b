"""Makes client calls one after the other and prints the CPU seconds of one: `{"list": ..., "post": ...}`.

`raw` is a list whose answer is not read, `threads` one of THREADS that list at the same time; not everybody can.

The whole process's time counts, threads and system calls included, from the first call after the warm ones to the
last. It is run by path, by the interpreter that has the client, and so imports nothing of its neighbours.

    python bench/calling.py bare|ours|async|official URL TIMES
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

APP, CONVERSATION = "5f0000000000000000000001", "5f0000000000000000000002"
PATH = f"/v2/apps/{APP}/conversations/{CONVERSATION}/messages"
KEY, SECRET = "key", "secret"
TEXT, LINK = "Hello there, how may I help you today?", "https://example.org/o/1"
THREADS = 16
Call = Callable[[], Any]
Calls = dict[str, Call]


def bare(url: str) -> Calls:
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

    def raw() -> Any:
        connection.request("GET", PATH, headers=headers)
        return connection.getresponse().read()

    def post() -> Any:
        said = TextMessage(text=TEXT, actions=[Link(text="Open", uri=LINK)])
        connection.request("POST", PATH, encode(MessagePost(author=Author(type="business"), content=said)), with_json)
        return posted.decode(connection.getresponse().read())

    return {"list": list_, "post": post, "raw": raw}


def ours(url: str) -> Calls:
    from parhelion import Author, Client, Link, MessagePost, TextMessage

    client = Client(url, app_id=APP, key_id=KEY, secret=SECRET)

    def post() -> Any:
        said = TextMessage(text=TEXT, actions=[Link(text="Open", uri=LINK)])
        return client.messages.post(CONVERSATION, MessagePost(author=Author(type="business"), content=said))

    def list_() -> Any:
        return client.messages.list(CONVERSATION)

    def raw() -> Any:
        return client.with_raw_response.messages.list(CONVERSATION).body

    return {"list": list_, "post": post, "raw": raw}


def official(url: str) -> Calls:
    import sunshine_conversations_client as s

    api = s.MessagesApi(s.ApiClient(s.Configuration(host=url, username=KEY, password=SECRET)))

    def post() -> Any:
        said = s.TextMessage(type="text", text=TEXT, actions=[s.Action(s.Link(type="link", text="Open", uri=LINK))])
        body = s.MessagePost(author=s.Author(type="business"), content=s.Content(said))
        return api.post_message(APP, CONVERSATION, body)

    return {"list": lambda: api.list_messages(APP, CONVERSATION), "post": post}


def cpu(call: Call, times: int) -> float:
    for _ in range(max(3, times // 10)):
        answer = call()
    assert answer if isinstance(answer, bytes) else answer.messages, "nothing came"
    begun = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begun) / times


def cpu_at_once(calls: list[Call], times: int) -> float:
    """The same for calls of several threads."""

    def work(call: Call) -> None:
        for _ in range(times // len(calls)):
            call()

    for call in calls:
        assert call().messages, "nothing came"
    threads = [threading.Thread(target=work, args=(call,)) for call in calls]
    begun = time.process_time()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return (time.process_time() - begun) / (times // len(calls) * len(calls))


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
    caller = {"bare": bare, "ours": ours, "official": official}[who]
    calls = caller(url)
    found = {name: cpu(call, times) for name, call in calls.items()}
    if who != "official":
        # A client is for all threads, a connection for one.
        several = [calls["list"] if who == "ours" else caller(url)["list"] for _ in range(THREADS)]
        found["threads"] = cpu_at_once(several, times)
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
