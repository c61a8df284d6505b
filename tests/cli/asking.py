"""Commands that ask a live server, as somebody with a key of an app."""

from __future__ import annotations

import os
import subprocess

from tests.live import COMMAND, Caller


def run(app: Caller, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`parhelion ARGUMENTS`, who asks being in the environment."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PARHELION_")}
    given = {
        "PARHELION_URL": app.url,
        "PARHELION_APP_ID": app.app_id,
        "PARHELION_KEY_ID": app.key_id,
        "PARHELION_SECRET": app.secret,
    }
    command = [*COMMAND, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=bare | given)
