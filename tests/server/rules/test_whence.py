"""Nobody but our own proxies says where a request comes from, whatever the header says."""

from __future__ import annotations

import pytest

from parhelion.server.rules.whence import HOPS, network, whence

OURS = [network(each) for each in ("10.0.0.0/8", "fd00::/8", "192.0.2.1")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's word
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6,198.51.100.1", "198.51.100.1"),  # what the client itself said first
        ("10.0.0.1", "6.6.6.6, 10.9.9.9, 198.51.100.1 , 10.1.1.1,\t10.0.0.7", "198.51.100.1"),
        ("10.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2"),  # all are ours: the first of them
        ("192.0.2.1", "2001:db8::1", "2001:db8::1"),
        ("192.0.2.2", "2001:db8::1", "192.0.2.2"),
        ("fd00::1", "[2001:DB8::1]:4711", "2001:db8::1"),
        ("fd00::1", "2001:db8::1, [fd00::2]", "2001:db8::1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),  # one address, written in two ways
        ("::ffff:203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),  # a socket without addresses
        ("/run/socket", "198.51.100.1", "/run/socket"),
    ],
)
def test_it_is_the_last_address_that_is_none_of_our_proxies(peer: str, forwarded: str, expected: str) -> None:
    assert whence(peer, forwarded, OURS) == expected
    assert whence(peer, forwarded, []) in (peer, peer.removeprefix("::ffff:"))


@pytest.mark.parametrize(
    "nonsense",
    [
        "unknown", "_hidden", "", ",", ",,,", " ", "198.51.100", "198.51.100.256", "1.2.3.4.5", "0x7f.1", "127.1",
        "fe80::1%eth0", "[::1", "::1]", "[::1]:x", "1.2.3.4:", "1.2.3.4:123456", "http://1.2.3.4", "for=1.2.3.4",
        "1.2.3.4;for=5.6.7.8", "1.2.3.4\x00", "\u0661.2.3.4", "<script>", "'; drop table audit; --", "1" * 9000,
        "ada@example.org", "1.2.3.4 5.6.7.8",
    ],
)  # fmt: skip
def test_what_is_no_address_is_nobodys(nonsense: str) -> None:
    assert whence("10.0.0.1", nonsense, OURS) == "10.0.0.1"
    assert whence("10.0.0.1", f"6.6.6.6, {nonsense}", OURS) == "10.0.0.1"
    assert whence("10.0.0.1", f"{nonsense}, 198.51.100.1", OURS) == "198.51.100.1"
    assert whence("10.0.0.1", f"6.6.6.6, {nonsense}, 10.3.3.3", OURS) == "10.3.3.3"


def test_a_long_row_of_proxies_is_looked_at_only_so_far() -> None:
    far = ",".join(["6.6.6.6", *["10.5.5.5"] * (HOPS * 100)])
    assert whence("10.0.0.1", far, OURS) == "10.5.5.5"


@pytest.mark.parametrize("wrong", ["", "10.0.0.0/33", "10.0.0.1/8", "proxy.example.org", "10.0.0", "::/200"])
def test_what_is_no_network_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no network"):
        network(wrong)
