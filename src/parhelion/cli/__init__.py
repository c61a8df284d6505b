"""The command line: parhelion serve | demo | listen | webhook | app create | account key | oauth client."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__

if TYPE_CHECKING:
    from ..server.assemble import Store
    from ..server.media.bucket import Bucket

DATA = Path("parhelion-data")
DATABASE = "PARHELION_DATABASE"
WORKERS = 64  # at most: a machine with more cores has no use for more on one file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Answers the exit status: 0 done, 1 could not be done, 2 not understood."""
    asked = _parser().parse_args(_with_secrets(sys.argv[1:] if arguments is None else arguments))
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")  # a name that this terminal cannot show must not cost a secret
    try:
        status: int = asked.run(asked)
    except ModuleNotFoundError as missing:
        print(f"{missing}. The server is an extra: pip install 'parhelion[server]'", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"parhelion: {error}", file=sys.stderr)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="parhelion",
        description="A server that speaks the Sunshine Conversations v2 API.",
        epilog="Start with `parhelion demo`: a server with something in it, and lines to paste.",
    )
    parser.add_argument("--version", action="version", version=f"parhelion {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the server", description="Run the server until it is interrupted.")
    _address(serve)
    _data(serve, None)  # to know whether it was given
    serve.add_argument(
        "--testing",
        action="store_true",
        help="for test suites: keep everything in memory, lose it at the end, and answer controls under "
        "/parhelion/v1/testing that make apps, move the clock, add faults and reset it all. Not with --data",
    )
    serve.add_argument(
        "--media",
        type=_bucket,
        metavar="ADDRESS",
        help="keep attachments in a bucket of S3 instead of in the folder: s3://BUCKET/PREFIX?endpoint=https://...&"
        "region=... (default: PARHELION_MEDIA). Who asks there is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. With "
        "downloads=redirect clients are sent there to fetch, to public=https://... if that is its address for them",
    )
    serve.add_argument(
        "--public-url",
        type=_url,
        metavar="URL",
        help="the address clients reach the server under, when a proxy stands before it",
    )
    serve.add_argument(
        "--allow-targets",
        action="append",
        choices=("loopback", "private"),
        default=[],
        help="let webhooks point at this very machine, or into private networks too; may be given twice. Targets on "
        "the outside are always allowed, and those on this machine when --host is a loopback address",
    )
    for what, whose in (("app", "apps, each with all its keys together,"), ("key", "keys")):
        serve.add_argument(
            f"--rate-limit-{what}",
            type=_rate,
            metavar="RATE",
            help=f"how often {whose} may ask: 100 or 100/s, 6000/min, 3600/h; with :N for how many at once, such as "
            "100/s:500, instead of what comes in two seconds (default: without limit)",
        )
    serve.add_argument(
        "--max-connections",
        type=_several,
        metavar="N",
        help="connections at the same time, streams among them, about 11 kB each; more are answered 503 "
        "(default: 10000)",
    )
    serve.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="processes that answer at the one address, on the one folder: as many as there are cores where much is "
        "read, or one (default: %(default)s)",
    )
    serve.set_defaults(run=_serve)

    demo = commands.add_parser(
        "demo",
        help="run a server with a sample app in it",
        description="Run a server on a fresh data folder holding an app, a user and a conversation with one message "
        "of each kind, and print credentials and lines to paste.",
    )
    _address(demo)
    demo.add_argument("--data", type=Path, metavar="DIR", help="keep the demo here instead of in a temporary folder")
    demo.set_defaults(run=_demo)

    _listening(
        commands.add_parser(
            "listen",
            help="show events as they happen, and forward them",
            description="Show an app's events as they happen, and post them to a program on this machine with what its "
            "webhook would send: same body, same headers, same signature. Each is posted once, whatever is answered; "
            "a webhook would try again. The server may be anywhere.",
        )
    )

    _webhook(commands.add_parser("webhook", help="see what webhooks have not got, and send it again"))

    app = commands.add_parser("app", help="create apps").add_subparsers(required=True, metavar="COMMAND")
    create = app.add_parser(
        "create",
        help="create an app with a key",
        description="Create an app and a key for it, whether or not a server runs on the data folder.",
    )
    _data(create)
    create.add_argument("--name", required=True, help="what people call the app, 1 to 100 characters")
    create.add_argument("--json", action="store_true", help='print {"appId", "keyId", "secret"} and nothing else')
    create.set_defaults(run=_app_create)

    account = commands.add_parser("account", help="create keys that may create apps")
    key = account.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "key",
        help="create an account key",
        description="Create a key of account scope: it may create apps and their keys, and reach every app.",
    )
    _data(key)
    key.add_argument("--name", default="account", help="what people call the key")
    key.add_argument("--json", action="store_true", help='print {"keyId", "secret"} and nothing else')
    key.set_defaults(run=_account_key)
    _oauth(commands.add_parser("oauth", help="register partners whose programs people may let into their apps"))
    return parser


