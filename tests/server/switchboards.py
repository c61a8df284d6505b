"""A switchboard to test with: a bot and a sales desk that are custom integrations, and agents known by a type alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.live import Answer, Caller

HOOK = {"target": "http://127.0.0.1:9/hook", "triggers": ["conversation:message"]}


def integration(app: Caller, name: str = "bot") -> str:
    """The id of a new custom integration."""
    body = {"type": "custom", "displayName": name, "webhooks": [HOOK]}
    answer = app.post(f"{app.app}/integrations", body)
    assert answer.status == 201, answer
    return str(answer.json["integration"]["id"])


def key_of(app: Caller, integration_id: str) -> Caller:
    """Somebody with the credentials of an integration."""
    answer = app.post(f"{app.app}/integrations/{integration_id}/keys", {"displayName": "test"})
    assert answer.status == 201, answer
    return Caller(app.url, answer.json["key"]["id"], answer.json["key"]["secret"], app.app_id)


def switchboard(app: Caller) -> str:
    """The path of a new switchboard."""
    answer = app.send("POST", f"{app.app}/switchboards")
    assert answer.status == 201, answer
    return f"{app.app}/switchboards/{answer.json['switchboard']['id']}"


def place(app: Caller, board: str, name: str, **body: Any) -> str:
    """The id of a new switchboard integration."""
    body = body if "integrationId" in body else {"integrationType": "zd:agentWorkspace", **body}
    answer = app.post(f"{board}/switchboardIntegrations", {"name": name, **body})
    assert answer.status == 201, answer
    return str(answer.json["switchboardIntegration"]["id"])


def enable(app: Caller, board: str, default: str) -> None:
    body = {"enabled": True, "defaultSwitchboardIntegrationId": default}
    answer = app.send("PATCH", board, body)
    assert answer.status == 200, answer


@dataclass
class Board:
    """An enabled switchboard: bot (the default, whose next is agents), sales (whose next is bot), agents."""

    app: Caller
    path: str
    agents: str
    bot: str
    sales: str
    bot_key: Caller
    sales_key: Caller
    stranger_key: Caller  # of an integration without a place in the switchboard

    def act(self, action: str, conversation: str, body: Any = None, by: Caller | None = None) -> Answer:
        return (by or self.app).send("POST", f"{self.app.app}/conversations/{conversation}/{action}Control", body)

    def done(self, action: str, conversation: str, body: Any = None, by: Caller | None = None) -> None:
        answer = self.act(action, conversation, body, by)
        assert (answer.status, answer.body) == (200, b"{}"), answer

    def state(self, conversation: str) -> tuple[str | None, str | None]:
        """(who is active, who is pending), by name."""
        said = self.app.get(f"{self.app.app}/conversations/{conversation}").json["conversation"]
        active, pending = (said.get(f"{word}SwitchboardIntegration", {}) for word in ("active", "pending"))
        return active.get("name"), pending.get("name")


def board(app: Caller) -> Board:
    path = switchboard(app)
    bot_behind, sales_behind, stranger = (integration(app, name) for name in ("bot", "sales", "stranger"))
    agents = place(app, path, "agents")
    bot = place(app, path, "bot", integrationId=bot_behind, nextSwitchboardIntegrationId=agents)
    sales = place(app, path, "sales", integrationId=sales_behind, nextSwitchboardIntegrationId=bot)
    enable(app, path, bot)
    keys = [key_of(app, each) for each in (bot_behind, sales_behind, stranger)]
    return Board(app, path, agents, bot, sales, *keys)
