"""Commands that ask a server over its API: they work from anywhere, with a key of the app."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import wraps

from ..client import Client
from ..wire import ParhelionError
from .listen import visible

Command = Callable[[Client, argparse.Namespace], None]


def asking(command: Command) -> Callable[[argparse.Namespace], int]:
    """The command with a client, and with refusals told on a line."""

    @wraps(command)
    def run(asked: argparse.Namespace) -> int:
        try:
            with Client(asked.url, app_id=asked.app_id, key_id=asked.key_id, secret=asked.secret) as client:
                command(client, asked)
        except ParhelionError as error:
            print(f"parhelion: {visible(str(error))}", file=sys.stderr)
            return 1
        return 0

    return run
