"""parhelion pull: a hosted account, into a file that `parhelion import` reads.

    users.read -> Plan -> Book (FILE, journal) -> Copying, over Account and Files on one Line -> report -> what is next

How it is done is in `pulling`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..client import AsyncClient, Patience, Timeout
from ..client.configuration import address
from ..client.credentials import Credentials, choose
from ..operations import Apps
from .listen import visible
from .progress import Progress
from .pulling import users
from .pulling.account import Account
from .pulling.book import Book
from .pulling.copying import Copying, Counted
from .pulling.files import Files, Home
from .pulling.line import Bounds, Line
from .pulling.pace import LONGEST, Pace
from .pulling.report import WORDS, Missing, Stopped, Trouble, Why

SHOWN = 5  # hosts, in what is said at the end
KINDS = ("user", "conversation", "message", "attachment")

Sleep = Callable[[float], Awaitable[object]]


class Plan(NamedTuple):
    """What is to be copied from where to where, and how hard is tried."""

    source: str
    app_id: str | None
    credentials: Credentials
    people: list[str]
    target: Path
    rate: float | None = None  # requests a second
    hosts: frozenset[str] = frozenset()
    bounds: Bounds = Bounds()
    retries: int = 7
    timeout: Timeout = Timeout(connect=20, read=60)


class Outcome(NamedTuple):
    """What became of it."""

    counted: Counted
    lines: dict[str, int]
    missing: list[Missing]  # those that are in no piece


def pull(asked: argparse.Namespace) -> int:
    """Copy what can be had. Answers 1 when something is missing."""
    plan = Plan(
        asked.source,
        asked.app_id,
        choose(asked.key_id, asked.secret, None, None, os.environ),
        users.read(asked.users),
        asked.target,
        None if asked.rate is None else asked.rate.limit / asked.rate.per,
        frozenset(asked.media_host or ()),
        Bounds(file=asked.max_file << 20),
        asked.retries,
    )
    try:
        return carry_out(plan)
    except Stopped as why:
        print(f"parhelion: stopped: {visible(str(why))}", file=sys.stderr)
        print("What was copied is kept. Run the same again, and it goes on from there.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was copied is kept: run the same again, and it goes on.", file=sys.stderr)
        return 130


def carry_out(plan: Plan, *, clock: Callable[[], float] = time.time, sleep: Sleep = asyncio.sleep) -> int:
    """A plan, in an event loop of its own. Errors: Stopped, ValueError, OSError."""
    client = AsyncClient(plan.source, app_id=plan.app_id, credentials=plan.credentials)
    if client.app_id is None:
        raise ValueError("Which app? Give --app-id, or set PARHELION_APP_ID")
    plan = plan._replace(app_id=client.app_id)
    origin, prefix = address(plan.source)
    progress = Progress()
    with closing(Book(plan.target, origin + prefix, client.app_id)) as book:  # outlives what threads still write
        if book.is_begun:
            print(f"Going on with {plan.target}: {_several(book.lines)} are in it.", file=sys.stderr)
        try:
            outcome = asyncio.run(_copied(plan, book, progress, clock, sleep))
        finally:
            progress.end()
        missing = _reported(plan.target.with_name(f"{plan.target.name}.report.jsonl"), book, outcome)
        book.end()
    _farewell(plan, origin + prefix, outcome, missing)
    return 1 if any(missing.values()) else 0


async def _copied(plan: Plan, book: Book, progress: Progress, clock: Callable[[], float], sleep: Sleep) -> Outcome:
    origin, _ = address(plan.source)
    pace = Pace(plan.rate, clock, sleep, partial(_waits, progress))
    line = Line(origin, pace, clock, plan.bounds)
    patience = Patience(attempts=plan.retries + 1, longest=LONGEST)
    client = AsyncClient(
        plan.source,
        app_id=plan.app_id,
        credentials=plan.credentials,
        timeout=plan.timeout,
        retries=patience,
        user_agent="parhelion-pull",
        transport=line,
        clock=clock,
        sleep=sleep,
    )
    home = Home(origin, lambda: plan.credentials.authorization(clock()))
    account = Account(client, plan.bounds.pages)
    files = Files(line, home, plan.hosts, book.media, plan.bounds.file, plan.retries + 1, plan.timeout, sleep)
    copying = Copying(account, files, book, lambda done, total: progress.told("people", done, total), sleep)
    try:
        alone = await _app(account, plan, book)
        await copying.run(plan.people)
    except BaseExceptionGroup as several:
        raise _first(several.exceptions) from None
    finally:
        await line.close()
    missing = [each for person in plan.people for each in copying.missing.get(person, ())]
    return Outcome(copying.counted, dict(book.lines), [*alone, *missing])


def _waits(progress: Progress, seconds: float) -> None:
    progress.end()
    print(f"The account is asked too often: nothing for {seconds:.0f} s.", file=sys.stderr)


async def _app(account: Account, plan: Plan, book: Book) -> list[Missing]:
    """The app itself goes first. Whether anything can be had at all shows here."""
    try:
        data = await account.one("app", Apps.get, {})
    except Trouble as trouble:
        if trouble.why == "forbidden":  # a key of an integration may read all else
            return [Missing(kind="app", why=trouble.why, reason=trouble.reason, id=plan.app_id, kept=True)]
        raise Stopped(f"app {plan.app_id} cannot be read at {plan.source}: {trouble.reason}") from None
    if not book.is_begun:
        with book.piece() as piece:
            piece.add("app", str(plan.app_id), data)
            await asyncio.to_thread(book.append, piece)
    return []


def _first(several: Sequence[BaseException]) -> BaseException:
    """What went wrong first; what it brought along is of no interest."""
    return several[0]


def _reported(path: Path, book: Book, outcome: Outcome) -> Counter[tuple[str, Why]]:
    """FILE.report.jsonl, anew. Answers how often what is missing, and why."""
    counted = Counter[tuple[str, Why]]()
    private = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # addresses of files are permissions
    with os.fdopen(private, "wb") as report:
        for each in (*book.missing(), *outcome.missing):
            report.write(msgspec.json.encode(each) + b"\n")
            if not each.kept:
                counted[each.kind, each.why] += 1
            else:
                counted[each.kind, each.why] += 0
    return counted


def _farewell(plan: Plan, source: str, outcome: Outcome, missing: Counter[tuple[str, Why]]) -> None:
    print(f"{_several(outcome.lines)} of app {plan.app_id} at {source} are in {plan.target}.")
    counted = outcome.counted
    if counted.files:
        were = "file ({}) was" if counted.files == 1 else "files ({}) were"
        size = f"{counted.bytes / 1e6:,.1f} MB"
        print(f"{counted.files:,} {were.format(size)} fetched into {plan.target}.media.")
    if counted.elsewhere:
        most = sorted(counted.elsewhere.items(), key=lambda each: -each[1])[:SHOWN]
        some = ", ".join(f"{visible(host)} ({number:,})" for host, number in most)
        print(f"{sum(counted.elsewhere.values()):,} files are shown from other hosts, and stay there: {some}.")
        print("If they are the account's own, say so with --media-host HOST.")
    if missing:
        print(f"What follows is in {plan.target}.report.jsonl, each with its id and the reason:")
    for (kind, why), number in sorted(missing.items()):
        print(f"  {kind}: {f'{number:,} ' if number else ''}{WORDS[why]}")
    if any(missing.values()):
        print("Run the same again to ask once more for users and conversations that are missing.")
    print(f"Next, where the data of your server is: parhelion import {plan.target} --public-url https://YOUR.SERVER")


def _several(lines: dict[str, int]) -> str:
    said = [f"{lines.get(kind, 0):,} {kind}{'' if lines.get(kind, 0) == 1 else 's'}" for kind in KINDS]
    return f"{', '.join(said[:-1])} and {said[-1]}"
