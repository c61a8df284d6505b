"""parhelion dispatch: open the store, and do what comes after commits until told to stop."""

from __future__ import annotations

import asyncio
import signal

import uvloop

from ..server.assemble import Store, dispatching
from ..server.dispatch.webhooks import Did
from ..server.ports import Watch
from ..server.rules.targets import Reach
from ..server.watch.lines import report
from .serve import needs
from .settings import ON, Settings
from .watching import form_of, tracing

STOPPING = (signal.SIGTERM, signal.SIGINT)


def dispatch(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM. It has no address, so targets on this machine have to be allowed."""
    store, allowed = settings.store, settings.allow_targets
    needs(store, traces=settings.traces == ON)
    report(form_of(settings))
    reach = Reach(private="private" in allowed, loopback="loopback" in allowed)
    with tracing(settings) as watch:
        return uvloop.run(_dispatch(store, reach, watch, settings.audit_days))


async def _dispatch(store: Store, reach: Reach, watch: Watch, audit_days: int) -> int:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for each in STOPPING:
        loop.add_signal_handler(each, stop.set)
    async with dispatching(store, reach=reach, watch=watch, audit_days=audit_days) as webhooks:
        print(f"Parhelion dispatches what is in {store}. Ctrl-C stops it.", flush=True)
        await stop.wait()
        for each in STOPPING:
            loop.remove_signal_handler(each)  # a second one waits for nothing
    print(_said(webhooks.did), flush=True)
    return 0


def _said(did: Did) -> str:
    said = f"{did.arrived} events have arrived"
    if did.later:
        said += f"; {did.later} attempts failed, and are made again"
    if did.failed:
        said += f"; {did.failed} events were given up"
    return f"{said}. What is left is sent by whoever dispatches next."
