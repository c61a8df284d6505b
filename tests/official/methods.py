"""One line a method of the official client 17.0.1: a call that is granted, and one that is refused.

The lines are Python, run in the client's own process: `here` holds ids, `given` things that are used up.
A method whose success is a refusal, because only the hosted service can do it, says so in the first place.
"""

from __future__ import annotations

from typing import NamedTuple

# Runs first, wherever the lines run. `clients` is by who asks: with the app's key, the account's, a partner's token.
PRELUDE = """
import re
from types import SimpleNamespace
import sunshine_conversations_client as s
from sunshine_conversations_client import *

clients, last = {{}}, []
def watched(client):
    real = client.call_api
    def call_api(*args, **kwargs):
        last[:] = [real(*args, **kwargs)]
        return last[0]
    client.call_api = call_api
    return client
def let_in(token):
    return watched(s.ApiClient(s.Configuration(host={url!r}, access_token=token)))
for who, (name, secret) in {credentials!r}.items():
    clients[who] = watched(s.ApiClient(s.Configuration(host={url!r}, username=name, password=secret)))
clients["nobody"] = watched(s.ApiClient(s.Configuration(host={url!r})))
def api(name, who="app"):
    return getattr(s, name)(clients[who])
here = SimpleNamespace(**{things!r})
a, c, u, N = here.appId, here.conversationId, here.userId, "0" * 24

def text(said="Hello"):
    return MessagePost(author=Author(type="business"), content=Content(TextMessage(type="text", text=said)))
def hook():
    return Webhook(target="http://127.0.0.1:9/hook", triggers=["conversation:message"])
def custom():
    return api("IntegrationsApi").create_integration(a, Custom(webhooks=[hook()])).integration
def event(name):
    return MetaConversionEvent(payload=MetaConversionEventPayload(data=[{{"event_name": name}}]))
def sms(number):
    return ClientCreate(
        match_criteria=MatchCriteria(
            MatchCriteriaTwilio(type="twilio", integration_id=here.channelId, phone_number=number)),
        confirmation=Confirmation(type="immediate"),
        target=Target(conversation_id=here.defaultConversationId))
def apple(owner):
    keys = DownloadMessageRefBodyAllOfAppleInteractiveDataRef(url="u", bid="b", key="k", signature="s", owner="o")
    return DownloadMessageRefBody(user_id=owner, apple=DownloadMessageRefBodyAllOfApple(interactive_data_ref=keys))
def person(**more):
    given.number += 1
    return api("UsersApi").create_user(a, UserCreateBody(external_id=f"given-{{given.number}}", **more)).user
def room(*users):
    who = [ParticipantSubSchema(ParticipantWithUserId(user_id=each)) for each in users]
    return api("ConversationsApi").create_conversation(
        a, ConversationCreateBody(type="sdkGroup", participants=who)).conversation.id
def app():
    return api("AppsApi", "account").create_app(AppCreateBody(display_name="given")).app.id
def board():
    fresh = app()
    return fresh, api("SwitchboardsApi", "account").create_switchboard(fresh).switchboard.id
def place(name):
    body = SwitchboardIntegrationCreateBody(name=name, integration_type="zd:agentWorkspace")
    return api("SwitchboardIntegrationsApi").create_switchboard_integration(
        a, here.switchboardId, body).switchboard_integration.id
def upload(name="a.txt"):
    return api("AttachmentsApi").upload_attachment(a, "public", (name, b"abc")).attachment.media_url
def token(code):
    return GetTokenRequest(code=code, grant_type="authorization_code", client_id=here.partnerId,
                           client_secret=here.partnerSecret)
given = SimpleNamespace(number=0)
"""

ANSWER = """
last.clear()
try:
    value = {call}
    status = last[0].status if last else clients[{who!r}].last_response.status
    answer = [status, type(value).__name__, ""]
except s.ApiException as refused:
    found = re.search('"code": ?"([a-z_]+)"', refused.body or "")
    answer = [refused.status, type(refused).__name__, found[1] if found else ""]
"""


