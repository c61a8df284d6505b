"""Backups of a store whose rows are in a PostgreSQL, or whose attachments are in a bucket."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from parhelion.server.media.directory import Directory
from tests.buckets import Place
from tests.cli.test_backup import PICTURE, done, files, forget, run, snapshots, told, until, uploaded
from tests.engines import chosen
from tests.engines.postgres import binaries
from tests.live import COMMAND, Caller, InBucket, Live


class Apart(Live):
    """A server whose rows are in this PostgreSQL, whatever else runs over another engine."""

    def __init__(self, data: Path, address: str) -> None:
        self.address = address
        super().__init__(data)

    def _where(self) -> list[str]:
        return [f"--data={self.data}", "--database", self.address]

    def app(self, name: str = "test") -> Caller:
        command = [*COMMAND, "app", "create", *self._where(), "--name", name, "--json"]
        made = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
        return Caller(self.url, made["keyId"], made["secret"], made["appId"])


def postgres(program: str, *arguments: str) -> None:
    finished = subprocess.run(
        [binaries() / program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert finished.returncode == 0, finished.stderr


@pytest.mark.engine("postgresql")
def test_rows_by_postgresqls_own_tools_and_attachments_by_ours_make_a_store_again(tmp_path: Path) -> None:
    folder, dump, key = tmp_path / "backups", tmp_path / "rows.dump", tmp_path / "master.key"
    live = Apart(tmp_path / "data", chosen.fresh())
    app = live.app()
    place = app.conversation()
    said, url, gone = app.say(place)["id"], uploaded(app), uploaded(app, PICTURE + b"gone")
    shutil.copy(live.data / "master.key", key)

    postgres("pg_dump", "--format=custom", f"--file={dump}", live.address)
    forget(app, gone)  # between the two
    until(lambda: len(files(live.data)) == 1)
    later = uploaded(app, PICTURE + b"later")
    finished = done("backup", folder, "--data", live.data, "--database", live.address)
    assert "The rows are not in it" in finished.stdout
    assert "attachments   2, " in finished.stdout
    [snapshot] = snapshots(folder)
    assert {path.name for path in snapshot.iterdir()} == {"backup.json", "media.sums"}
    live.kill()
    shutil.rmtree(live.data)

    elsewhere, new = chosen.fresh(), tmp_path / "new"
    postgres("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={elsewhere}", str(dump))
    again = ("restore", folder, "--data", new, "--database", elsewhere, "--master-key", key)
    assert "Restored 2 attachments" in done(*again).stdout
    assert "Restored 2 attachments" in done(*again).stdout, "it may be run again"
    served = Apart(new, elsewhere)
    app.url = served.url
    assert [each["id"] for each in app.get(app.messages(place)).json["messages"]] == [said]
    fetched = app.get("/" + url.split("/", 3)[3])
    assert (fetched.status, fetched.body) == (200, PICTURE)
    assert app.get("/" + gone.split("/", 3)[3]).status == 404, "its row is there, and its bytes are gone"
    assert app.get("/" + later.split("/", 3)[3]).status == 404
    assert app.say(place)["id"] > said
    served.stop()
    found = next((new / "media").glob("??/*"))
    found.write_bytes(b"another")
    assert "is there already, and is" in told(*again)
    assert found.read_bytes() == b"another"


@pytest.mark.engine("s3")
@pytest.mark.embedded
def test_attachments_in_a_bucket_are_backed_up_and_restored_to_either_place(tmp_path: Path, place: Place) -> None:
    folder = tmp_path / "backups"
    live = InBucket(tmp_path / "data", place)
    app = live.app()
    url = uploaded(app)
    id = url.split("/")[-2]
    done("backup", folder, "--data", live.data, "--media", place.address, "--with-key")
    assert place.objects() == {f"{id[-2:]}/{id}"}, "nothing is held any more"
    live.kill()
    done("restore", folder, "--data", tmp_path / "new")
    assert files(tmp_path / "new") == {id: PICTURE}
    done("restore", folder, "--data", tmp_path / "newer", "--media", place.address)
    assert place.objects() == {f"{id[-2:]}/{id}"}
    served = InBucket(tmp_path / "newer", place)
    app.url = served.url
    assert app.get("/" + url.split("/", 3)[3]).body == PICTURE
    served.stop()
    assert Directory(folder / "media").size(id) == len(PICTURE)
    assert run("restore", folder, "--list").returncode == 0
