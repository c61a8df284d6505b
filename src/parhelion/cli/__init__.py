"""The command line: parhelion serve | dispatch | demo | listen | webhook | app | account | oauth | config | check | ...

parser     what can be said           settings   what can be said in three places, each declared once
reading    what a word means          commands   what is then done, by whoever imports what it takes
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..server.ports import unavailable
from .parser import parser

EXTRAS = {"obstore": ("A bucket", "s3"), "nats": ("A bus", "nats")}  # by what cannot be imported without it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Answers the exit status: 0 done, 1 could not be done, 2 not understood."""
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")  # a name that this terminal cannot show must not cost a secret
    try:
        asked = parser().parse_args(_with_secrets(sys.argv[1:] if arguments is None else arguments))
        status: int = asked.run(asked)
    except ModuleNotFoundError as missing:
        what, extra = EXTRAS.get(missing.name or "", ("The server", "server"))
        print(f"{missing}. {what} is an extra: pip install 'parhelion[{extra}]'", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"parhelion: {unavailable(str(error), getattr(error, 'errno', None))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _with_secrets(arguments: Sequence[str]) -> list[str]:
    """The arguments, each secret tied to its option: one in 64 begins with a dash, as options do."""
    tied: list[str] = []
    for argument in arguments:
        if tied and tied[-1] in ("--secret", "--webhook-secret"):
            tied[-1] += f"={argument}"
        else:
            tied.append(argument)
    return tied
