"""Ceph for tests: a monitor, a manager, three storage daemons, and its gateway, which speaks S3.

All of it in one folder, on this machine; about 1 GB of memory. `S3 < gateway < storage daemons (two of three suffice)`.
"""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from tests.engines.programs import Daemon, free_port, program, until

PROGRAMS = ("ceph-mon", "ceph-mgr", "ceph-osd", "radosgw")  # as the packages are called, too
OSDS = 3
KEY, SECRET = "parhelion", "a-secret-of-tests"
_SETTINGS = """
[global]
fsid = {id}
mon host = [v2:127.0.0.1:{mon},v1:127.0.0.1:{mon_v1}]
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = {osds}
osd pool default min size = 2
osd crush chooseleaf type = 0
osd pool default pg num = 8
mon max pg per osd = 1000
auth allow insecure global id reclaim = false
run dir = {folder}/run
admin socket = {folder}/run/$name.$pid.asok
pid file = {folder}/run/$name.pid
log file = {folder}/log/$name.log
crash dir = {folder}/run
keyring = {folder}/keyring
osd objectstore = bluestore
bluestore block size = 2147483648
bluestore block create = true
osd memory target = 939524096
bluestore cache size = 67108864
mon data avail warn = 1
mon data avail crit = 1
osd heartbeat interval = 2
osd heartbeat grace = 6
ms bind ipv6 = false
public network = 127.0.0.0/8
[mon.a]
mon data = {folder}/mon
[mgr.x]
mgr data = {folder}/mgr
[client.rgw]
rgw frontends = beast endpoint={at}:{port}
rgw data = {folder}/rgw
rgw thread pool size = 32
"""


class Ceph:
    """All of it. It is at work when it is made."""

    def __init__(self, folder: Path, at: str = "127.0.0.1", tell: Callable[[str], None] = print) -> None:
        """`at`: where the gateway listens. `NoServer`"""
        self._programs = {each: program(each, *PROGRAMS) for each in (*PROGRAMS, "ceph", "ceph-authtool")}
        self.folder = folder
        osds = [f"osd{number}" for number in range(OSDS)]
        for name in ("mon", "mgr", "rgw", "run", "log", *osds):
            (folder / name).mkdir(parents=True)
        self.endpoint = f"http://{at}:{(port := free_port())}"
        self._settings = folder / "ceph.conf"
        self._mon, self._mon_v1, self._id = free_port(), free_port(), str(uuid4())
        numbers = {"mon": self._mon, "mon_v1": self._mon_v1, "osds": OSDS, "at": at, "port": port}
        self._settings.write_text(_SETTINGS.format(id=self._id, folder=folder, **numbers))
        self._daemons: list[Daemon] = []
        self.osds: list[Daemon] = []
        try:
            tell("Ceph: a monitor and a manager")
            self._monitor()
            tell(f"Ceph: {OSDS} storage daemons")
            self.osds = [self._osd(number) for number in range(OSDS)]
            tell("Ceph: the gateway")
            self._gateway()
        except BaseException:
            self.remove()
            raise

    def bucket(self, name: str) -> str:
        """A new one, as an address for --media."""
        import boto3

        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=name)
        return f"s3://{KEY}:{SECRET}@{name}?endpoint={self.endpoint}&region=us-east-1"

    def remove(self) -> None:
        for each in reversed([*self._daemons, *self.osds]):
            each.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _monitor(self) -> None:
        keyring = str(self.folder / "keyring")
        everything = ("--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")
        self._do("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        self._do("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *everything)
        monitors, where = str(self.folder / "monmap"), f"[v2:127.0.0.1:{self._mon},v1:127.0.0.1:{self._mon_v1}]"
        self._run(program("monmaptool", *PROGRAMS), "--create", "--addv", "a", where, "--fsid", self._id, monitors)
        self._do("ceph-mon", "--mkfs", "-i", "a", "--monmap", monitors, "--keyring", keyring)
        self._start("ceph-mon", "-i", "a")
        until(self._answers, "the monitor does not answer", 60)
        self._may("mgr.x", "mon", "allow profile mgr", "osd", "allow *")
        self._start("ceph-mgr", "-i", "x")

    def _osd(self, number: int) -> Daemon:
        name, id = f"osd.{number}", str(uuid4())
        folder = self.folder / f"osd{number}"
        self._ceph("osd", "new", id, str(number))
        self._may(name, "mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *")
        data = ("--osd-data", str(folder))
        self._do("ceph-osd", "-i", str(number), *data, "--mkfs", "--osd-uuid", id)
        return self._made("ceph-osd", "-i", str(number), *data)

    def _gateway(self) -> None:
        self._may("client.rgw", "mon", "allow rw", "osd", "allow rwx", "mgr", "allow rw")
        self._start("radosgw", "-n", "client.rgw")
        until(self._is_open, "the gateway does not answer", 120)
        named = ("--uid=parhelion", "--display-name=Parhelion", f"--access-key={KEY}", f"--secret-key={SECRET}")
        admin = program("radosgw-admin", "radosgw")
        self._run(admin, "-c", str(self._settings), "-n", "client.admin", "user", "create", *named)

    def _may(self, who: str, *what: str) -> None:
        """A key for somebody, in the one keyring."""
        key = self._ceph("auth", "get-or-create", who, *what)
        with (self.folder / "keyring").open("a") as file:
            file.write(key)

    def _start(self, name: str, *words: str) -> None:
        self._daemons.append(self._made(name, *words))

    def _made(self, name: str, *words: str) -> Daemon:
        command = [self._programs[name], "-c", str(self._settings), *words, "-f"]
        return Daemon(command, self.folder / "log" / f"{name}{words[1]}.out")

    def _answers(self) -> bool:
        try:
            self._ceph("-s")
        except (subprocess.SubprocessError, AssertionError):
            time.sleep(0.5)
            return False
        return True

    def _is_open(self) -> bool:
        try:
            urllib.request.urlopen(self.endpoint, timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def _ceph(self, *words: str) -> str:
        return self._run(self._programs["ceph"], "-c", str(self._settings), "--connect-timeout", "10", *words)

    def _do(self, name: str, *words: str) -> str:
        settings = () if name == "ceph-authtool" else ("-c", str(self._settings))
        return self._run(self._programs[name], *settings, *words)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=self.folder)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-2000:]}"
        return done.stdout
