"""What a fault of a server under test does to a request: later, refused, or without an answer.

delay              it waits; not when the server stops, or begins anew
status             the refusal is raised, and answered as any other
drop "before"      the connection ends, and nothing was done
drop "after"       what there is to do is done; the connection ends when it is to be answered
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from ...wire import Fault
from ..rules.faults import refusal
from ..stage import Stage
from .asgi import Gone, Message, Receive, Scope, Send, hang_up
from .protocol import CONNECTION


async def suffer(stage: Stage[Any], fault: Fault, scope: Scope, receive: Receive, send: Send) -> Send:
    """Answers how the request is answered from now on, or raises what becomes of it."""
    if fault.delay:
        await _wait(stage, fault.delay, scope)
    if (refused := refusal(fault)) is not None:
        raise refused
    if fault.drop is None:
        return send

    async def drop() -> None:
        if CONNECTION in scope:  # no other than our own can be told to end
            scope[CONNECTION].drop()
            await hang_up(receive)

    if fault.drop == "before":
        await drop()
        raise Gone
    dropped = False

    async def lose(_: Message) -> None:
        nonlocal dropped
        if not dropped:
            dropped = True
            await drop()

    return lose


async def _wait(stage: Stage[Any], seconds: float, scope: Scope) -> None:
    with stage.delay() as over, suppress(TimeoutError):
        if CONNECTION in scope:
            scope[CONNECTION].endless(over.set)
        async with asyncio.timeout(seconds):
            await over.wait()
