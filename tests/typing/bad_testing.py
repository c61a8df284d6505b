"""Every line marked `# bad` must be refused by both type checkers, and no other. Never run."""

from __future__ import annotations

from parhelion import ConversationMessageEvent
from parhelion.testing import App, Receiver, Server


def kit(server: Server, app: App, receiver: Receiver) -> None:
    server.clock.advance("60")  # bad: a number, or a timedelta
    server.clock.set(1.0)  # bad: a datetime
    server.faults.add("PostMessage", status="503")  # bad: a number
    server.faults.add(drop="during")  # bad: before or after
    server.restore("snapshot_1")  # bad: a snapshot
    app.receiver(triggers=["conversation:messages"])  # bad: no such trigger
    receiver.wait_for("conversation:messages")  # bad: no such trigger
    receiver.wait_for(ConversationMessageEvent, where=lambda event: event.message)  # bad: it is in the payload
    receiver.wait_for(ConversationMessageEvent, count=2).payload  # bad: several
    receiver.wait_for(ConversationMessageEvent).payload.text  # bad: no such field
    receiver.answer(status="500")  # bad: a number
