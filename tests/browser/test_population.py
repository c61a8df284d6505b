"""What pages are shown with is what it says it is."""

from __future__ import annotations

from parhelion import Client, DeliveryListFilter
from parhelion.wire import SendableContent
from tests.browser.population import LEDGER, SHOP, SIGN, Populated
from tests.live import Caller


def test_it_has_content_of_every_type_and_deliveries_in_every_state(app: Caller, populated: Populated) -> None:
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        said = client.messages.list(populated.conversations["ada"]).messages
        assert {type(each.content) for each in said} == set(SendableContent.__args__)
        maria = client.conversations.get(populated.conversations["maria"]).conversation
        assert maria.active_switchboard_integration.name == "bot"
        assert maria.pending_switchboard_integration.name == "agents"
        found = {
            path: {each.state for each in client.deliveries.list(hook.id).deliveries}
            for path, hook in populated.webhooks.items()
        }
        assert (found[LEDGER], found[SIGN]) == ({"pending"}, {"failed"})
        waiting = DeliveryListFilter(state="pending")
        assert client.deliveries.list(populated.webhooks[SHOP].id, filter=waiting).deliveries == []
