"""The models: how they are made in either dialect, read, compared and turned into JSON."""

import copy
import inspect
import json
import pickle

import pytest

import sunshine_conversations_client as s
from sunshine_conversations_client import (
    Action,
    AttachmentDeleteBody,
    Author,
    CarouselMessage,
    Content,
    ConversationType,
    Destination,
    FormMessage,
    FormResponseMessage,
    Item,
    Link,
    Message,
    MessageListResponse,
    MessageOverride,
    MessageOverrideLine,
    MessageOverridePayload,
    MessagePost,
    Meta,
    Page,
    ParticipantSubSchema,
    ParticipantWithUserId,
    Postback,
    Reply,
    TextMessage,
)

TEXT = {"type": "text", "text": "Hi"}
BUSINESS = {"type": "business"}
RECEIVED = {
    "id": "5f32b88acf6bf25073b2be56",
    "received": "2026-01-31T12:00:00.000Z",
    "author": {"type": "business", "displayName": "Ada"},
    "content": {**TEXT, "actions": [{"type": "reply", "text": "Yes", "payload": "Y", "iconUrl": "https://e.org/i"}]},
    "source": {"type": "api:conversations"},
}


@pytest.mark.parametrize(
    "content",
    [
        TextMessage(type="text", text="Hi"),
        TextMessage("text", "Hi"),
        TextMessage(text="Hi"),
        Content(TextMessage(type="text", text="Hi")),
        Content(actual_instance=TextMessage(type="text", text="Hi")),
        Content(type="text", text="Hi"),
        Content("text", "Hi"),
        {"type": "text", "text": "Hi"},
    ],
)
def test_a_body_is_the_same_however_it_is_said(content):
    for author in (Author(type="business"), Author("business"), {"type": "business"}):
        assert MessagePost(author=author, content=content).to_dict() == {"author": BUSINESS, "content": TEXT}
    assert MessagePost(Author("business"), content).to_dict() == {"author": BUSINESS, "content": TEXT}


@pytest.mark.parametrize(
    "action",
    [
        Link(type="link", text="Look", uri="https://e.org/"),
        Link("link", "https://e.org/", "Look"),
        Action(Link(type="link", text="Look", uri="https://e.org/")),
        Action(type="link", text="Look", uri="https://e.org/"),
        {"type": "link", "text": "Look", "uri": "https://e.org/"},
    ],
)
def test_an_action_is_the_same_however_it_is_said(action):
    said = {"type": "link", "text": "Look", "uri": "https://e.org/"}
    assert TextMessage(type="text", actions=[action]).to_dict() == {"type": "text", "actions": [said]}
    assert Content(type="text", actions=[action]).to_dict() == {"type": "text", "actions": [said]}


def test_positional_arguments_are_in_the_order_they_were():
    assert Author("user", ["AI"], "id", "external", "Ada", "https://e.org/a").to_dict() == {
        "type": "user",
        "subtypes": ["AI"],
        "userId": "id",
        "userExternalId": "external",
        "displayName": "Ada",
        "avatarUrl": "https://e.org/a",
    }
    assert Page("a" * 24).to_dict() == {"after": "a" * 24}
    assert Reply("reply", "Yes", "Y", {"a": 1}, "https://e.org/i").icon_url == "https://e.org/i"
    assert list(inspect.signature(TextMessage).parameters)[:4] == ["type", "text", "actions", "payload"]


def test_arguments_may_be_in_camel_case():
    assert AttachmentDeleteBody(mediaUrl="u") == AttachmentDeleteBody(media_url="u")
    assert MessagePost(author=BUSINESS, content=TEXT, var_schema="whatsapp").schema == "whatsapp"
    nested = MessagePost(author={"type": "user", "user_id": "u"}, content={"type": "text", "block_chat_input": True})
    assert nested.to_dict() == {
        "author": {"type": "user", "userId": "u"},
        "content": {"type": "text", "blockChatInput": True},
    }


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (MessagePost, {}),
        (MessagePost, {"author": Author("business")}),
        (AttachmentDeleteBody, {}),
        (Author, {"type": "ghost"}),
        (TextMessage, {"text": "x" * 4097}),
        (Page, {"before": "short"}),
        (Page, {"size": 101}),
        (MessageOverrideLine, {}),
    ],
)
def test_what_a_server_would_refuse_is_a_value_error(model, given):
    with pytest.raises(ValueError):
        model(**given)


