"""Changing things: what is not given stays, None that is given goes out as null, in the words of either dialect."""

import json
from typing import Any

import pytest

import sunshine_conversations_client as s
from tests.live import Caller


@pytest.fixture
def users(api_client: s.ApiClient) -> s.UsersApi:
    return s.UsersApi(api_client)


@pytest.fixture
def ada(app: Caller, users: s.UsersApi) -> str:
    profile = s.Profile(given_name="Ada", surname="Lovelace", email="ada@example.org")
    body = s.UserCreateBody(external_id="ada", profile=profile, metadata={"a": 1, "b": 2})
    return users.create_user(app.app_id, body).user.id


def test_none_that_is_given_takes_away_and_what_is_not_given_stays(app: Caller, users: s.UsersApi, ada: str):
    body = s.UserUpdateBody(profile=s.Profile(surname=None, locale="en"), metadata={"a": None, "c": True})
    changed = users.update_user(app.app_id, ada, body).user
    assert changed.profile.to_dict() == {"givenName": "Ada", "email": "ada@example.org", "locale": "en"}
    assert changed.metadata == {"b": 2, "c": True}
    assert users.update_user(app.app_id, ada, s.UserUpdateBody(metadata=None)).user.metadata == {}
    assert users.update_user(app.app_id, ada, {"profile": {"given_name": None}}).user.profile.given_name is None
    assert users.get_user(app.app_id, ada).user.profile.email == "ada@example.org"


def test_none_set_later_takes_away_too(app: Caller, api_client: s.ApiClient):
    conversations = s.ConversationsApi(api_client)
    made = app.conversation(displayName="Support", description="All of it", iconUrl="https://example.org/i")
    body = s.ConversationUpdateBody()
    body.description = None
    changed = conversations.update_conversation(app.app_id, made, body).conversation
    assert (changed.display_name, changed.description, changed.icon_url) == ("Support", None, "https://example.org/i")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (s.ConversationUpdateBody(), {}),
        (s.ConversationUpdateBody(display_name=None), {"displayName": None}),
        (s.ConversationUpdateBody(displayName=None), {"displayName": None}),
        # In the place of a positional argument None is only a gap that was filled.
        (s.ConversationUpdateBody(None, "All of it", None), {"description": "All of it"}),
        (s.ConversationUpdateBody.from_dict({"iconUrl": None}), {"iconUrl": None}),
        (s.UserUpdateBody(profile=s.Profile(surname=None)), {"profile": {"surname": None}}),
        (s.UserUpdateBody(profile={"surname": None}), {"profile": {"surname": None}}),
        # No release took a whole profile away for None, nor the day of signing up; who says so in a dict is heard.
        (s.UserUpdateBody(profile=None, signed_up_at=None, metadata=None), {"metadata": None}),
        (s.UserUpdateBody.from_dict({"profile": None}), {"profile": None}),
        (
            s.SwitchboardIntegrationUpdateBody(next_switchboard_integration_id=None),
            {"nextSwitchboardIntegrationId": None},
        ),
        # Where the API knows no null, None says nothing.
        (s.AppUpdateBody(display_name=None, settings=None, metadata=None), {"metadata": None}),
        (s.AppSettings(echo_postback=None), {}),
        (s.WebhookBody(target=None, include_full_user=False), {"includeFullUser": False}),
        (s.ConversationCreateBody(type="sdkGroup", display_name=None), {"type": "sdkGroup"}),
        (s.MessagePost(author=s.Author("business"), content=s.TextMessage(text="a"), metadata=None), None),
        # What is changed of an integration, as its type has it, wrapped, or flat.
        (s.WebUpdate(button_icon_url=None, brand_color="fff"), {"buttonIconUrl": None, "brandColor": "fff"}),
        (s.IntegrationUpdate(s.WebUpdate(button_icon_url=None)), {"buttonIconUrl": None}),
        (s.IntegrationUpdate(button_icon_url=None), {"buttonIconUrl": None}),
        (
            s.IntegrationUpdate("Support", None, fixed_intro_pane=True),
            {"displayName": "Support", "fixedIntroPane": True},
        ),
    ],
)
def test_what_goes_out(body: Any, said: dict[str, Any] | None):
    if said is None:
        said = {"author": {"type": "business"}, "content": {"type": "text", "text": "a"}}
    assert body.to_dict() == said
    assert json.loads(body.to_json()) == said
    assert s.ApiClient(s.Configuration()).sanitize_for_serialization(body) == said
    assert type(body).from_dict(body.to_dict()).to_dict() == said
    assert None not in body.model_dump(by_alias=True, exclude_none=True).values()


def test_limits_hold_for_what_changes():
    for make in (
        lambda: s.ConversationUpdateBody(display_name=""),
        lambda: s.UserUpdateBody(profile=s.Profile(given_name="x" * 129)),
        lambda: s.SwitchboardIntegrationUpdateBody(message_history_count=11),
        lambda: s.WebUpdate(brand_color="orange"),
    ):
        with pytest.raises(ValueError):
            make()


def test_a_filter_is_a_model_or_a_dict_in_either_case(app: Caller, api_client: s.ApiClient, ada: str):
    conversations, users = s.ConversationsApi(api_client), s.UsersApi(api_client)
    room = app.conversation(ada)
    for who in (s.ConversationListFilter(user_id=ada), {"user_id": ada}, {"userId": ada}, {"user_external_id": "ada"}):
        found = conversations.list_conversations(app.app_id, who, page={"size": 1}).conversations
        assert [each.id for each in found] == [room]
    for email in (s.UserListFilter(identities_email="ADA@example.org"), {"identities.email": "ada@example.org"}):
        assert [each.id for each in users.list_users(app.app_id, email).users] == [ada]
    with pytest.raises(s.exceptions.BadRequestException):
        conversations.list_conversations(app.app_id, s.ConversationListFilter())
    with pytest.raises(s.exceptions.NotFoundException):
        conversations.list_conversations(app.app_id, {"userExternalId": "nobody"})


def test_a_body_that_may_be_left_out(app: Caller, api_client: s.ApiClient, account: Caller):
    room, actions = app.conversation(), s.SwitchboardActionsApi(api_client)
    boards = s.SwitchboardsApi(api_client)
    with pytest.raises(s.exceptions.NotFoundException):
        actions.release_control(app.app_id, room)
    board = boards.create_switchboard(app.app_id).switchboard
    place = s.SwitchboardIntegrationCreateBody(name="desk", integration_type="zd:agentWorkspace")
    desk = s.SwitchboardIntegrationsApi(api_client).create_switchboard_integration(app.app_id, board.id, place)
    on = s.SwitchboardUpdateBody(True, desk.switchboard_integration.id)
    assert boards.update_switchboard(app.app_id, board.id, on).switchboard.enabled is True
    actions.pass_control(app.app_id, room, {"switchboard_integration": "desk"})
    found = s.ConversationsApi(api_client).get_conversation(app.app_id, room).conversation
    assert isinstance(found.active_switchboard_integration, s.SwitchboardIntegrationWebhook)
    assert found.active_switchboard_integration.name == "desk"
    assert actions.release_control(app.app_id, room) == {}
    assert actions.release_control(app.app_id, room, None) == {}
