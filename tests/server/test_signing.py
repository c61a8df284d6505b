"""What is said with a delivery: the key as the hosted service says it, and a signature as Standard Webhooks has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from hypothesis import given, strategies as st

from parhelion import __version__
from parhelion.receive import Receiver
from parhelion.server.rules.signing import headers_for, signature

NOON = 1_767_268_800
BODY = b'{"test": 2432232314}'


def test_the_example_of_the_standards_own_libraries_is_signed_as_they_do() -> None:
    """Their test vector: key, id, time, body and signature."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    said = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_said_with_a_delivery() -> None:
    said = headers_for("a secret", "event1", NOON, BODY)
    signed = hmac.new(b"a secret", b'event1.1767268800.{"test": 2432232314}', hashlib.sha256).digest()
    assert said == {
        "content-type": "application/json",
        "user-agent": f"Parhelion/{__version__}",
        "x-api-key": "a secret",
        "webhook-id": "event1",
        "webhook-timestamp": "1767268800",
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def test_a_library_of_the_standard_reads_it_with_the_secret_in_its_own_form() -> None:
    """As the libraries say it: whsec_ is cut off, the rest is base64, and the key is what that says."""
    given_to_it = "whsec_" + base64.b64encode(b"a secret").decode()
    key = base64.b64decode(given_to_it.removeprefix("whsec_"))
    said = headers_for("a secret", "event1", NOON, BODY)
    signed = f"{said['webhook-id']}.{said['webhook-timestamp']}.{BODY.decode()}".encode()
    version, found = said["webhook-signature"].split(",")
    assert version == "v1"
    assert hmac.compare_digest(base64.b64decode(found), hmac.digest(key, signed, hashlib.sha256))


def test_every_part_is_signed() -> None:
    usual = ("a secret", "event1", NOON, BODY)
    others = [("b secret", *usual[1:]), ("a secret", "event2", NOON, BODY)]
    others += [("a secret", "event1", NOON + 1, BODY), (*usual[:3], BODY + b" ")]
    signatures = {headers_for(*each)["webhook-signature"] for each in [usual, *others]}
    assert len(signatures) == 5


def test_the_signature_is_the_same_every_time_and_the_key_shows_in_nothing_else() -> None:
    said = headers_for("a secret", "event1", NOON, BODY)
    assert said == headers_for("a secret", "event1", NOON, BODY)
    assert [name for name, value in said.items() if "a secret" in value] == ["x-api-key"]


@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789+/=-_", min_size=1),
    st.text("0123456789abcdef", min_size=24, max_size=24),
    st.integers(0, 4_000_000_000),
)
def test_whatever_is_signed_is_taken_in(secret: str, event: str, seconds: int) -> None:
    body = json.dumps({"app": {"id": "a"}, "webhook": {"id": "w"}, "events": []}).encode()
    receiver = Receiver(secret, clock=lambda: seconds + 299.0)
    assert receiver.receive(headers_for(secret, event, seconds, body), body) == []
