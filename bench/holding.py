"""Uploads a file of 50 MB with a client and prints by how many bytes its memory's peak rose. Run by path, as `calling`.

A first call has been made and a first small file has been uploaded before: what remains is what the size costs.

    python bench/holding.py ours|official URL FILE SMALL_FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

APP = "5f0000000000000000000001"


def held() -> tuple[int, int]:
    """Bytes now and at the peak."""
    found = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    now, peak = (int(found[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak


def main(who: str, url: str, file: str, small: str) -> int:
    if who == "ours":
        from parhelion import Client

        client = Client(url, app_id=APP, key_id="app_key", secret="secret")

        def upload(path: str) -> object:
            return client.attachments.upload(path)
    else:
        import sunshine_conversations_client as s

        api = s.AttachmentsApi(s.ApiClient(s.Configuration(host=url, username="key", password="secret")))

        def upload(path: str) -> object:
            return api.upload_attachment(APP, "public", path)

    upload(small)
    Path("/proc/self/clear_refs").write_text("5")
    before, _ = held()
    upload(file)
    return held()[1] - before


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