def test_a_field_cannot_be_made_wrong_later_either():
    post = MessagePost(author=Author("business"), content=TextMessage(text="Hi"))
    with pytest.raises(ValueError, match="author"):
        post.author = None
    assert post.author.type == "business"


def test_an_unknown_argument_is_a_type_error():
    with pytest.raises(TypeError, match="colour"):
        TextMessage(type="text", colour="red")
    with pytest.raises(TypeError):
        TextMessage("text", type="text")
    with pytest.raises(TypeError):
        Meta(*range(9))


def test_nothing_is_required_of_an_answer():
    assert Message().id is None
    assert MessageListResponse().messages is None
    assert Page().to_dict() == {}


def test_an_answer_is_read_by_attributes():
    message = Message.from_dict(RECEIVED)
    assert message.id == RECEIVED["id"]
    assert message.received == "2026-01-31T12:00:00.000Z"
    assert isinstance(message.author, Author)
    assert message.author.display_name == "Ada"
    assert message.author.avatar_url is None
    assert isinstance(message.content, Content)
    assert message.metadata is None
    assert message.source.client is None


def test_content_is_flat_and_holds_one_kind():
    content = Message.from_dict(RECEIVED).content
    assert (content.type, content.text, content.media_url, content.items) == ("text", "Hi", None, None)
    assert content.actions[0].payload == "Y"
    assert content.actions[0].uri is None
    held = content.actual_instance
    assert isinstance(held, TextMessage)
    assert isinstance(held.actions[0], Action)
    assert isinstance(held.actions[0].actual_instance, Reply)
    assert held.actions[0].actual_instance.icon_url == "https://e.org/i"


def test_content_and_what_it_holds_are_one():
    content = Content(TextMessage(type="text", text="Hi"))
    content.text = "Bye"
    assert content.actual_instance.text == "Bye"
    content.actual_instance.text = "Again"
    assert content.text == "Again"
    content.actual_instance = CarouselMessage(items=[Item(title="One", actions=[Postback(text="a", payload="b")])])
    assert content.type == "carousel"
    assert content.items[0].title == "One"


# All fields of the flat content of 9 and 12, and for each type what is given and the class that it is.
FLAT = (
    *("type", "text", "actions", "payload", "items", "display_settings", "media_url", "media_size", "media_type"),
    *("alt_text", "attachment_id", "submitted", "block_chat_input", "fields", "text_fallback", "coordinates"),
    *("location", "template"),
)
BY_TYPE = {
    "text": ("TextMessage", {"text": "Hi", "payload": "P", "actions": [{"type": "reply", "text": "Yes"}]}),
    "carousel": ("CarouselMessage", {"items": [{"title": "One"}], "display_settings": {"imageAspectRatio": "square"}}),
    "file": ("FileMessage", {"media_url": "u", "media_size": 3, "media_type": "text/plain", "alt_text": "a"}),
    "form": ("FormMessage", {"fields": [{"type": "text", "name": "a"}], "block_chat_input": True, "submitted": False}),
    "formResponse": ("FormResponseMessage", {"fields": [{"type": "text", "text": "b"}], "text_fallback": "b"}),
    "image": ("ImageMessage", {"media_url": "u", "media_type": "image/png", "alt_text": "a", "attachment_id": "i"}),
    "list": ("ListMessage", {"items": [{"title": "One"}]}),
    "location": ("LocationMessage", {"coordinates": {"lat": 1, "long": 2}, "location": {"name": "n", "address": "a"}}),
    "template": ("TemplateMessage", {"template": {"name": "alert"}}),
}