def _listening(parser: argparse.ArgumentParser) -> None:
    _credentials(parser)
    parser.add_argument(
        "--forward-to",
        type=_target,
        metavar="URL",
        help="post each event there, once, such as http://localhost:3000/hook",
    )
    parser.add_argument(
        "--after",
        type=_header,
        metavar="TOKEN",
        help="go on from there without a gap: the token that Ctrl-C shows. It holds for seven days (default: now)",
    )
    parser.add_argument(
        "--trigger",
        action="append",
        metavar="TRIGGER",
        help="only these, such as conversation:message; may be given several times (default: all)",
    )
    parser.add_argument("--conversation", metavar="ID", help="only what happens in this conversation")
    parser.add_argument("--include-full-user", action="store_true", help="with all fields of users")
    parser.add_argument("--include-full-source", action="store_true", help="with the client and the device it came by")
    parser.add_argument(
        "--webhook-secret",
        type=_header,
        metavar="SECRET",
        help="what the receiver knows us by: X-API-Key, and the key of the signature (default: a new one, printed)",
    )
    parser.add_argument("--json", action="store_true", help="print each event as JSON on a line, and nothing else")
    parser.set_defaults(run=_listen)


def _webhook(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser(
        "list",
        help="show the app's webhooks",
        description="Show the webhooks of an app, and how much each has not got.",
    )
    _credentials(show)
    show.set_defaults(run=_webhook_list)

    deliveries = commands.add_parser(
        "deliveries",
        help="show what a webhook has not got",
        description="Show what a webhook is still to be sent, and what it could not be sent.",
    )
    _credentials(deliveries)
    deliveries.add_argument("id", metavar="WEBHOOK", help="the webhook's id")
    deliveries.add_argument("--state", choices=("pending", "failed"), help="only those that wait, or that have failed")
    deliveries.add_argument("--json", action="store_true", help="print each as JSON on a line, and nothing else")
    deliveries.set_defaults(run=_webhook_deliveries)

    replay = commands.add_parser(
        "replay",
        help="send again what a webhook has not got",
        description="Send one event to a webhook, whatever became of it, or all that has failed there.",
    )
    _credentials(replay)
    replay.add_argument("id", metavar="WEBHOOK", help="the webhook's id")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("--event", metavar="ID", help="this event")
    which.add_argument("--failed", action="store_true", help="all that has failed")
    replay.add_argument(
        "--since",
        type=_moment,
        metavar="TIME",
        help="with --failed: only what has failed since then, such as 2026-01-31T12:00:00Z",
    )
    replay.set_defaults(run=_webhook_replay)


def _credentials(parser: argparse.ArgumentParser) -> None:
    """Where a server is and who asks, for commands that are clients."""
    parser.add_argument("--url", help="the server's address (default: PARHELION_URL)")
    parser.add_argument("--app-id", metavar="ID", help="the app (default: PARHELION_APP_ID)")
    parser.add_argument("--key-id", metavar="ID", help="the id of a key (default: PARHELION_KEY_ID)")
    parser.add_argument("--secret", help="its secret; others may see it here, so PARHELION_SECRET is better")


def _oauth(parser: argparse.ArgumentParser) -> None:
    client = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "client", help="create, list and delete"
    )
    commands = client.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser(
        "create",
        help="register an OAuth client",
        description="Register a partner. Its program may then ask people to let it into their apps.",
    )
    _data(create)
    create.add_argument("--name", required=True, help="what people call it, 1 to 100 characters: they are shown it")
    create.add_argument(
        "--redirect-uri",
        required=True,
        action="append",
        metavar="URI",
        help="where browsers are sent back to, letter by letter; may be given up to ten times, the usual one first",
    )
    create.add_argument(
        "--json", action="store_true", help='print {"clientId", "clientSecret", "redirectUris"} and nothing else'
    )
    create.set_defaults(run=_oauth_create)
    show = commands.add_parser("list", help="show the OAuth clients", description="Show who is registered.")
    _data(show)
    show.add_argument("--json", action="store_true", help="print an array of them and nothing else; no secrets")
    show.set_defaults(run=_oauth_list)
    delete = commands.add_parser(
        "delete",
        help="delete an OAuth client",
        description="Take a partner off the register, and its integrations with their webhooks out of every app.",
    )
    _data(delete)
    delete.add_argument("id", metavar="ID", help="its client_id")
    delete.set_defaults(run=_oauth_delete)


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", type=_host, default="127.0.0.1", help="the address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=_port, default=8000, help="the port to listen on; 0 takes a free one (default: %(default)s)"
    )


def _data(parser: argparse.ArgumentParser, default: Path | None = DATA) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=default,
        metavar="DIR",
        help=f"the folder that holds messages, attachments and the master key (default: ./{DATA})",
    )
    parser.add_argument(
        "--database",
        metavar="ADDRESS",
        help="keep messages and all else that is no file in a PostgreSQL: postgresql://USER@HOST:PORT/DATABASE. An "
        f"address with a password is better told in {DATABASE}, where others do not see it",
    )


