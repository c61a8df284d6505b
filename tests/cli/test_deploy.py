"""The examples of deploy/: what Parhelion reads of them, and what the programs they are for say to them.

Both proxies' are run by tests/drills/test_rolling.py.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from parhelion.cli.settings import Settings, gather

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ["parhelion.service", "parhelion-dispatch.service", "parhelion-backup.service"]


def settings() -> Settings:
    return gather({"config": DEPLOY / "parhelion.toml"}, {}).settings()


def seconds(text: str, name: str) -> float:
    found = re.search(rf"^\s*{name}[= ](\d+)s?;?\s*$", text, re.MULTILINE)
    assert found is not None, f"{name} is not said"
    return float(found[1])


def test_the_settings_are_read_and_put_nothing_on_a_node() -> None:
    store = settings().store
    assert store.has_folder, "but for the key, which the unit names"
    assert not Settings(**vars(settings()) | {"master_key_file": Path("/run/key")}).store.has_folder


def test_a_node_waits_longer_than_a_proxy_takes_to_leave() -> None:
    drain = settings().drain
    assert drain > seconds((DEPLOY / "nginx.conf").read_text(), "keepalive_timeout") + 1
    asked = re.search(r"inter (\d+)s fall (\d+)", (DEPLOY / "haproxy.cfg").read_text())
    assert asked is not None
    assert drain > float(asked[1]) * (int(asked[2]) + 1)


def test_a_unit_is_given_the_time_that_the_settings_promise() -> None:
    said = settings()
    assert seconds((DEPLOY / UNITS[0]).read_text(), "TimeoutStopSec") >= said.drain + said.grace + 20


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_a_unit_and_finds_it_well_shut_in(unit: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed, so nobody can say")
    file = tmp_path / unit
    file.write_text((DEPLOY / unit).read_text().replace("/opt/parhelion/bin/parhelion", sys.executable))
    verified = run("systemd-analyze", "verify", str(file))
    assert (verified.returncode, verified.stderr) == (0, ""), verified
    judged = run("systemd-analyze", "security", "--offline=true", "--threshold=20", str(file))
    if "unrecognized option" not in judged.stderr:  # of an older systemd
        assert judged.returncode == 0, judged.stdout


def test_patroni_is_told_what_parhelion_relies_on() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed, so nobody can read it")
    said: dict[str, Any] = yaml.safe_load((DEPLOY / "patroni.yml").read_text())
    dcs = said["bootstrap"]["dcs"]
    assert dcs["synchronous_mode"] is True, "what was answered outlives a failover"
    assert {"encoding": "UTF8"} in said["bootstrap"]["initdb"]
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"], "as Patroni asks for"
    address = said["postgresql"]["connect_address"]
    assert address in (settings().database or "")


def test_patroni_misses_nothing_in_its_example() -> None:
    program = shutil.which("patroni")
    if program is None:
        pytest.skip("Patroni is not installed, so nobody can say")
    said = run(program, "--validate-config", str(DEPLOY / "patroni.yml"))
    # It judges this machine, too, whose addresses and folders are others; and access is under `postgresql`.
    others = re.compile(r"(\w+\.listen|postgresql\.(data|bin)_dir|bootstrap\.pg_hba) ")
    faults = [line for line in (said.stdout + said.stderr).splitlines() if line.strip() and not others.match(line)]
    assert faults == []