@pytest.mark.parametrize("kind", BY_TYPE)
def test_a_flat_content_is_the_content_of_its_type(kind: str):
    name, given = BY_TYPE[kind]
    content = Content(type=kind, **given)
    assert type(content.actual_instance) is getattr(s, name)
    assert [each for each in FLAT if getattr(content, each) is None] == [
        each for each in FLAT if each != "type" and each not in given
    ]
    by_hand = Content(type=kind)
    for field, value in given.items():
        setattr(by_hand, field, value)
        assert getattr(by_hand.actual_instance, field) == getattr(content, field)
    assert by_hand == content
    assert content.to_dict() == content.actual_instance.to_dict()
    assert set(FLAT) <= set(content.to_dict(snake_case=True))
    # In 9 and 12 what a type needs was the server's to tell, and so it is.
    assert Content(type=kind).to_dict() == {"type": kind}


def test_setting_flat_fields():
    content = Content(type="text", text="Hi", actions=[Reply(text="No", payload="N")])
    content.text = "x"
    content.actions[0].text = "Yes"
    content.actions[0].icon_url = "https://e.org/i"
    reply = {"type": "reply", "text": "Yes", "payload": "N", "iconUrl": "https://e.org/i"}
    assert content.to_dict() == {"type": "text", "text": "x", "actions": [reply]}
    content.actions = None
    assert content.to_dict() == {"type": "text", "text": "x"}
    content.type = "image"
    content.media_url = "https://e.org/s.png"
    assert isinstance(content.actual_instance, s.ImageMessage)
    with pytest.raises(AttributeError):
        content.colour = "red"


def test_lists_can_be_changed_in_place():
    message = TextMessage(text="Hi", actions=[])
    message.actions.append(Reply(text="Yes", payload="Y"))
    assert message.to_dict()["actions"] == [{"type": "reply", "text": "Yes", "payload": "Y"}]
    read = Content.from_dict({"type": "text", "actions": [{"type": "reply", "text": "No"}]})
    held = read.actions
    held[0].text = "Yes"
    assert read.actions is held
    held.append({"type": "reply", "text": "No"})
    assert [each.text for each in read.actions] == ["Yes", "No"]
    assert read.actual_instance.to_dict()["actions"][0]["text"] == "Yes"


def test_the_fields_of_a_form_and_of_its_response_are_their_own():
    form = Content.from_dict({"type": "form", "fields": [{"type": "text", "name": "a", "label": "A", "minSize": 2}]})
    assert form.fields[0].min_size == 2
    assert isinstance(form.actual_instance, FormMessage)
    response = Content.from_dict({"type": "formResponse", "fields": [{"type": "text", "quotedMessageId": "m"}]})
    assert response.fields[0].quoted_message_id == "m"
    assert isinstance(response.actual_instance, FormResponseMessage)


def test_what_was_a_plain_dict_is_read_by_key_too():
    field = {"type": "select", "name": "c", "label": "C", "select": [{"name": "x", "label": "So"}]}
    response = Content.from_dict({"type": "formResponse", "fields": [field]})
    [chosen] = response.fields[0].select
    assert (chosen["label"], chosen.label, chosen.get("depth"), "name" in chosen) == ("So", "So", None, True)
    assert dict(chosen) == chosen == {"name": "x", "label": "So"}
    assert response.fields[0].select == field["select"]
    assert chosen == s.FormOptionsInner(name="x", label="So")
    assert chosen != s.FormOptionsInner(name="y", label="So")
    with pytest.raises(KeyError):
        chosen["depth"]


def test_where_a_message_came_from():
    source = {"type": "web", "client": {"id": "k", "type": "sdk"}, "device": {"id": "d", "lastSeen": "2026"}}
    read = Message.from_dict({**RECEIVED, "source": source}).source
    assert isinstance(read.client, s.Client)
    assert (read.client.type, read.device.last_seen) == (s.ClientType.SDK, "2026")
    assert read.to_dict() == source


