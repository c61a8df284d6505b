"""Everything here must pass both type checkers in strict mode. Never run."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never, assert_type

import httpcore2

from parhelion import (
    ApiError,
    App,
    AppCreateBody,
    AppKeyCreateBody,
    AppKeyResponse,
    AsyncClient,
    AsyncHttpTransport,
    AsyncListening,
    AttachmentResponse,
    Author,
    Basic,
    Call,
    CarouselMessage,
    Client,
    Content,
    Conversation,
    ConversationCreateBody,
    ConversationResponse,
    Event,
    FileMessage,
    FormMessage,
    FormResponseMessage,
    HttpTransport,
    ImageMessage,
    KeyJWT,
    Listening,
    ListMessage,
    LocationMessage,
    Message,
    MessageListResponse,
    MessagePost,
    MessagePostResponse,
    NoAnswer,
    Page,
    ParhelionError,
    Patience,
    RawClient,
    RawResponse,
    Request,
    Response,
    TemplateMessage,
    TextMessage,
    Timeout,
    Token,
    Transport,
    UnknownContent,
    UploadFile,
    User,
    UserCreateBody,
    UserResponse,
    __version__,
)
from parhelion.operations import Messages, Operation

BODY = MessagePost(author=Author(type="business"), content=TextMessage(text="x"))


def sync(client: Client, path: Path) -> None:
    assert_type(client.messages.post("c", BODY), MessagePostResponse)
    assert_type(client.messages.post(conversation_id="c", body=BODY), MessagePostResponse)
    assert_type(client.messages.list("c", page=Page(before="x")), MessageListResponse)
    assert_type(client.messages.list("c").messages[0].content, Content)
    assert_type(client.for_app("b").users.create(UserCreateBody(external_id="u")), UserResponse)
    assert_type(client.users.get("u", brand_id="b"), UserResponse)
    assert_type(client.conversations.create(ConversationCreateBody(type="sdkGroup")), ConversationResponse)
    assert_type(client.attachments.upload(path, for_="message"), AttachmentResponse)
    assert_type(client.attachments.upload(b"x", "public", conversation_id="c"), AttachmentResponse)
    assert_type(client.attachments.upload(UploadFile(path, name="a", progress=print)), AttachmentResponse)
    assert_type(client.messages.iterate("c", page=Page()), Iterator[Message])
    assert_type(client.apps.iterate(), Iterator[App])
    assert_type(client.app_keys.create(AppKeyCreateBody(display_name="x")), AppKeyResponse)
    assert_type(client.oauth.authorize("c", state="s"), str)
    with client.events.listen(triggers=["user:remove"], after="1") as events:
        assert_type(events, Listening[Event])
        assert_type(next(events), Event)
        assert_type(events.token, str | None)
    for event in client.events.listen(conversation_id="c"):
        assert_type(event, Event)
    client.apps.create(AppCreateBody(display_name="x"))
    client.messages.delete("c", "m")


def shortly(client: Client, path: Path, user: User) -> None:
    conversation = client.conversations.start(user, display_name="x")
    assert_type(conversation, Conversation)
    assert_type(client.conversations.start("u"), Conversation)
    assert_type(client.messages.post(conversation, "Hello"), MessagePostResponse)
    assert_type(client.messages.post("c", TextMessage(text="x"), author=user, links={"a": "b"}), MessagePostResponse)
    assert_type(client.messages.post("c", body="x", replies=["a"]), MessagePostResponse)
    assert_type(client.messages.post_file(conversation, path, text="x"), MessagePostResponse)


def raw(client: Client, path: Path) -> None:
    assert_type(client.with_raw_response, RawClient)
    response = client.with_raw_response.messages.post("c", "Hello")
    assert_type(response, RawResponse[MessagePostResponse])
    assert_type(response.parse(), MessagePostResponse)
    assert_type((response.status, response.body, response.request_id), tuple[int, bytes, str | None])
    assert_type(client.with_raw_response.users.get("u").parse(), UserResponse)
    assert_type(client.with_raw_response.attachments.upload(path).parse(), AttachmentResponse)
    assert_type(client.with_raw_response.messages.delete("c", "m"), RawResponse[None])


@contextmanager
def around(call: Call) -> Generator[None]:
    call.headers["x"] = call.operation_id
    yield
    assert_type((call.attempts, call.status), tuple[int, int | None])


def configured(transport: Transport) -> None:
    with Client("https://example.org", key_id="app_1", secret="x", timeout=3) as client:
        assert_type(client, Client)
        assert_type(client.with_options(timeout=None, retries=Patience(attempts=2)), Client)
    Client("https://example.org", credentials=KeyJWT("app_1", "x", scope="app"), timeout=Timeout(read=None))
    Client("https://example.org", credentials=Token(lambda: "t"), idempotent=True, retries=3)
    Client(credentials=Basic("app_1", "x"), transport=transport, proxy=False)
    Client(token="t", transport=HttpTransport(proxy="http://proxy"), proxy=None)
    AsyncClient(token="t", transport=AsyncHttpTransport())
    Client(token="t", transport=httpcore2.ConnectionPool(), around=around)
    AsyncClient(token="t", transport=httpcore2.AsyncConnectionPool(), around=around)
    Client(token="t").with_options(headers={"x": "y"}, idempotency_key="k")
    print(__version__.upper())


class Recording:
    """A transport of one's own."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner

    def send(self, request: Request, timeout: Timeout) -> Response:
        return self.inner.send(request, timeout)


def recorded() -> Client:
    return Client(transport=Recording(HttpTransport()))


async def awaited(client: AsyncClient, chunks: AsyncIterable[bytes]) -> None:
    assert_type(await client.messages.post("c", BODY), MessagePostResponse)
    assert_type(await client.messages.list("c"), MessageListResponse)
    assert_type(await client.attachments.upload(chunks), AttachmentResponse)
    assert_type(client.messages.iterate("c"), AsyncIterator[Message])
    await client.messages.delete_all("c")
    assert_type(client.oauth.authorize("c", redirect_uri="https://example.org"), str)
    async with client.events.listen(include_full_user=True) as events:
        assert_type(events, AsyncListening[Event])
        async for event in events:
            assert_type(event, Event)
    await events.close()
    assert_type((await client.oauth.get_token_info()).app, App)
    conversation = await client.conversations.start("u")
    assert_type(conversation, Conversation)
    assert_type(await client.messages.post_file(conversation, b"x"), MessagePostResponse)
    assert_type(await client.with_raw_response.messages.list("c"), RawResponse[MessageListResponse])
    assert_type((await client.with_raw_response.attachments.upload(chunks)).parse(), AttachmentResponse)
    async with AsyncClient() as other:
        assert_type(other.for_app("a"), AsyncClient)


def caught(client: Client) -> None:
    try:
        client.messages.post("c", BODY)
    except ApiError as error:
        assert_type((error.status, error.code, error.title, error.request_id), tuple[int, str, str, str | None])
    except NoAnswer as lost:
        assert_type(lost.sent, bool)
    except ParhelionError:
        raise


def on_the_class() -> None:
    operation: Operation[..., MessageListResponse] = Messages.list
    assert_type(operation.operation_id, str)
    assert_type(Messages.post.status, int)


def every_content(content: Content) -> str:
    match content:
        case TextMessage():
            return content.text or ""
        case ImageMessage() | FileMessage():
            return content.media_url
        case CarouselMessage() | ListMessage():
            return content.items[0].title
        case LocationMessage():
            return str(content.coordinates.lat)
        case FormMessage() | FormResponseMessage() | TemplateMessage():
            return content.type
        case UnknownContent():
            return content.type
        case _:
            assert_never(content)
