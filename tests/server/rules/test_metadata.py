"""How much metadata there may be, and in whose words too much is refused."""

from __future__ import annotations

import json

from hypothesis import given, strategies as st

from parhelion.server.rules import metadata
from parhelion.wire.reading import Fault


def test_none_and_little_is_right() -> None:
    assert metadata.faults(None, "metadata") == []
    assert metadata.faults({}, "metadata") == []
    assert metadata.faults({"vip": True, "score": 1.5, "name": "Ann"}, "metadata") == []


def test_4096_bytes_are_right_and_one_more_is_not() -> None:
    assert metadata.faults({"k": "x" * (4096 - len('{"k":""}'))}, "metadata") == []
    assert metadata.faults({"k": "x" * (4097 - len('{"k":""}'))}, "metadata") != []


def test_spaces_that_nobody_sent_do_not_count() -> None:
    assert metadata.faults({"k": "x" * (4096 - len('{"k":"","n":1}')), "n": 1}, "metadata") == []
    assert metadata.faults({"k": "x" * (4097 - len('{"k":"","n":1}')), "n": 1}, "metadata") != []


def test_keys_count_as_values_do() -> None:
    assert metadata.faults({"k" * 4096: ""}, "metadata") != []


def test_bytes_count_and_not_characters() -> None:
    assert metadata.faults({"k": "é" * 2044}, "metadata") == []
    assert metadata.faults({"k": "é" * 2045}, "metadata") != []
    assert metadata.faults({"k": "😀" * 1023}, "metadata") != []


def test_metadata_that_looks_like_something_else_is_measured_whole() -> None:
    assert metadata.faults({"type": "(unknown)", "fields": "", "k": "x" * 4096}, "metadata") != []


def test_the_whole_things_metadata_is_refused_in_the_services_words() -> None:
    much = {"k": "x" * 5000}
    (fault,) = metadata.faults(much, "metadata", "App")
    assert str(fault) == "App metadata is limited to 4096 bytes in size."
    (fault,) = metadata.faults(much, "metadata")
    assert str(fault) == "Message metadata is limited to 4096 bytes in size."


def test_metadata_of_a_part_is_refused_with_its_place() -> None:
    place = "content.actions[0].metadata"
    assert metadata.faults({"k": "x" * 5000}, place, "Action") == [
        Fault(place, "Action metadata is limited to 4096 bytes in size.")
    ]


@given(st.dictionaries(st.text(max_size=50), st.text(max_size=400) | st.integers() | st.booleans(), max_size=30))
def test_the_limit_is_that_of_the_compact_json(several: dict[str, str | int | bool]) -> None:
    size = len(json.dumps(several, ensure_ascii=False, separators=(",", ":")).encode())
    assert bool(metadata.faults(dict(several), "metadata")) == (size > 4096)