def test_what_is_not_known_is_kept_and_can_be_reached():
    message = Message.from_dict({**RECEIVED, "moodRing": {"is": "blue"}, "content": {"type": "hologram", "depthOf": 3}})
    assert message.moodRing == message.mood_ring == {"is": "blue"}
    assert message.content.type == "hologram"
    assert message.content.depth_of == 3
    assert message.content.text is None
    assert message.content.actual_instance.depth_of == 3
    assert message.to_dict()["content"] == {"type": "hologram", "depthOf": 3}
    with pytest.raises(AttributeError, match="never_heard_of"):
        message.never_heard_of  # noqa: B018


def test_a_field_of_the_wrong_shape_is_given_as_it_is():
    message = Message.from_dict({**RECEIVED, "author": "Ada", "content": ["a"], "source": None})
    assert (message.author, message.content, message.source) == ("Ada", ["a"], None)


def test_wrappers_of_17_and_flat_bodies_of_12_are_the_same():
    line = {"payload": {"a": 1}}
    assert MessageOverride(line=line) == MessageOverride(MessageOverrideLine(line=MessageOverridePayload({"a": 1})))
    assert MessageOverride(line=line, whatsapp=line).to_dict() == {"line": line, "whatsapp": line}
    assert Destination(integration_id="i") == Destination(s.IntegrationId(integration_id="i"))
    assert ParticipantSubSchema(user_id="u") == ParticipantSubSchema(ParticipantWithUserId(user_id="u"))
    assert ParticipantSubSchema(user_id="u", subscribe_sdk_client=True).to_dict() == {
        "userId": "u",
        "subscribeSDKClient": True,
    }


def test_to_dict_has_the_names_of_the_wire_or_of_python():
    message = TextMessage(text="Hi", block_chat_input=True)
    assert message.to_dict() == {"type": "text", "text": "Hi", "blockChatInput": True}
    snake = message.to_dict(snake_case=True)
    assert (snake["block_chat_input"], snake["html_text"]) == (True, None)
    assert set(snake) == set(TextMessage.attribute_map)
    read = Message.from_dict(RECEIVED).to_dict(snake_case=True)
    assert read["author"]["display_name"] == "Ada"
    assert read["content"]["actions"][0]["icon_url"] == "https://e.org/i"


def test_json_there_and_back():
    message = Message.from_json(json.dumps(RECEIVED))
    assert json.loads(message.to_json()) == RECEIVED
    assert message == Message.from_dict(RECEIVED)
    assert message != Message.from_dict({**RECEIVED, "id": "another"})
    assert Message.from_dict(None) is None
    assert repr(message) == message.to_str()
    assert "'displayName': 'Ada'" in repr(message)


def test_what_programs_ask_of_a_pydantic_model():
    message = Author.model_validate({"type": "business", "displayName": "Ada"})
    assert message.model_dump(by_alias=True) == {"type": "business", "displayName": "Ada"}
    assert message.model_dump()["display_name"] == "Ada"
    assert message.model_dump(exclude_none=True) == {"type": "business", "display_name": "Ada"}
    assert json.loads(message.model_dump_json(by_alias=True))["displayName"] == "Ada"
    assert message.model_copy(update={"display_name": "Eve"}).display_name == "Eve"
    assert message.display_name == "Ada"
    assert Author.model_validate({"type": "business", "mood": "good"}).mood == "good"
    with pytest.raises(ValueError):
        Author.model_validate({})


def test_what_programs_ask_of_pydantics_first_version():
    author = Author.parse_obj({"type": "business", "displayName": "Ada", "mood": "good"})
    assert author.dict(by_alias=True, exclude_none=True) == {"type": "business", "displayName": "Ada", "mood": "good"}
    assert json.loads(author.json())["display_name"] == "Ada"
    assert author.copy(update={"type": "user"}).type == "user"
    assert Author.parse_raw('{"type": "user"}') == Author.validate({"type": "user"}) == Author.construct(type="user")
    assert (author.model_fields_set, author.model_extra) == ({"type", "display_name"}, {"mood": "good"})
    field = Author.model_fields["display_name"]
    assert (field.alias, field.is_required(), Author.model_fields["type"].is_required()) == ("displayName", False, True)


