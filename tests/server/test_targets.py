"""Where a webhook may point: no spelling of an address on the inside gets through, and the outside is left in peace."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given, strategies as st

from parhelion.server.rules.targets import OUTSIDE, Place, Reach, place_of, refusal, target_faults

PRIVATE, LOOPBACK, BOTH = Reach(private=True), Reach(loopback=True), Reach(private=True, loopback=True)

INSIDE = """
    127.0.0.1  127.0.0.1.  127.1  127.0.1  127.255.255.254 0177.0.0.1  2130706433  017700000001  0x7f000001  0x7F000001
    0x7f.1  0x7f.0.0.1  0177.0.0.01  127.0.0.0x1  0x0000000000007f.1  00000000000000177.1  127.0x1  0x7f.0x000001
    0  0.0.0.0  0x  0x0  00  0.0  0.1.2.3
    10.0.0.1  10.1  167772161  012.0.0.1  0xa.1  10.0.0.1.  10.255.255.255
    172.16.0.1  172.31.255.255  172.16.1  2886729729  0xac100001
    192.168.1.1  192.168.257  3232235777  0xc0a80101  0300.0250.1.1
    100.64.0.1  100.127.255.255  1681915905  100.100.100.200
    169.254.169.254  169.254.43518  2852039166  0xa9fea9fe  0251.0376.0251.0376  169.16689662  168.63.129.16
    192.0.0.1  192.0.0.192  192.0.2.1  198.51.100.1  203.0.113.9  192.88.99.1  198.18.0.1  198.19.255.255
    224.0.0.1  239.255.255.255  240.0.0.1  255.255.255.255  4294967295  0xffffffff

    [::]  [::1]  [0:0:0:0:0:0:0:1]  [0000:0000:0000:0000:0000:0000:0000:0001]  [::0.0.0.1]
    [::ffff:127.0.0.1]  [::FFFF:7f00:1]  [0:0:0:0:0:ffff:10.0.0.1]  [::ffff:169.254.169.254]  [::ffff:0.0.0.0]
    [::127.0.0.1]  [::10.0.0.1]  [::a9fe:a9fe]  [::8.8.8.8]  [::ffff:0:127.0.0.1]
    [2002:7f00:1::]  [2002:a00:1::1]  [2002:a9fe:a9fe::1]  [2002:808:808::1]
    [2001:0:4136:e378:8000:63bf:3fff:fdd2]  [2001::f5ff:fffe]
    [64:ff9b::127.0.0.1]  [64:ff9b::a00:1]  [64:ff9b::169.254.169.254]  [64:ff9b:1::10.0.0.1]  [64:ff9b:1::8.8.8.8]
    [fe80::1]  [FE80::1]  [febf::1]  [fec0::1]  [fc00::1]  [fd12:3456::1]  [fd00:ec2::254]  [FD00:EC2::254]
    [fd20:ce::254]  [ff02::1]  [ff0e::1]  [2001:db8::1]  [3fff::1]  [2001:2::1]  [2001:10::1]  [100::1]  [5f00::1]
    [fe80::1%eth0]  [fe80::1%25eth0]  [::1%25lo]  [::1%lo]  [2606:4700::1%25eth0]

    localhost  LOCALHOST  LocalHost.  a.localhost  a.b.localhost.  localhost.localdomain
    printer.local  PRINTER.LOCAL.  x.internal  metadata.google.internal  box.localdomain  nas.home.arpa  home.arpa
    intranet  ip6-localhost  db  DB.
