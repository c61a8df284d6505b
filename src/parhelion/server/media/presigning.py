"""An address that lets whoever has it ask one thing of a bucket, for a while (AWS signature 4, in the query).

obstore signs addresses too, but none that say more than a key: what the answer is called, and what it is to be taken
for.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from .bucket import Bucket, Keys


def presigned(
    bucket: Bucket, keys: Keys, key: str, begins: int, lasts: int, more: Mapping[str, str], method: str = "GET"
) -> str:
    """For `key`, from `begins` (seconds since 1970), for `lasts` seconds. `more`: response-content-type and others."""
    base = bucket.endpoint
    path = f"/{quote(bucket.name)}/{quote(key)}"
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(begins))
    scope = f"{moment[:8]}/{bucket.region}/s3/aws4_request"
    said = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{keys.id}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(lasts),
        "X-Amz-SignedHeaders": "host",
        **({"X-Amz-Security-Token": keys.token} if keys.token else {}),
        **more,
    }
    query = "&".join(sorted(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in said.items()))
    asked = f"{method}\n{path}\n{query}\nhost:{urlsplit(base).netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    secret = f"AWS4{keys.secret}".encode()
    for word in scope.split("/"):
        secret = hmac.digest(secret, word.encode(), "sha256")
    signature = hmac.digest(secret, to_sign.encode(), "sha256").hex()
    return f"{base}{path}?{query}&X-Amz-Signature={signature}"
