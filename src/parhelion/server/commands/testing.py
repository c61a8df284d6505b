"""Testing: steering a server under test. Served only where there is a stage."""

from __future__ import annotations

from typing import Any

from ...operations import AppKeys, Apps, Testing, operations
from ...wire import (
    AppAndKeyBody,
    AppAndKeyResponse,
    AppCreateBody,
    AppKeyCreateBody,
    AppKeyResponse,
    AppResponse,
    BadRequest,
    Clock,
    ClockMove,
    ClockResponse,
    Fault,
    FaultListResponse,
    FaultResponse,
    NotFound,
    SettleBody,
    SettleResponse,
    Snapshot,
    SnapshotResponse,
    instant,
)
from ...wire.reading import decoder
from ..ports import milliseconds
from ..rules import faults
from ..stage import RULES, SNAPSHOTS, Stage
from . import app_keys, apps
from ._serves import Context, Handlers, json_of, refuse

controls = Handlers()


@controls(Testing.create_app)
async def create_app(context: Context, body: AppAndKeyBody | None = None) -> AppAndKeyResponse:
    name = (body or AppAndKeyBody()).display_name
    context.operation = Apps.create
    app = decoder(AppResponse).decode(json_of(await apps.create(context, AppCreateBody(display_name=name)))).app
    context.operation, context.app_id = AppKeys.create, app.id
    key = json_of(await app_keys.create(context, AppKeyCreateBody(display_name=name)))
    return AppAndKeyResponse(app=app, key=decoder(AppKeyResponse).decode(key).key)


@controls(Testing.get_clock)
async def get_clock(context: Context) -> ClockResponse:
    return _clock(context)


@controls(Testing.move_clock)
async def move_clock(context: Context, body: ClockMove) -> ClockResponse:
    if body.to is None and body.advance is None and body.frozen is None:
        raise BadRequest("should have at least one of to, advance and frozen")
    to = None if body.to is None else body.to.timestamp()
    if not await _stage(context).move(to, body.advance or 0.0, body.frozen):
        raise BadRequest("the clock should be in the years 2000 to 2099 after it was moved")
    return _clock(context)


@controls(Testing.list_faults)
async def list_faults(context: Context) -> FaultListResponse:
    return FaultListResponse(faults=[rule.fault for rule in _stage(context).rules])


@controls(Testing.add_fault)
async def add_fault(context: Context, body: Fault) -> FaultResponse:
    refuse(*faults.flaws(body, {each.operation_id for each in operations()}))
    fault = _stage(context).add(body)
    if fault is None:
        raise BadRequest(f"There are {RULES} rules already, and no more may be.")
    return FaultResponse(fault=fault)


@controls(Testing.remove_fault)
async def remove_fault(context: Context, fault_id: str) -> None:
    if not _stage(context).remove(fault_id):
        raise NotFound


@controls(Testing.clear_faults)
async def clear_faults(context: Context) -> None:
    _stage(context).rules.clear()


@controls(Testing.take_snapshot)
async def take_snapshot(context: Context) -> SnapshotResponse:
    await context.engines.tally.flush()
    id = _stage(context).snapshot()
    if id is None:
        raise BadRequest(f"There are {SNAPSHOTS} snapshots already, and no more may be: a reset lets go of them.")
    return SnapshotResponse(snapshot=Snapshot(id=id))


@controls(Testing.restore_snapshot)
async def restore_snapshot(context: Context, snapshot_id: str) -> None:
    if not await _stage(context).restore(snapshot_id):
        raise NotFound


@controls(Testing.reset)
async def reset(context: Context) -> None:
    await _stage(context).reset()


@controls(Testing.settle)
async def settle(context: Context, body: SettleBody | None = None) -> SettleResponse:
    return SettleResponse(settled=await _stage(context).settle((body or SettleBody()).timeout))


def _clock(context: Context) -> ClockResponse:
    clock = _stage(context).world.clock
    return ClockResponse(clock=Clock(now=instant(milliseconds(clock())), frozen=clock.frozen))


def _stage(context: Context) -> Stage[Any]:
    stage = context.engines.stage
    assert stage is not None, "controls are served where there is a stage"  # noqa: S101
    return stage
