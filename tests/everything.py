"""An app with one of everything the API knows, made through the API; and a request for each operation on it.

things = everything(ask)             ask(method, path, body) -> the JSON of an answer, or it raises
things["conversationId"]             ids, by the names that paths and bodies have for them
request("GetConversation", things)   -> (method, path, body)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from parhelion.operations import Declared, operations
from parhelion.operations._operation import wire_name
from parhelion.server import rows
from parhelion.server.ports import Write

Ask = Callable[[str, str, Any], Any]
Things = dict[str, str]
BOUNDARY = "edge"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
TABLE: dict[str, Declared[Any]] = {each.operation_id: each for each in operations()}
HOOK = {"target": "http://127.0.0.1:9/hook", "triggers": ["conversation:message"]}
_numbers = count(1)


def upload(data: bytes = b"hello", name: str = "hello.txt") -> bytes:
    """A multipart body with one file."""
    head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="source"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def everything(ask: Ask, name: str = "everything") -> Things:
    """A new app, full. Made with an account's key."""
    number = next(_numbers)
    app = ask("POST", "/v2/apps", {"displayName": name})["app"]["id"]
    here = f"/v2/apps/{app}"
    key = ask("POST", f"{here}/keys", {"displayName": "a key"})["key"]
    custom = ask("POST", f"{here}/integrations", {"type": "custom", "displayName": "bot", "webhooks": [HOOK]})
    bot = custom["integration"]["id"]
    bot_key = ask("POST", f"{here}/integrations/{bot}/keys", {"displayName": "bot"})["key"]
    twilio = {"type": "twilio", "accountSid": "AC1", "authToken": "token", "phoneNumberSid": "PN1"}
    sms = ask("POST", f"{here}/integrations", twilio)["integration"]["id"]

    profile = {"givenName": "Ada", "email": "ada@example.org"}
    person = {"externalId": f"ada-{number}", "profile": profile}
    user = ask("POST", f"{here}/users", person)["user"]["id"]
    other = ask("POST", f"{here}/users", {"externalId": f"ben-{number}"})["user"]["id"]
    personal = {"type": "personal", "participants": [{"userId": user, "subscribeSDKClient": True}]}
    default = ask("POST", f"{here}/conversations", personal)["conversation"]["id"]
    group = ask("POST", f"{here}/conversations", {"type": "sdkGroup"})["conversation"]["id"]
    joined = ask("POST", f"{here}/conversations/{group}/join", {"userId": user})["participant"]["id"]
    criteria = {"type": "twilio", "integrationId": sms, "phoneNumber": "+12125552368"}
    linking = {
        "matchCriteria": criteria,
        "confirmation": {"type": "immediate"},
        "target": {"conversationId": default},
    }
    client = ask("POST", f"{here}/users/{user}/clients", linking)["client"]["id"]

    board = ask("POST", f"{here}/switchboards", None)["switchboard"]["id"]
    desks = f"{here}/switchboards/{board}/switchboardIntegrations"
    first = ask("POST", desks, {"name": "bot", "integrationId": bot})["switchboardIntegration"]["id"]
    second = ask("POST", desks, {"name": "desk", "integrationType": "zd:agentWorkspace"})["switchboardIntegration"][
        "id"
    ]
    enabled = {"enabled": True, "defaultSwitchboardIntegrationId": first}
    ask("PATCH", f"{here}/switchboards/{board}", enabled)

    shown = ask("POST", f"{here}/attachments?access=public", upload())["attachment"]["mediaUrl"]
    button = {"type": "postback", "text": "Yes", "payload": "yes"}
    buttons = {"type": "text", "text": "Choose", "actions": [button]}
    said = {"author": {"type": "business"}, "content": buttons}
    message = ask("POST", f"{here}/conversations/{group}/messages", said)["messages"][0]["id"]
    ask("POST", f"{here}/conversations/{group}/offerControl", {"switchboardIntegration": second})
    hook = custom["integration"]["webhooks"][0]["id"]
    event = ask("GET", f"/parhelion/v1/apps/{app}/webhooks/{hook}/deliveries", None)["deliveries"][0]["eventId"]
    bare = ask("POST", "/v2/apps", {"displayName": "bare"})["app"]["id"]
    return {
        "appId": app,
        "bareAppId": bare,
        "keyId": key["id"],
        "secret": key["secret"],
        "integrationKeyId": bot_key["id"],
        "integrationSecret": bot_key["secret"],
        "integrationId": bot,
        "channelId": sms,
        "webhookId": hook,
        "eventId": event,
        "userIdOrExternalId": user,
        "userId": user,
        "externalId": f"ada-{number}",
        "otherUserId": other,
        "zendeskId": "1234567890",
        "conversationId": group,
        "defaultConversationId": default,
        "participantId": joined,
        "messageId": message,
        "payload": button["payload"],
        "clientId": client,
        "deviceId": f"{number:024}",
        "switchboardId": board,
        "switchboardIntegrationId": second,
        "activeSwitchboardIntegrationId": first,
        "mediaUrl": shown,
        "email": profile["email"],
    }


