"""What an address of a bucket says, and addresses that are signed."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import obstore
import pytest
from obstore.store import S3Store

from parhelion.server.media.bucket import Bucket, Keys, bucket_of
from parhelion.server.media.presigning import presigned
from tests.live import COMMAND

LET_IN = {"AWS_ACCESS_KEY_ID": "someone", "AWS_SECRET_ACCESS_KEY": "hush"}
BY_ENVIRONMENT = Keys("someone", "hush")


@pytest.mark.parametrize(
    ("address", "environment", "said"),
    [
        ("s3://files", {}, Bucket("files", "", "https://s3.us-east-1.amazonaws.com", "us-east-1")),
        ("s3://files/", LET_IN, Bucket("files", "", "https://s3.us-east-1.amazonaws.com", "us-east-1", BY_ENVIRONMENT)),
        (
            "s3://files/a/b?region=eu-west-1",
            {"AWS_REGION": "elsewhere"},
            Bucket("files", "a/b/", "https://s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ),
        ("s3://files", {"AWS_REGION": "eu-1"}, Bucket("files", "", "https://s3.eu-1.amazonaws.com", "eu-1")),
        (
            "s3://me:p%2Fw@files?endpoint=http://127.0.0.1:9000/",
            LET_IN,
            Bucket("files", "", "http://127.0.0.1:9000", "us-east-1", Keys("me", "p/w")),
        ),
        (
            "s3://files?endpoint=http://in:9000&downloads=redirect&public=https://files.example.org",
            LET_IN,
            Bucket("files", "", "http://in:9000", "us-east-1", BY_ENVIRONMENT, "https://files.example.org"),
        ),
    ],
)
def test_an_address_says_where(address: str, environment: dict[str, str], said: Bucket) -> None:
    assert bucket_of(address, environment) == said


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hush",
        "http://hush",
        "s3://",
        "s3://x",
        "s3://me:hush@",
        "s3://me@files",
        "s3://:hush@files",
        "s3://me:hush@files?endpoint=ftp://x",
        "s3://me:hush@files?endpoint=http://me:hush@x",
        "s3://me:hush@files?endpoint=http://x/hush",
        "s3://me:hush@files?region=hush%20hush",
        "s3://me:hush@files?color=hush",
        "s3://me:hush@files?hush",
        "s3://me:hush@files?downloads=hush",
        "s3://me:hush@files/../hush",
        "s3://me:hush@files/a//hush",
        "s3://me:hush@files/a b",
        "s3://me:hush@files#hush",
        "s3://[me:hush@files",
        "s3://files?downloads=redirect",
    ],
)
def test_a_wrong_address_is_explained_and_not_repeated(address: str) -> None:
    with pytest.raises(ValueError) as wrong:
        bucket_of(address, {})
    assert "hush" not in str(wrong.value).replace("'hush' is no setting", "")
    assert wrong.value.__cause__ is None


def test_a_secret_is_not_shown() -> None:
    bucket = bucket_of("s3://me:hush@files/a?endpoint=http://x", {})
    assert "hush" not in repr(bucket)
    assert str(bucket) == "s3://files/a"


@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_wrong_address_ends_the_server_before_it_begins(tmp_path: Path, by: str) -> None:
    address = "s3://me:hush@files?endpoint=nowhere"
    done = subprocess.run(
        [*COMMAND, "serve", "--data", str(tmp_path / "data"), *(["--media", address] if by == "option" else [])],
        env={"PARHELION_MEDIA": address} if by == "environment" else {},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (2 if by == "option" else 1)
    assert "endpoint should be like" in done.stderr
    assert "hush" not in done.stderr + done.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("token", [None, "a/b+c="])
def test_an_address_is_signed_as_others_sign_it(token: str | None) -> None:
    """Obstore says the moment that it signed for; where both say the same, the signatures are the same."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token)
    bucket = Bucket("example-bucket", "", "http://127.0.0.1:9000", "eu-central-1", keys)
    config = {"access_key_id": keys.id, "secret_access_key": keys.secret} | ({"session_token": token} if token else {})
    store = S3Store(bucket.name, endpoint=bucket.endpoint, region=bucket.region, config=config)
    for method in ("GET", "DELETE"):
        theirs = obstore.sign(store, method, "a/b c", timedelta(seconds=600))
        moment = dict(parse_qsl(urlsplit(theirs).query))["X-Amz-Date"]
        begins = int(datetime.strptime(f"{moment}+0000", "%Y%m%dT%H%M%SZ%z").timestamp())
        ours = presigned(bucket, keys, "a/b c", begins, 600, {}, method)
        assert sorted(parse_qsl(urlsplit(ours).query)) == sorted(parse_qsl(urlsplit(theirs).query))
        assert urlsplit(ours).path == urlsplit(theirs).path


def test_the_extra_that_is_missing_is_named(tmp_path: Path) -> None:
    without = "import sys; sys.modules['obstore'] = None; from parhelion.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", without, "serve", "--data", str(tmp_path / "data"), "--media", "s3://files"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "parhelion: attachments in a bucket are an extra: pip install 'parhelion[s3]'\n"
