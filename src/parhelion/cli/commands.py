"""What a command does with what was said: settings are made of it, and handed to whoever does the work.

The server's rooms are imported only by the commands that need them: the client installs without them.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from .settings import Settings, option, settings_of

if TYPE_CHECKING:
    from ..server.assemble import Store


def serve(asked: argparse.Namespace) -> int:
    if asked.testing:
        return _rehearse(asked)
    from .serve import serve

    return serve(settings_of(asked, os.environ))


def _rehearse(asked: argparse.Namespace) -> int:
    from .serve import rehearse

    for name in ("data", "database", "media", "bus"):
        if getattr(asked, name) is not None:
            raise ValueError(
                f"with --testing nothing is kept, and no store is touched: leave out {option(name)}, or --testing"
            )
    settings = settings_of(asked, os.environ)
    if settings.dispatch != Settings.dispatch:
        raise ValueError("with --testing nobody else can dispatch: leave out --dispatch, or --testing")
    if settings.workers > 1:
        raise ValueError("with --testing all is in the memory of one process: leave out --workers, or --testing")
    return rehearse(settings.host, settings.port, settings.public_url, settings.allow_targets)


def dispatch(asked: argparse.Namespace) -> int:
    from .dispatch import dispatch

    return dispatch(settings_of(asked, os.environ))


def demo(asked: argparse.Namespace) -> int:
    from .demo import demo

    return demo(asked.host or Settings.host, Settings.port if asked.port is None else asked.port, asked.data)


def config_check(asked: argparse.Namespace) -> int:
    from .checking import check

    return check(vars(asked), os.environ)


def listen(asked: argparse.Namespace) -> int:
    from .listen import listen

    return listen(asked)


def webhook_list(asked: argparse.Namespace) -> int:
    from .webhooks import show_webhooks

    return show_webhooks(asked)


def search(asked: argparse.Namespace) -> int:
    from .search import show

    return show(asked)


def audit_list(asked: argparse.Namespace) -> int:
    from .audit import show

    return show(asked)


def audit_export(asked: argparse.Namespace) -> int:
    from .auditing import export

    return export(_store(asked), asked.to)


def audit_verify(asked: argparse.Namespace) -> int:
    from .auditing import verify

    return verify(_store(asked), asked.file, asked.head)


def webhook_deliveries(asked: argparse.Namespace) -> int:
    from .webhooks import show_deliveries

    return show_deliveries(asked)


def webhook_test(asked: argparse.Namespace) -> int:
    from .webhooks import test

    return test(asked)


def webhook_replay(asked: argparse.Namespace) -> int:
    from .webhooks import replay

    return replay(asked)


def app_create(asked: argparse.Namespace) -> int:
    from .keys import create_app

    return create_app(_store(asked), asked.name, as_json=asked.json)


def account_key(asked: argparse.Namespace) -> int:
    from .keys import create_account_key

    return create_account_key(_store(asked), asked.name, as_json=asked.json)


def oauth_create(asked: argparse.Namespace) -> int:
    from .oauth import create_client

    return create_client(_store(asked), asked.name, asked.redirect_uri, as_json=asked.json)


def oauth_list(asked: argparse.Namespace) -> int:
    from .oauth import list_clients

    return list_clients(_store(asked), as_json=asked.json)


def oauth_delete(asked: argparse.Namespace) -> int:
    from .oauth import delete_client

    return delete_client(_store(asked), asked.id)


def export(asked: argparse.Namespace) -> int:
    from .export import export

    return export(_store(asked), asked.app, asked.to, asked.files)


def import_(asked: argparse.Namespace) -> int:
    from .import_ import import_

    settings = settings_of(asked, os.environ)
    return import_(
        settings.store,
        asked.file,
        asked.app,
        into_new_app=asked.into_new_app,
        refused=asked.refused,
        public_url=settings.public_url,
    )


def migrate(asked: argparse.Namespace) -> int:
    from .migrate import migrate

    return migrate(_store(asked), dry_run=asked.dry_run)


def check(asked: argparse.Namespace) -> int:
    from .check import check

    if asked.yes and not asked.repair:
        print("parhelion: --yes goes with --repair", file=sys.stderr)
        return 2
    return check(_store(asked), repair=asked.repair, yes=asked.yes, as_json=asked.json)


def vacuum(asked: argparse.Namespace) -> int:
    from .vacuum import vacuum

    return vacuum(_store(asked))


def copy(asked: argparse.Namespace) -> int:
    from .copy import copy

    if (asked.media_from is None) != (asked.media_to is None):
        raise ValueError("--media-from and --media-to go together")
    if asked.target is None and asked.media_to is None:
        raise ValueError("say where to: --to ADDRESS, or --media-from and --media-to")
    media = None if asked.media_to is None else (asked.media_from, asked.media_to)
    return copy(asked.source, asked.target, media)


def backup(asked: argparse.Namespace) -> int:
    from .backup import backup

    store = _store(asked)
    return backup(store, asked.folder, keep=asked.keep, with_key=asked.with_key, verify_all=asked.verify_all)


def restore(asked: argparse.Namespace) -> int:
    from .restore import restore, show

    return show(asked.folder) if asked.list else restore(asked.folder, _store(asked), asked.at, asked.master_key)


def pull(asked: argparse.Namespace) -> int:
    from .pull import pull

    return pull(asked)


def _store(asked: argparse.Namespace) -> Store:
    return settings_of(asked, os.environ).store