def test_what_says_nothing():
    undefined = s.undefined.Undefined()
    body = s.ConversationUpdateBody(display_name=undefined, description=None)
    assert body.to_dict() == {"description": None}
    body.description = undefined
    assert body.to_dict() == {}
    assert s.ConversationUpdateBody.nulls == {"display_name", "description", "icon_url", "metadata"}
    assert s.MessagePost.nulls == frozenset()


def test_checks_can_be_left_out():
    loose = s.Configuration()
    loose.client_side_validation = False
    text = TextMessage(text="x" * 5000, local_vars_configuration=loose)
    assert len(text.text) == 5000
    text.text = "y" * 5000
    assert text.local_vars_configuration is loose
    strict = TextMessage(text="x")
    assert strict.local_vars_configuration.client_side_validation is True
    strict.local_vars_configuration = loose
    strict.text = "x" * 5000
    assert copy.deepcopy(text).to_dict() == text.to_dict()


def test_what_tells_kinds_apart():
    assert (Content.discriminator, Destination.discriminator, s.Web.discriminator) == ("type", None, "type")
    assert Content.discriminator_value_class_map["formResponse"] == "FormResponseMessage"
    assert Content().get_real_child_model({"type": "text"}) == "TextMessage"
    assert s.Integration.get_discriminator_value({"type": "web"}) == "Web"
    assert s.Integration.get_discriminator_value({"type": "pigeon"}) is None
    assert s.Integration().get_real_child_model({"type": "ios"}) == "Ios"
    assert Content.one_of_schemas == set(Content.discriminator_value_class_map.values())
    assert MessageOverride.any_of_schemas >= {"MessageOverrideLine"}


def test_a_model_can_be_copied_and_pickled():
    message = Message.from_dict(RECEIVED)
    assert pickle.loads(pickle.dumps(message)) == message
    deep = copy.deepcopy(message)
    deep.content.text = "Bye"
    assert message.content.text == "Hi"
    with pytest.raises(TypeError):
        hash(message)


def test_attribute_map_and_types():
    assert AttachmentDeleteBody.attribute_map == {"media_url": "mediaUrl"}
    types = MessagePost.openapi_types
    assert types == {
        "author": "Author",
        "content": "Content",
        "destination": "Destination",
        "metadata": "object",
        "override": "MessageOverride",
        "schema": "str",
    }
    assert Content.openapi_types["actions"] == "list[Action]"
    assert Message.openapi_types["received"] == "str"


def test_words_are_strings():
    assert ConversationType.SDKGROUP == "sdkGroup"
    assert f"{ConversationType.PERSONAL}" == "personal"
    read = s.Conversation.from_dict({"type": "personal"})
    assert read.type is ConversationType.PERSONAL
    assert (read.type.value, f"{read.type}", read.to_dict()) == ("personal", "personal", {"type": "personal"})
    assert s.Conversation.from_dict({"type": "newer"}).type == "newer"
    assert s.Conversation.openapi_types["type"] == "ConversationType"
    assert s.Integration.from_dict({"type": "web", "status": "error"}).status is s.Status.ERROR
    assert s.Client.from_dict({"type": "sdk"}).type is s.ClientType.SDK
    assert ConversationType.allowable_values == ["personal", "sdkGroup"]
    assert ConversationType.from_json('"sdkGroup"') is ConversationType.SDKGROUP
    body = s.ConversationCreateBody(type=ConversationType.PERSONAL, participants=[{"userId": "u"}])
    assert json.loads(body.to_json()) == {"type": "personal", "participants": [{"userId": "u"}]}


def test_a_dump_without_none_has_none_at_no_depth() -> None:
    said = TextMessage(type="text", text="x", actions=[Link(type="link", text="x", uri="https://x.example")])
    dumped = said.model_dump(exclude_none=True)
    assert dumped == {
        "type": "text",
        "text": "x",
        "actions": [{"type": "link", "text": "x", "uri": "https://x.example"}],
    }
