"""What a declaration shows of itself at run time."""

from __future__ import annotations

import inspect
import pydoc

import pytest

import parhelion
from parhelion import AsyncClient, Client
from parhelion.operations import CONTROLS, TABLE, Attachments, Messages, operations
from parhelion.server.commands import controls, handlers


@pytest.fixture
def client() -> Client:
    return Client("http://127.0.0.1:1", app_id="a", token="t")


def test_a_method_shows_its_real_name_signature_and_doc(client: Client) -> None:
    delete = client.messages.delete
    assert delete.__name__ == "delete"  # type: ignore[attr-defined]
    assert (delete.__doc__ or "").startswith("Delete one message")
    assert str(inspect.signature(delete)) == "(conversation_id: 'str', message_id: 'str') -> 'None'"
    assert "delete(conversation_id: 'str', message_id: 'str')" in pydoc.plain(pydoc.render_doc(delete))


def test_what_is_said_shortly_shows_how(client: Client) -> None:
    told = pydoc.plain(pydoc.render_doc(client.messages.post))
    assert "body: 'str | SendableContent | MessagePost'" in told
    assert str(inspect.signature(client.conversations.start)).endswith("-> 'Conversation'")
    assert list(Messages.post.__signature__.parameters) == [
        "conversation_id",
        "body",
    ]  # the server serves it as declared


def test_inspect_knows_which_client_has_to_be_awaited(client: Client) -> None:
    awaited = AsyncClient("http://127.0.0.1:1", app_id="a", token="t")
    assert not inspect.iscoroutinefunction(client.messages.post)
    assert inspect.iscoroutinefunction(awaited.messages.post)
    assert "async post(" in pydoc.plain(pydoc.render_doc(awaited.messages.post))


def test_a_wrong_call_is_pythons_own_type_error(client: Client) -> None:
    with pytest.raises(TypeError, match=r"Messages.post\(\) missing 1 required positional argument: 'body'"):
        client.messages.post("c1")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Conversations.start\(\) missing 1 required positional argument: 'user'"):
        client.conversations.start()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'app_id'"):
        client.messages.delete("c1", "m1", app_id="other")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'conversation_id'"):
        client.messages.iterate()  # type: ignore[call-arg]


def test_where_arguments_travel() -> None:
    places = {p.wire_name: p.place for p in Attachments.upload.parameters}
    assert places == {"source": "file", "access": "query", "for": "query", "conversationId": "query"}
    assert [p.place for p in Messages.post.parameters] == ["path", "body"]


def test_no_operation_is_declared_twice_and_each_is_served() -> None:
    table = operations(*TABLE, *CONTROLS)
    assert len({each.operation_id for each in table}) == len(table)
    assert len({(each.method, each.path) for each in table}) == len(table)
    assert set(handlers) == set(operations())
    assert set(controls) == set(operations(*CONTROLS))


@pytest.mark.parametrize("operation", operations(*TABLE, *CONTROLS), ids=str)
def test_each_operation_is_explained(operation: object) -> None:
    doc = inspect.cleandoc(operation.__doc__ or "")
    assert "Errors:" in doc
    assert "client." in doc, "an example"
    assert "Source: " in doc


def test_a_resource_says_whose_it_is_and_no_secret() -> None:
    client = Client("http://127.0.0.1:1", app_id="a", key_id="app_1", secret="hush")
    assert repr(client.messages) == f"<Messages of {client!r}>"
    assert "hush" not in repr(client.messages)


def test_the_shop_window_shows_what_is_for_sale() -> None:
    assert {name for name in dir(parhelion) if not name.startswith("__")} <= set(parhelion.__all__)
