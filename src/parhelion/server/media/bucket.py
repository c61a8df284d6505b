"""Where a bucket is, and who asks there: what one address says.

    s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu-central-1&downloads=redirect&public=https://files.example.org
    s3://KEY:SECRET@BUCKET      better in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: others may see an address

An address may hold a secret, so nothing here says it again: not an error, not a repr.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

LIKE = "s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu-central-1"
REGION = "us-east-1"
_SETTINGS = ("endpoint", "region", "downloads", "public")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{1,254}")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_\-][A-Za-z0-9._\-]*/)*")
_ENDPOINT = re.compile(r"https?://(?:[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_REGION = re.compile(r"[A-Za-z0-9\-]{1,64}")


@dataclass(frozen=True, slots=True)
class Keys:
    """Who asks. `token`: of credentials that last a while."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A place in a store. `prefix` ends with a slash, or is empty."""

    name: str
    prefix: str
    endpoint: str
    region: str
    keys: Keys | None = None  # None: whatever the machine is let in with
    public: str | None = None  # the endpoint as clients reach it; None: no client is sent there

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}".rstrip("/")


def bucket_of(address: str, environment: Mapping[str, str]) -> Bucket:
    """What an address says; ValueError says what is wrong with it, and not the address."""
    try:
        parts = urlsplit(address)
        said = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise ValueError(f"it is not an address such as {LIKE}") from None
    who, _, name = parts.netloc.rpartition("@")
    prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
    if parts.scheme != "s3" or parts.fragment or not _BUCKET.fullmatch(name):
        raise ValueError(f"it is not an address such as {LIKE}")
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("the prefix should be names of letters, digits, '.', '_' and '-' with a slash in between")
    for setting in said.keys() - set(_SETTINGS):
        raise ValueError(f"{setting!r} is no setting of it: {', '.join(_SETTINGS)} are")
    region = said.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or REGION
    endpoint = said.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/")
    public = said.get("public", endpoint).rstrip("/")
    if not _REGION.fullmatch(region):
        raise ValueError("the region should be a name such as eu-central-1")
    for setting, value in (("endpoint", endpoint), ("public", public)):
        if not _ENDPOINT.fullmatch(value):
            raise ValueError(f"{setting} should be like https://s3.example.org or http://127.0.0.1:9000")
    keys = _keys(who, environment)
    match said.get("downloads", "through"):
        case "through":
            return Bucket(name, prefix, endpoint, region, keys)
        case "redirect" if keys is None:
            raise ValueError("downloads=redirect signs addresses: it needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        case "redirect":
            return Bucket(name, prefix, endpoint, region, keys, public)
        case _:
            raise ValueError("downloads should be through (as it is without a word) or redirect")


def _keys(who: str, environment: Mapping[str, str]) -> Keys | None:
    if who:
        id, _, secret = who.partition(":")
        if not (id and secret):
            raise ValueError("before the @ should be KEY:SECRET, or nothing")
        return Keys(unquote(id), unquote(secret))
    id, secret = environment.get("AWS_ACCESS_KEY_ID", ""), environment.get("AWS_SECRET_ACCESS_KEY", "")
    return Keys(id, secret, environment.get("AWS_SESSION_TOKEN")) if id and secret else None
