"""parhelion search: what was said, found by words."""

from __future__ import annotations

import argparse
import sys
from itertools import islice

from ..client import Client
from ..wire import Page, SearchResult
from ..wire.writing import write as to_json
from .asking import asking
from .listen import one_line, visible

PAGE = 100


@asking
def show(client: Client, asked: argparse.Namespace) -> None:
    """The newest messages that have all the words."""
    page = Page(size=min(asked.limit, PAGE))
    everything = client.search.iterate(" ".join(asked.words), conversation_id=asked.conversation, page=page)
    found = False
    for each in islice(everything, asked.limit):
        found = True
        print(one_line(to_json(each)) if asked.json else _line(each, bold=sys.stdout.isatty()), flush=True)
    if not (found or asked.json):
        print("Nothing was said with these words.")


def _line(found: SearchResult, *, bold: bool) -> str:
    message = found.message
    who = message.author.display_name or message.author.type
    said = "".join(_shown(piece.text, bold=bold and piece.matched) for piece in found.highlight)
    when = message.received.astimezone().isoformat(" ", "seconds")
    return f"{when}  {found.conversation_id}  {visible(who)}: {said}"


def _shown(text: str, *, bold: bool) -> str:
    text = visible(text.replace("\n", " "))
    return f"\033[1m{text}\033[0m" if bold else text
