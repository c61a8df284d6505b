"""Integrations: made and changed in the words of either dialect, and read as the kind that they are."""

import json
import pickle

import pytest

import sunshine_conversations_client as s
from tests.dropin.test_refusals import Fixed, answer
from tests.live import Caller

HOOK = {"target": "http://127.0.0.1:9/hook", "triggers": ["conversation:message"]}
STRANGE = {"id": "p", "type": "pigeon", "status": "active", "displayName": "Loft", "wingSpan": 0.7}


@pytest.fixture
def integrations(api_client: s.ApiClient) -> s.IntegrationsApi:
    return s.IntegrationsApi(api_client)


@pytest.mark.parametrize(
    "body",
    [
        s.Custom(webhooks=[s.Webhook(target=HOOK["target"], triggers=HOOK["triggers"])], display_name="bot"),
        s.Custom("custom", [s.WebhookCreateBody(**HOOK)], display_name="bot"),
        s.Custom(webhooks=[HOOK], displayName="bot"),
        {"type": "custom", "display_name": "bot", "webhooks": [HOOK]},
    ],
)
def test_a_custom_integration(app: Caller, integrations: s.IntegrationsApi, body):
    made = integrations.create_integration(app.app_id, body).integration
    assert isinstance(made, s.Custom)
    assert isinstance(made, s.Integration)
    assert (made.type, made.status, made.display_name) == ("custom", s.Status.ACTIVE, "bot")
    assert isinstance(made.webhooks[0], s.Webhook)
    assert len(made.webhooks[0].secret) >= 32
    assert made.to_dict() == app.get(f"{app.app}/integrations/{made.id}").json["integration"]
    assert pickle.loads(pickle.dumps(made)) == made


def test_each_is_read_as_its_kind(app: Caller, integrations: s.IntegrationsApi):
    integrations.create_integration(app.app_id, s.Web(brand_color="ff8800", prechat_capture={"enabled": True}))
    integrations.create_integration(app.app_id, s.Twilio(account_sid="AC1", auth_token="t", phone_number_sid="PN1"))
    integrations.create_integration(app.app_id, s.Custom(webhooks=[HOOK]))
    web, twilio, custom = integrations.list_integrations(app.app_id).integrations
    assert [type(each) for each in (web, twilio, custom)] == [s.Web, s.Twilio, s.Custom]
    assert (web.brand_color, web.prechat_capture.enabled, web.attachments_enabled) == ("ff8800", True, True)
    assert (twilio.account_sid, twilio.auth_token, twilio.status) == ("AC1", None, s.Status.INACTIVE)
    only = {"types": "web,custom"}
    assert [each.type for each in integrations.list_integrations(app.app_id, filter=only).integrations] == [
        "web",
        "custom",
    ]


@pytest.mark.parametrize(
    "body",
    [
        s.IntegrationUpdate(s.WebUpdate(brand_color="00ff00")),
        s.IntegrationUpdate(brand_color="00ff00"),
        s.WebUpdate(brand_color="00ff00"),
        {"brand_color": "00ff00"},
    ],
)
def test_a_change(app: Caller, integrations: s.IntegrationsApi, body):
    web = integrations.create_integration(app.app_id, s.Web(business_name="Ours")).integration.id
    changed = integrations.update_integration(app.app_id, web, body).integration
    assert (changed.brand_color, changed.business_name) == ("00ff00", "Ours")


def test_what_an_update_holds():
    assert isinstance(s.IntegrationUpdate(s.IosUpdate(production=True)).actual_instance, s.IosUpdate)
    assert isinstance(s.IntegrationUpdate(brand_color="fff", display_name="x").actual_instance, s.WebUpdate)
    assert s.IntegrationUpdate().actual_instance is None
    assert s.IntegrationUpdate.one_of_schemas >= {"AndroidUpdate", "MessageBirdUpdate", "WhatsAppUpdate"}


def test_what_an_integration_needs():
    for make in (s.Custom, s.Apple, lambda: s.Twitter(tier="enterprise"), lambda: s.Web(display_style="round")):
        with pytest.raises(ValueError):
            make()
    # Credentials that can be null are said to be so.
    assert s.Telegram(token=None).to_dict() == {"type": "telegram", "token": None}


def test_one_of_a_kind_that_is_not_known_does_not_cost_the_page():
    known = {"id": "w", "type": "web", "status": "active", "brandColor": "fff", "newThing": [1]}
    page = {"integrations": [STRANGE, known, {"id": "n"}], "meta": {"hasMore": False}}
    server = Fixed(answer("200 OK", json.dumps(page), "Content-Type: application/json"))
    try:
        read = s.IntegrationsApi(s.ApiClient(s.Configuration(host=server.url))).list_integrations("a")
    finally:
        server.close()
    pigeon, web, nameless = read.integrations
    assert (type(pigeon), type(web), type(nameless)) == (s.Integration, s.Web, s.Integration)
    assert (pigeon.id, pigeon.type, pigeon.display_name, pigeon.wing_span) == ("p", "pigeon", "Loft", 0.7)
    assert (web.brand_color, web.new_thing) == ("fff", [1])
    assert read.to_dict() == page


def test_from_dict_makes_the_kind():
    assert type(s.Integration.from_dict({"type": "web", "brand_color": "fff"})) is s.Web
    assert type(s.Web.from_dict({"type": "android"})) is s.Web
    assert s.Integration.from_dict(STRANGE).to_dict() == STRANGE
    assert s.Integration("i", "web", "active", "Ours").to_dict() == {
        "id": "i",
        "type": "web",
        "status": "active",
        "displayName": "Ours",
    }


def test_keys_and_webhooks(app: Caller, api_client: s.ApiClient, integrations: s.IntegrationsApi):
    bot = integrations.create_integration(app.app_id, s.Custom(webhooks=[HOOK])).integration.id
    keys, hooks = s.CustomIntegrationApiKeysApi(api_client), s.WebhooksApi(api_client)
    key = keys.create_custom_integration_key(app.app_id, bot, s.IntegrationApiKey("new")).key
    assert isinstance(key, s.ApiKey)
    assert [each.id for each in keys.list_custom_integration_keys(app.app_id, bot).keys] == [key.id]
    with s.ApiClient(s.Configuration(host=app.url, username=key.id, password=key.secret)) as client:
        theirs = s.WebhooksApi(client)
        made = theirs.create_webhook(app.app_id, "me", s.WebhookCreateBody(**HOOK)).webhook
        changed = theirs.update_webhook(app.app_id, "me", made.id, s.WebhookBody(triggers=["user:merge"])).webhook
        assert (changed.target, changed.triggers) == (HOOK["target"], ["user:merge"])
    assert len(hooks.list_webhooks(app.app_id, bot).webhooks) == 2
    # A word that came after this version is the server's to judge.
    with pytest.raises(s.exceptions.BadRequestException):
        hooks.create_webhook(app.app_id, bot, s.WebhookCreateBody(target=HOOK["target"], triggers=["moon:rise"]))