def device(things: Things) -> Write:
    """Their device. It cannot be made through the API: devices come with SDKs, or with data that is brought in."""
    body = {"id": things["deviceId"], "type": "web", "status": "active", "clientId": things["clientId"]}
    return rows.devices.create(things["appId"], things["userId"], things["deviceId"], 1, json.dumps(body).encode())


Bodies = dict[str, Callable[[Things], Any]]
BUSINESS = {"type": "business"}
REFERENCE = dict.fromkeys(("url", "bid", "key", "signature", "owner"), "x")
BODIES: Bodies = {
    "CreateApp": lambda _: {"displayName": "new"},
    "UpdateApp": lambda _: {"displayName": "changed"},
    "CreateAppKey": lambda _: {"displayName": "new"},
    "UploadAttachment": lambda _: upload(),
    "DeleteAttachment": lambda things: {"mediaUrl": things["mediaUrl"]},
    "CreateConversation": lambda things: {"type": "sdkGroup", "participants": [{"userId": things["userId"]}]},
    "UpdateConversation": lambda _: {"displayName": "changed"},
    "DownloadMessageRef": lambda things: {
        "userId": things["userId"],
        "apple": {"interactiveDataRef": REFERENCE},
    },
    "PostConversionEvents": lambda _: {"instagram": {"payload": {"data": [{"event_name": "Purchase"}]}}},
    "JoinConversation": lambda things: {"userId": things["otherUserId"]},
    "LeaveConversation": lambda things: {"participantId": things["participantId"]},
    "PostMessage": lambda _: {"author": BUSINESS, "content": {"type": "text", "text": "new"}},
    "PostActivity": lambda _: {"author": BUSINESS, "type": "conversation:read"},
    "PostPostback": lambda things: {
        "author": {"type": "user", "userId": things["userId"]},
        "messageId": things["messageId"],
        "payload": things["payload"],
    },
    "PassControl": lambda things: {"switchboardIntegration": things["switchboardIntegrationId"]},
    "OfferControl": lambda things: {"switchboardIntegration": things["switchboardIntegrationId"]},
    "AcceptControl": lambda _: {},
    "ReleaseControl": lambda _: None,
    "ReplayDeliveries": lambda _: None,
    "SendTestEvent": lambda _: {"trigger": "user:remove"},
    "CreateIntegration": lambda _: {"type": "web"},
    "UpdateIntegration": lambda _: {"displayName": "changed"},
    "CreateCustomIntegrationKey": lambda _: {"displayName": "new"},
    "CreateWebhook": lambda _: HOOK,
    "UpdateWebhook": lambda _: {"target": "http://127.0.0.1:9/changed"},
    "CreateSwitchboard": lambda _: None,
    "UpdateSwitchboard": lambda _: {"enabled": False},
    "CreateSwitchboardIntegration": lambda things: {"name": "new", "integrationId": things["channelId"]},
    "UpdateSwitchboardIntegration": lambda _: {"deliverStandbyEvents": False},
    "CreateUser": lambda _: {"externalId": f"new-{next(_numbers)}"},
    "UpdateUser": lambda _: {"profile": {"surname": "changed"}},
    "SyncUser": lambda _: None,
    "CreateClient": lambda things: {
        "matchCriteria": {"type": "twilio", "integrationId": things["channelId"], "phoneNumber": "+12125550000"},
        "confirmation": {"type": "immediate"},
        "target": {"conversationId": things["defaultConversationId"]},
    },
    "GetToken": lambda things: {
        "grant_type": "authorization_code",
        "code": "wrong",
        "client_id": things["partnerId"],
        "client_secret": things["partnerSecret"],
    },
}
QUERIES: dict[str, Callable[[Things], dict[str, str]]] = {
    "ListConversations": lambda things: {"filter[userId]": things["userId"]},
    "SearchMessages": lambda _: {"query": "choose"},
    "ListUsers": lambda _: {"filter[identities.email]": "ada@example.org"},
    "UploadAttachment": lambda _: {"access": "public"},
    "ExportApp": lambda _: {"after": "nowhere"},  # likewise: what is granted is no JSON but lines
    "ListenEvents": lambda _: {"after": "nowhere"},  # what is granted has no end: this is refused after all rights
    "Authorize": lambda things: {"client_id": things["partnerId"], "response_type": "code"},
}


def request(name: str, things: Things) -> tuple[str, str, Any]:
    """A request that the operation should grant to whom it is open to: method, path with its query, body."""
    operation = TABLE[name]
    path = path_of(operation, things)
    if name in QUERIES:
        path += "?" + urlencode(QUERIES[name](things))
    return operation.method, path, BODIES[name](things) if name in BODIES else None


def path_of(operation: Declared[Any], things: Things) -> str:
    """The path with ids in it."""
    return "/".join(
        quote(things[thing_in(wire_name(part[1:-1]), operation.path)], safe="") if part.startswith("{") else part
        for part in operation.path.split("/")
    )


def thing_in(name: str, path: str) -> str:
    """What a path's parameter is called among the things: `keyId` is that of two kinds of key."""
    return "integrationKeyId" if name == "keyId" and "/integrations/" in path else name
