"""parhelion audit list: who changed what, asked of a server over its API."""

from __future__ import annotations

import argparse
from itertools import islice

from ..client import Client
from ..wire import AuditLine, AuditListFilter, Page
from ..wire.writing import write as to_json
from .asking import asking
from .listen import one_line, visible

PAGE = 100


@asking
def show(client: Client, asked: argparse.Namespace) -> None:
    """The newest lines that are meant."""
    filter = AuditListFilter(
        app=asked.app,
        key=asked.key,
        operation=asked.operation,
        object=asked.object,
        since=asked.since,
        until=asked.until,
    )
    found = False
    for each in islice(client.audit.iterate(filter=filter, page=Page(size=min(asked.limit, PAGE))), asked.limit):
        found = True
        print(one_line(to_json(each)) if asked.json else _line(each), flush=True)
    if not (found or asked.json):
        print("There is no such line in the audit log.")


def _line(said: AuditLine) -> str:
    when = said.at.astimezone().isoformat(" ", "seconds")
    who = said.key if said.scope != "command line" else "(command line)"
    about = [said.operation, said.object]
    if said.app_id and said.object != f"app/{said.app_id}":
        about.append(f"in {said.app_id}")
    if said.outcome == "shown":
        about.append("(a secret was shown)")
    return "  ".join(map(visible, [when, who, said.address or "-", *about]))