def _host(said: str) -> str:
    if not said.strip():
        raise argparse.ArgumentTypeError("it is empty; to listen on every address, say 0.0.0.0")
    return said


def _url(said: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?", said):
        raise argparse.ArgumentTypeError(f"{said!r} is not an address such as https://chat.example.org")
    return said


def _target(said: str) -> str:
    match = re.fullmatch(r"https?://([A-Za-z0-9._\-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?([/?][!-~]*)?", said)
    if match is None or int((match[2] or ":0")[1:]) > 65535:
        raise argparse.ArgumentTypeError(f"{said!r} is not an address such as http://localhost:3000/hook")
    return said


def _header(said: str) -> str:
    if not (said and said.isascii() and said.isprintable() and said == said.strip()):
        raise argparse.ArgumentTypeError("it should be ASCII, and not begin or end with a space")
    return said


def _moment(said: str) -> datetime:
    try:
        read = datetime.fromisoformat(said)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{said!r} is not a time such as 2026-01-31T12:00:00Z") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _port(said: str) -> int:
    if not (said.isascii() and said.isdecimal()) or int(said) > 65535:
        raise argparse.ArgumentTypeError(f"{said!r} is not a port: 0 to 65535")
    return int(said)


def _several(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 9 and int(said) > 0):
        raise argparse.ArgumentTypeError(f"{said!r} is not a number, 1 or more")
    return int(said)


def _workers(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) <= 2 and 0 < int(said) <= WORKERS):
        raise argparse.ArgumentTypeError(f"{said!r} is not a number of processes: 1 to {WORKERS}")
    return int(said)


def _rate(said: str) -> object:
    from ..server.rules.rates import rate_of  # needs nothing of the server's extra

    try:
        return rate_of(said)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _bucket(said: str) -> Bucket:
    from ..server.media.bucket import bucket_of  # needs nothing of the server's extra

    try:
        return bucket_of(said, os.environ)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


# The server's rooms are imported only by the commands that need them: the client installs without them.
def _store(asked: argparse.Namespace) -> Store:
    from ..server.assemble import Store

    return Store(
        asked.data or DATA,
        asked.database or os.environ.get(DATABASE) or None,
        getattr(asked, "media", None) or _bucket_of_environment(),
    )


def _serve(asked: argparse.Namespace) -> int:
    from ..server.http.overload import CONNECTIONS
    from ..server.rules.rates import Rates
    from .serve import rehearse, serve

    if asked.testing:
        for option in ("data", "database", "media"):
            if getattr(asked, option) is not None:
                raise ValueError(
                    f"with --testing nothing is kept, and no store is touched: leave out --{option}, or --testing"
                )
        if asked.workers > 1:
            raise ValueError("with --testing all is in the memory of one process: leave out --workers, or --testing")
        return rehearse(asked.host, asked.port, asked.public_url, asked.allow_targets)
    rates = Rates(app=asked.rate_limit_app, key=asked.rate_limit_key)
    return serve(
        asked.host,
        asked.port,
        _store(asked),
        asked.public_url,
        asked.allow_targets,
        rates,
        asked.max_connections or CONNECTIONS,
        asked.workers,
    )


def _bucket_of_environment() -> Bucket | None:
    from ..server.media.bucket import bucket_of

    said = os.environ.get("PARHELION_MEDIA")
    try:
        return bucket_of(said, os.environ) if said else None
    except ValueError as wrong:
        raise ValueError(f"PARHELION_MEDIA: {wrong}") from None


def _demo(asked: argparse.Namespace) -> int:
    from .demo import demo

    return demo(asked.host, asked.port, asked.data)


def _listen(asked: argparse.Namespace) -> int:
    from .listen import listen

    return listen(asked)


def _webhook_list(asked: argparse.Namespace) -> int:
    from .webhooks import show_webhooks

    return show_webhooks(asked)


def _webhook_deliveries(asked: argparse.Namespace) -> int:
    from .webhooks import show_deliveries

    return show_deliveries(asked)


def _webhook_replay(asked: argparse.Namespace) -> int:
    from .webhooks import replay

    return replay(asked)


def _app_create(asked: argparse.Namespace) -> int:
    from .keys import create_app

    return create_app(_store(asked), asked.name, as_json=asked.json)


def _account_key(asked: argparse.Namespace) -> int:
    from .keys import create_account_key

    return create_account_key(_store(asked), asked.name, as_json=asked.json)


def _oauth_create(asked: argparse.Namespace) -> int:
    from .oauth import create_client

    return create_client(_store(asked), asked.name, asked.redirect_uri, as_json=asked.json)


def _oauth_list(asked: argparse.Namespace) -> int:
    from .oauth import list_clients

    return list_clients(_store(asked), as_json=asked.json)


def _oauth_delete(asked: argparse.Namespace) -> int:
    from .oauth import delete_client

    return delete_client(_store(asked), asked.id)
