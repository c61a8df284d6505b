"""The test kit: a server of your own for your tests, with a clock to move, faults to add, and a receiver of webhooks.

With pytest there is nothing to set up: `pip install 'parhelion[testing]'`, and ask for a fixture.

    def test_a_user_is_told(parhelion_client, parhelion_receiver):
        user = parhelion_client.users.create(UserCreateBody(external_id="ada")).user
        conversation = parhelion_client.conversations.start(user)
        parhelion_client.messages.post(conversation, "Hello!")
        event = parhelion_receiver.wait_for("conversation:message")
        assert event.payload.message.content.text == "Hello!"

    parhelion_server        the server, one for the whole run; it is emptied for every test that asks for any of these
    parhelion_app           an app with a key: its .environment is for a program that reads PARHELION_URL and the others
    parhelion_client        a Client for it
    parhelion_async_client  an AsyncClient for it, with any plugin that runs async tests on asyncio
    parhelion_receiver      a Receiver whose webhook hears of everything in that app

Without pytest:

    with Server.start() as server, server.create_app() as app, app.receiver() as receiver:
        run(my_bot, env=os.environ | app.environment)
        ...

The server is the one of `parhelion serve --testing`, in memory, on a port of 127.0.0.1 that is free, in a thread of its
own with its own event loop. It needs the extra `server`; `Server.at(url)` steers one that runs elsewhere, and does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..wire import Fault as Fault, Snapshot as Snapshot
    from .app import App as App
    from .receiver import Call as Call, Receiver as Receiver
    from .server import Clock as Clock, Faults as Faults, Server as Server
else:  # a checker that saw this would believe that every name is here
    _FROM = {
        "App": ".app",
        "Call": ".receiver",
        "Clock": ".server",
        "Fault": "..wire",
        "Faults": ".server",
        "Receiver": ".receiver",
        "Server": ".server",
        "Snapshot": "..wire",
    }

    def __getattr__(name: str) -> Any:
        """The plugin is loaded by every run of pytest: what it does not need at once comes when it is asked for."""
        if name not in _FROM:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_FROM[name], __name__), name)


__all__ = ["App", "Call", "Clock", "Fault", "Faults", "Receiver", "Server", "Snapshot"]