"""

BADLY_FORMED = """
    %31%32%37.0.0.1  127.0.0.1%00.example.org  %6c%6f%63alhost  example%2eorg  example.org%23
    \N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT SEVEN}.0.0.1
    127\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}1
    127\N{FULLWIDTH FULL STOP}0.0.1  127\N{HALFWIDTH IDEOGRAPHIC FULL STOP}1
    \N{CIRCLED DIGIT ONE}\N{CIRCLED DIGIT TWO}\N{CIRCLED DIGIT SEVEN}.1  \N{MATHEMATICAL BOLD SMALL L}ocalhost
    \N{FULLWIDTH LATIN SMALL LETTER L}ocalhost  loc\N{SOFT HYPHEN}alhost  localho\N{LATIN SMALL LETTER LONG S}t
    \N{ARABIC-INDIC DIGIT ONE}.1.1.1  b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example
    1.2.3.4.5  256.1.1.1  1.2.3.256  1.256.3  4294967296  08.1.1.1  0x1g.1.1.0x1  1..1  1.1.1.1..  a.1  example.0x7f
    0x100000000  99999999999999999999999999999999999999999999999  127.0.0.1.example.1
    [  ]  []  [1]  [::1  ::1  [127.0.0.1]  [::1]x  x[::1]  [::gg]  [1:2:3:4:5:6:7:8:9]  [::1]:0  [[::1]]
    .  ..  .example.org  example..org  example.org..  -a.example  a-.example  ex\\ample.org  a$b.org  a*b.org  a,b.org
    localhost:0  example.org:0  example.org:65536  example.org:99999999999  example.org:-1  example.org:+80
    example.org:8\N{FULLWIDTH DIGIT ZERO}  example.org:80:80  example.org:http
    ada@example.org  ada:secret@127.0.0.1  @example.org  127.0.0.1\\@example.org  example.org\\@127.0.0.1
    example.org:80@127.0.0.1  example.org%40127.0.0.1
"""

ALLOWED = {
    "https://example.org": Place("https", "example.org", 443, "/"),
    "HTTPS://Bot.Example.ORG./Hook?a=B#part": Place("https", "bot.example.org", 443, "/Hook?a=B"),
    "http://example.org:8080?x=1": Place("http", "example.org", 8080, "/?x=1"),
    "http://example.org:/": Place("http", "example.org", 80, "/"),
    "https://xn--bcher-kva.example/b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher": Place(
        "https", "xn--bcher-kva.example", 443, "/b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher"
    ),
    "http://8.8.8.8/": Place("http", "8.8.8.8", 80, "/"),
    "http://134744072/": Place("http", "8.8.8.8", 80, "/"),
    "http://0x8.8.0x808": Place("http", "8.8.8.8", 80, "/"),
    "http://172.15.255.255": Place("http", "172.15.255.255", 80, "/"),
    "http://172.32.0.1": Place("http", "172.32.0.1", 80, "/"),
    "http://100.63.255.255:65535": Place("http", "100.63.255.255", 65535, "/"),
    "http://100.128.0.1": Place("http", "100.128.0.1", 80, "/"),
    "http://126.255.255.255": Place("http", "126.255.255.255", 80, "/"),
    "http://223.255.255.255": Place("http", "223.255.255.255", 80, "/"),
    "https://[2606:4700::1111]:8443/x": Place("https", "2606:4700::1111", 8443, "/x"),
    "http://[::ffff:8.8.8.8]/": Place("http", "::ffff:808:808", 80, "/"),
    "http://[64:ff9b::8.8.8.8]/": Place("http", "64:ff9b::808:808", 80, "/"),
    "https://127.0.0.1.example.org/": Place("https", "127.0.0.1.example.org", 443, "/"),
    "https://localhost.example.org/": Place("https", "localhost.example.org", 443, "/"),
    "https://notlocal/x.local".replace("notlocal", "notlocal.example"): Place(
        "https", "notlocal.example", 443, "/x.local"
    ),
    "https://mylocal.arpa": Place("https", "mylocal.arpa", 443, "/"),
    "https://1.2.3.example": Place("https", "1.2.3.example", 443, "/"),
    "https://a_b.example.org/a@b:c": Place("https", "a_b.example.org", 443, "/a@b:c"),
    "https://example.org/http://127.0.0.1/": Place("https", "example.org", 443, "/http://127.0.0.1/"),
}


def said(target: str, reach: Reach = OUTSIDE) -> list[str]:
    return [str(fault) for fault in target_faults(target, "target", reach)]


@pytest.mark.parametrize("host", INSIDE.split())
def test_no_spelling_of_the_inside_is_let_through(host: str) -> None:
    for target in (f"http://{host}/", f"HTTPS://{host}:8443", f"http://{host}:80/x?y=z#f"):
        assert len(said(target)) == 1


@pytest.mark.parametrize("host", BADLY_FORMED.split())
def test_what_is_no_host_is_refused_whoever_may_be_called(host: str) -> None:
    assert len(said(f"http://{host}/", BOTH)) == 1


@pytest.mark.parametrize(
    "target",
    [
        *("", "/hook", "//example.org/x", "example.org", "https:", "https:/", "https://", "https:///x", "https://?x"),
        *("https://#x", "https://:80", "ftp://example.org", "file:///etc/passwd", "gopher://127.0.0.1", "javascript:1"),
        *(
            " https://example.org",
            "https://example.org ",
            "https://exa mple.org",
            "https://exa\tmple.org",
            "\nhttp://a.b",
        ),
        *("https://example.org/\r\nX: y", "https://example.org/\x00", "https://example.org/\x7f", "http\n://a.b"),
        *("https://example.org/\N{ZERO WIDTH SPACE}", "https:\\\\example.org", "https://example.org\N{NO-BREAK SPACE}"),
    ],
)
def test_what_is_no_address_is_refused_whoever_may_be_called(target: str) -> None:
    [fault] = said(target, BOTH)
    assert fault == "target: should be an absolute http or https address"


@pytest.mark.parametrize("target", ALLOWED)
def test_the_outside_is_read_once_and_left_in_peace(target: str) -> None:
    assert place_of(target) == ALLOWED[target]
    assert said(target) == []


def test_a_fault_says_what_is_refused_and_why() -> None:
    assert said("http://012.1") == [
        "target: should not be a private address (10.0.0.1): this server sends no events there"
    ]
    assert said("http://[::ffff:7f00:1]") == [
        "target: should not be an address of this machine (127.0.0.1): this server sends no events there"
    ]
    assert said("http://metadata.google.internal") == [
        "target: should not be a local name (metadata.google.internal): this server sends no events there"
    ]
    assert said("http://db/") == ["target: should not be a name without a dot (db): this server sends no events there"]
    assert said("http://A.localhost/") == [
        "target: should not be a name of this machine (a.localhost): this server sends no events there"
    ]
    assert said("https://ada:secret@example.org") == ["target: should have no user name and no password in it"]
    assert said("https://example.org:0") == ["target: should have a port from 1 to 65535"]
    assert "xn--" in said("https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example")[0]


OPENED = [
    (PRIVATE, "10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 [fd12::1] [fc00::1] [::ffff:10.0.0.1] db x.local a.internal"),
    (LOOPBACK, "127.0.0.1 127.1 2130706433 [::1] [::ffff:127.0.0.1] localhost a.localhost localhost."),
]


@pytest.mark.parametrize(("reach", "hosts"), OPENED)
def test_what_is_opened_is_open_and_the_other_is_not(reach: Reach, hosts: str) -> None:
    other = LOOPBACK if reach == PRIVATE else PRIVATE
    for host in hosts.split():
        target = f"http://{host}:8000/hook"
        assert said(target, reach) == said(target, BOTH) == []
        assert said(target, other)


NEVER = """
    169.254.169.254 169.254.0.1 2852039166 [fe80::1] [::ffff:169.254.169.254] [64:ff9b::169.254.169.254] [fd00:ec2::254]
    [fd20:ce::254] 100.100.100.200 168.63.129.16 0.0.0.0 [::] 0 224.0.0.1 255.255.255.255 [ff02::1] 192.0.2.1 198.18.0.1
    192.0.0.192 [2002:7f00:1::] [2001:0:1::1] [64:ff9b:1::1] [::127.0.0.1] [fec0::1] [2001:db8::1]
"""


@pytest.mark.parametrize("host", NEVER.split())
def test_nothing_opens_the_metadata_of_clouds_or_what_nobody_answers_at(host: str) -> None:
    assert len(said(f"http://{host}/", BOTH)) == 1


@pytest.mark.parametrize("address", ["", "x", "127.1", "0x7f.1", "1.2.3.4.5", "example.org", "2130706433", "::g"])
def test_what_is_no_address_is_not_called(address: str) -> None:
    assert refusal(address, BOTH) == "something that is no address"


def test_an_address_with_a_zone_is_judged_without_it() -> None:
    assert refusal("fe80::1%eth0", BOTH) == "a link-local address (fe80::1)"
    assert refusal("::1%lo", OUTSIDE) == "an address of this machine (::1)"
    assert refusal("2606:4700::1%eth0", OUTSIDE) is None


# Python's own lists, for what they know; they differ from version to version, so they are a lower bound.


def spellings(address: IPv4Address) -> list[str]:
    a, b, c, d = address.packed
    whole = int(address)
    last16, last24 = c << 8 | d, b << 16 | c << 8 | d
    return [
        str(address),
        f"{address}.",
        str(whole),
        f"0{whole:o}",
        f"000{whole:o}",
        hex(whole),
        f"0X{whole:X}",
        f"{a}.{last24}",
        f"{a}.{b}.{last16}",
        f"{a:#x}.0{b:o}.{last16:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#04x}.{b:#06x}.{c:#x}.{d:#x}",
        f"[::ffff:{address}]",
        f"[::FFFF:{a:02X}{b:02X}:{c:02X}{d:02X}]",
        f"[0:0:0:0:0:ffff:{a << 8 | b:x}:{c << 8 | d:x}]",
        f"[64:ff9b::{address}]",
    ]


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_ipv4_address_is_judged_as_that_address(address: IPv4Address) -> None:
    for reach in (OUTSIDE, PRIVATE, LOOPBACK, BOTH):
        refused = refusal(str(address), reach) is not None
        for host in spellings(address):
            assert bool(said(f"http://{host}/", reach)) == refused, host
    if not address.is_global or address.is_multicast:
        assert refusal(str(address), OUTSIDE)
    if not (address.is_private or address.is_loopback) and not address.is_global:  # CGNAT
        assert refusal(str(address), LOOPBACK)


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_that_is_not_global_is_never_called(address: IPv6Address) -> None:
    refused = refusal(str(address), OUTSIDE)
    for host in (str(address), address.exploded, address.compressed.upper()):
        assert bool(said(f"https://[{host}]:9/", OUTSIDE)) == bool(refused)
    mapped = address.ipv4_mapped
    if mapped is not None:
        assert bool(refused) == bool(refusal(str(mapped), OUTSIDE))
    elif address in IPv6Network("64:ff9b::/96"):
        assert bool(refused) == bool(refusal(str(IPv4Address(int(address) & 0xFFFFFFFF)), OUTSIDE))
    elif not address.is_global or address.is_multicast or address not in IPv6Network("2000::/3"):
        assert refused


@given(st.text(max_size=40), st.sampled_from(["http://", "https://", "http://[", "//", ""]))
def test_any_text_is_judged_without_an_accident(text: str, start: str) -> None:
    faults = said(start + text, BOTH)
    assert len(faults) <= 1
    if not faults:
        place = place_of(start + text)
        assert place_of(f"{place.scheme}://{place.authority}{place.path}") == place