class Line(NamedTuple):
    api: str
    method: str
    granted: str  # its arguments
    refused: str  # its arguments
    status: int  # of what is refused
    first: str = ""  # what is done before
    who: str = "app"  # whose credentials go with what is granted
    other: str = ""  # ... and with what is refused, where these are others
    only_there: str = ""  # why success is a refusal here: the code of it

    def codes(self) -> tuple[str, str]:
        """What runs: for what is granted, and for what is refused."""
        granted, refused = (self.granted, self.who), (self.refused, self.other or self.who)
        return self._code(*granted), self._code(*refused)

    def _code(self, said: str, who: str) -> str:
        return ANSWER.format(call=f"api({self.api!r}, {who!r}).{self.method}({said})", who=who)


# fmt: off
LINES = (
    # apps and their keys
    Line("AppsApi", "create_app", "AppCreateBody(display_name='new')", "AppCreateBody(display_name='new')", 403,
         who="account", other="app"),
    Line("AppsApi", "list_apps", "page=Page(size=1)", "filter=AppListFilter(service_account_id='x')", 403,
         who="account"),
    Line("AppsApi", "get_app", "a", "N", 403),
    Line("AppsApi", "update_app", "a, AppUpdateBody(settings=AppSettings(echo_postback=True))",
         "N, AppUpdateBody(display_name='new')", 404, who="account"),
    Line("AppsApi", "delete_app", "given.app", "N", 404, who="account", first="given.app = app()"),
    Line("AppKeysApi", "create_app_key", "a, AppKeyCreateBody(display_name='new')",
         "N, AppKeyCreateBody(display_name='new')", 404, who="account"),
    Line("AppKeysApi", "list_app_keys", "a", "a", 403, who="account", other="app"),
    Line("AppKeysApi", "get_app_key", "a, here.keyId", "a, 'app_nothing'", 404, who="account"),
    Line("AppKeysApi", "delete_app_key", "a, given.key", "a, given.key", 404, who="account",
         first="given.key = api('AppKeysApi', 'account').create_app_key(a, AppKeyCreateBody(display_name='x')).key.id"),
    # integrations, their keys and webhooks
    Line("IntegrationsApi", "create_integration", "a, Web(brand_color='ff8800')",
         "a, Web(default_responder_id='nobody')", 400),
    Line("IntegrationsApi", "list_integrations", "a, filter=IntegrationListFilter(types='custom')",
         "a, filter=IntegrationListFilter(types='pigeon')", 400),
    Line("IntegrationsApi", "get_integration", "a, here.integrationId", "a, N", 404),
    Line("IntegrationsApi", "update_integration",
         "a, here.integrationId, IntegrationUpdate(CustomUpdate(display_name='changed'))",
         "a, N, IntegrationUpdate(CustomUpdate(display_name='changed'))", 404),
    Line("IntegrationsApi", "delete_integration", "a, given.integration", "a, given.integration", 404,
         first="given.integration = custom().id"),
    Line("CustomIntegrationApiKeysApi", "create_custom_integration_key",
         "a, here.integrationId, IntegrationApiKey(display_name='new')",
         "a, here.channelId, IntegrationApiKey(display_name='new')", 400),
    Line("CustomIntegrationApiKeysApi", "list_custom_integration_keys", "a, here.integrationId", "a, N", 404),
    Line("CustomIntegrationApiKeysApi", "get_custom_integration_key", "a, here.integrationId, here.integrationKeyId",
         "a, here.integrationId, 'int_nothing'", 404),
    Line("CustomIntegrationApiKeysApi", "delete_custom_integration_key", "a, here.integrationId, given.key",
         "a, here.integrationId, given.key", 404,
         first="given.key = api('CustomIntegrationApiKeysApi').create_custom_integration_key("
               "a, here.integrationId, IntegrationApiKey(display_name='x')).key.id"),
    Line("WebhooksApi", "create_webhook",
         "a, here.integrationId, WebhookCreateBody(target='https://example.org/', triggers=['user:merge'])",
         "a, here.integrationId, WebhookCreateBody(target='https://example.org/', triggers=['unheard:of'])", 400),
    Line("WebhooksApi", "list_webhooks", "a, here.integrationId", "a, N", 404),
    Line("WebhooksApi", "get_webhook", "a, here.integrationId, here.webhookId", "a, here.integrationId, N", 404),
    Line("WebhooksApi", "update_webhook", "a, here.integrationId, here.webhookId, WebhookBody(include_full_user=True)",
         "a, here.integrationId, here.webhookId, WebhookBody(target='nowhere')", 400),
    Line("WebhooksApi", "delete_webhook", "a, here.integrationId, given.webhook",
         "a, here.integrationId, given.webhook", 404,
         first="given.webhook = api('WebhooksApi').create_webhook(a, here.integrationId, "
               "WebhookCreateBody(target='https://example.org/', triggers=['user:merge'])).webhook.id"),
    # users
    Line("UsersApi", "create_user", "a, UserCreateBody(external_id='new', profile=Profile(given_name='Ada'))",
         "a, UserCreateBody(external_id='new')", 409),
    Line("UsersApi", "get_user", "a, here.externalId", "a, 'nobody'", 404),
    Line("UsersApi", "update_user", "a, u, UserUpdateBody(profile=Profile(surname=None), metadata={'paid': True})",
         "a, u, UserUpdateBody(metadata={'a': 'x' * 5000})", 400),
    Line("UsersApi", "delete_user", "a, given.user", "a, given.user", 404, first="given.user = person().id"),
    Line("UsersApi", "delete_user_personal_information", "a, given.user", "a, 'nobody'", 404,
         first="given.user = person(profile=Profile(given_name='Ada')).id"),
    Line("UsersApi", "sync_user", "a, here.zendeskId, SyncUserBody(surviving_zendesk_id='2')",
         "a, 'nobody', SyncUserBody(surviving_zendesk_id='2')", 404, only_there="user_not_found"),
    Line("ClientsApi", "create_client", "a, u, sms('+12125550123')", "a, u, sms('not a number')", 400),
    Line("ClientsApi", "list_clients", "a, u, page=Page(size=1)", "a, 'nobody'", 404),
    Line("ClientsApi", "remove_client", "a, u, given.client", "a, u, given.client", 404,
         first="given.client = api('ClientsApi').create_client(a, u, sms('+12125550199')).client.id"),
    Line("DevicesApi", "list_devices", "a, u", "a, 'nobody'", 404),
    Line("DevicesApi", "get_device", "a, u, here.deviceId", "a, u, 'f' * 24", 404),
    # conversations
    Line("ConversationsApi", "create_conversation",
         "a, ConversationCreateBody(type='personal', participants=["
         "ParticipantSubSchema(ParticipantWithUserExternalId(user_external_id=here.externalId))])",
         "a, ConversationCreateBody(type='personal')", 400),
    Line("ConversationsApi", "list_conversations", "a, ConversationListFilter(user_id=u), page=Page(size=1)",
         "a, ConversationListFilter()", 400),
    Line("ConversationsApi", "get_conversation", "a, c", "a, N", 404),
    Line("ConversationsApi", "update_conversation", "a, c, ConversationUpdateBody(display_name='x', icon_url=None)",
         "a, N, ConversationUpdateBody(display_name='x')", 404),
    Line("ConversationsApi", "delete_conversation", "a, given.room", "a, given.room", 404, first="given.room = room()"),
    Line("ConversationsApi", "download_message_ref", "a, c, apple(u)", "a, c, apple(N)", 404,
         only_there="not_supported"),
    Line("ConversationsApi", "post_conversion_events",
         "a, c, ConversionEventsBody(InstagramConversionEventsBody(instagram=event('Purchase')))",
         "a, N, ConversionEventsBody(InstagramConversionEventsBody(instagram=event('Purchase')))", 404,
         only_there="not_supported"),
    Line("ParticipantsApi", "join_conversation", "a, given.room, ParticipantJoinBody(user_id=u)",
         "a, given.room, ParticipantJoinBody(user_id=N)", 404, first="given.room = room()"),
    Line("ParticipantsApi", "list_participants", "a, c, page=Page(size=1)", "a, N", 404),
    Line("ParticipantsApi", "leave_conversation",
         "a, given.room, ParticipantLeaveBody(ParticipantLeaveBodyUserId(user_id=u))",
         "a, N, ParticipantLeaveBody(ParticipantLeaveBodyUserId(user_id=u))", 404, first="given.room = room(u)"),
    Line("ActivitiesApi", "post_activity", "a, c, ActivityPost(type='typing:start', author=Author(type='business'))",
         "a, N, ActivityPost(type='typing:start', author=Author(type='business'))", 404),
    # messages and files
    Line("MessagesApi", "post_message", "a, c, text()", "a, N, text()", 404),
    Line("MessagesApi", "list_messages", "a, c", "a, N", 404),
    Line("MessagesApi", "delete_message", "a, c, given.message", "a, c, given.message", 404,
         first="given.message = api('MessagesApi').post_message(a, c, text()).messages[0].id"),
    Line("MessagesApi", "delete_all_messages", "a, given.room", "a, N", 404, first="given.room = room()"),
    Line("AttachmentsApi", "upload_attachment", "a, 'public', ('a.txt', b'abc'), var_for='message', conversation_id=c",
         "a, 'public', ('a.exe', b'abc')", 415),
    Line("AttachmentsApi", "delete_attachment", "a, AttachmentDeleteBody(media_url=given.url)",
         "a, AttachmentDeleteBody(media_url='https://example.org/a.txt')", 400, first="given.url = upload()"),
    # switchboards and control
    Line("SwitchboardsApi", "create_switchboard", "given.app", "a", 400, who="account", first="given.app = app()"),
    Line("SwitchboardsApi", "list_switchboards", "a", "N", 403),
    Line("SwitchboardsApi", "update_switchboard", "a, here.switchboardId, SwitchboardUpdateBody(enabled=True)",
         "a, N, SwitchboardUpdateBody(enabled=True)", 404),
    Line("SwitchboardsApi", "delete_switchboard", "*given.board", "*given.board", 404, who="account",
         first="given.board = board()"),
    Line("SwitchboardIntegrationsApi", "create_switchboard_integration",
         "a, here.switchboardId, SwitchboardIntegrationCreateBody(name='new', integration_type='zd:answerBot')",
         "a, here.switchboardId, SwitchboardIntegrationCreateBody(name='x', integration_id=N)", 404),
    Line("SwitchboardIntegrationsApi", "list_switchboard_integrations", "a, here.switchboardId", "a, N", 404),
    Line("SwitchboardIntegrationsApi", "update_switchboard_integration",
         "a, here.switchboardId, here.switchboardIntegrationId, "
         "SwitchboardIntegrationUpdateBody(message_history_count=3)",
         "a, here.switchboardId, N, SwitchboardIntegrationUpdateBody(message_history_count=3)", 404),
    Line("SwitchboardIntegrationsApi", "delete_switchboard_integration", "a, here.switchboardId, given.place",
         "a, here.switchboardId, given.place", 404, first="given.place = place('gone')"),
    Line("SwitchboardActionsApi", "pass_control", "a, given.room, PassControlBody(switchboard_integration='desk')",
         "a, given.room, PassControlBody(switchboard_integration='nobody')", 404, first="given.room = room()"),
    Line("SwitchboardActionsApi", "offer_control", "a, given.room, OfferControlBody(switchboard_integration='desk')",
         "a, given.room, OfferControlBody(switchboard_integration='nobody')", 404, first="given.room = room()"),
    Line("SwitchboardActionsApi", "accept_control", "a, given.room, AcceptControlBody(metadata={'ticket': 7})",
         "a, given.room, AcceptControlBody()", 400,
         first="given.room = room(); api('SwitchboardActionsApi').offer_control("
               "a, given.room, OfferControlBody(switchboard_integration='desk'))"),
    Line("SwitchboardActionsApi", "release_control", "a, given.room, ReleaseControlBody(reason='ticketClosed')",
         "a, N, ReleaseControlBody()", 404, first="given.room = room()"),
    # OAuth
    Line("OAuthEndpointsApi", "authorize", "here.partnerId, 'code', state='s'", "'nobody', 'code'", 400),
    Line("OAuthEndpointsApi", "get_token", "token(here.code)", "token(here.code)", 400),
    # The specification says that it needs no credentials, so the official client sends none unless it is made to.
    Line("OAuthEndpointsApi", "get_token_info", "_headers={'Authorization': f'Bearer {given.token}'}", "", 401,
         who="partner", other="nobody",
         first="given.token = api('OAuthEndpointsApi').get_token(token(here.other_code)).access_token\n"
               "clients['partner'] = let_in(given.token)"),
    Line("OAuthEndpointsApi", "revoke_access", "", "", 401, who="partner", other="nobody"),
)
# fmt: on
