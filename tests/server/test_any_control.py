"""Any story of control, told by anyone, two at a time: each pair leads where one order of the two would.

The model below knows the rules by heart, in sentences of its own; the server reads them from a table.
"""

from __future__ import annotations

import asyncio
import base64
import tempfile
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st

from tests.inside import Clock, Inside, inside

HOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
# name -> (the integration behind it, who is next)
PLACES = {"agents": ("", ""), "bot": ("one", "agents"), "sales": ("two", "bot"), "night": ("one", "sales")}
DEFAULT = "bot"
CALLERS = ("app", "one", "two", "three")
REFERENCES = (*PLACES, "next", "zd:agentWorkspace", "custom", "unknown")
ACT = st.one_of(
    st.tuples(st.sampled_from(["pass", "offer"]), st.sampled_from(CALLERS), st.sampled_from(REFERENCES)),
    st.tuples(st.sampled_from(["accept", "release"]), st.sampled_from(CALLERS), st.just("")),
    st.just(("say", "app", "")),
)
Act = tuple[str, str, str]


@dataclass(frozen=True)
class Model:
    """Who has a conversation, and who is offered it."""

    active: str = ""
    pending: str = ""

    def after(self, act: Act) -> tuple[int, Model]:
        what, caller, reference = act
        if what == "say":
            return (201, self) if self.active else (201, replace(self, active=DEFAULT))
        pending = "" if self.pending == self.active else self.pending
        own = [name for name, (behind, _) in PLACES.items() if behind == caller]
        if what == "accept":
            if not pending:
                return 400, self
            return (200, Model(pending)) if caller == "app" or pending in own else (403, self)
        if what == "release":
            return (200, Model()) if caller == "app" or self.active in own else (403, self)
        if reference == "custom":
            return 400, self
        speaker = self.active
        if reference == "next":
            if caller != "app" and speaker not in own:
                if own and what == "pass":
                    return 200, self
                speaker = own[0] if own else ""
            target = PLACES[speaker][1] if speaker else ""
        else:
            target = {"zd:agentWorkspace": "agents", "unknown": ""}.get(reference, reference)
        if not target:
            return 404, self
        if target == self.active:
            return (200, self) if what == "pass" else (400, self)
        return 200, (Model(target) if what == "pass" else replace(self, pending=target))

    def outcomes(self, acts: tuple[Act, ...]) -> list[tuple[dict[int, int], Model]]:
        """What may come of acts that are done at once: the status of each, and where they lead."""
        found = []
        for order in permutations(range(len(acts))):
            model, statuses = self, {}
            for number in order:
                statuses[number], model = model.after(acts[number])
            found.append((statuses, model.seen()))
        return found

    def seen(self) -> Model:
        return Model(self.active, "" if self.pending == self.active else self.pending)


class Callers:
    """Those who act, by name."""

    def __init__(self, server: Inside) -> None:
        self.server = server
        self.known = {"app": server}

    async def begin(self) -> None:
        app = f"/v2/apps/{self.server.app_id}"
        done = self.server.done
        behind = {"": {"integrationType": "zd:agentWorkspace"}}
        for name in CALLERS[1:]:
            body = {"type": "custom", "displayName": name, "webhooks": [HOOK]}
            integration = (await done("POST", f"{app}/integrations", body))["integration"]["id"]
            key = (await done("POST", f"{app}/integrations/{integration}/keys", {"displayName": name}))["key"]
            basic = base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()
            self.known[name] = replace(self.server, authorization=f"Basic {basic}")
            behind[name] = {"integrationId": integration}
        board = f"{app}/switchboards/{(await done('POST', f'{app}/switchboards'))['switchboard']['id']}"
        ids: dict[str, str] = {}
        for name, (integration, next_name) in PLACES.items():
            body = {"name": name, **behind[integration], "nextSwitchboardIntegrationId": ids.get(next_name)}
            made = await done("POST", f"{board}/switchboardIntegrations", body)
            ids[name] = made["switchboardIntegration"]["id"]
        await done("PATCH", board, {"enabled": True, "defaultSwitchboardIntegrationId": ids[DEFAULT]})

    async def act(self, messages: str, act: Act) -> int:
        what, caller, reference = act
        conversation = messages.removesuffix("/messages")
        if what == "say":
            body: Any = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}
            return (await self.server.ask("POST", messages, body))[0]
        body = {"switchboardIntegration": reference} if reference else {}
        status, answer = await self.known[caller].ask("POST", f"{conversation}/{what}Control", body)
        assert status != 200 or answer == {}
        return status

    async def state(self, messages: str) -> Model:
        said = (await self.server.done("GET", messages.removesuffix("/messages")))["conversation"]
        active, pending = (said.get(f"{word}SwitchboardIntegration", {}) for word in ("active", "pending"))
        return Model(active.get("name", ""), pending.get("name", "")).seen()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ACT, ACT) | st.tuples(ACT), min_size=1, max_size=12))
def test_any_story_of_control_leads_where_one_order_of_it_would(story: list[tuple[Act, ...]]) -> None:
    async def tell() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with inside(Path(folder), Clock()) as server:
                callers = Callers(server)
                await callers.begin()
                messages, beside = await server.conversation(), await server.conversation()
                model = Model(DEFAULT)
                for acts in story:
                    statuses = dict(enumerate(await asyncio.gather(*[callers.act(messages, act) for act in acts])))
                    seen = await callers.state(messages)
                    may = model.outcomes(acts)
                    assert (statuses, seen) in may, (model, acts)
                    model = seen
                    assert not seen.active or seen.active != seen.pending
                assert await callers.state(beside) == Model(DEFAULT)  # what is done to one is done to no other

    asyncio.run(tell())
