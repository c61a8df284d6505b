"""Whatever a foreign hand does to lines and seals is found, and it is said where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec
import pytest

from parhelion.server.rules.auditing import MOST, Chain, Line, Seal, What, anchor, mark, positions, ranges, sealed
from parhelion.server.rules.auditing_file import checked, ending, line_kept, opening, seal_kept

KEY, THEIRS = b"k" * 43, b"t" * 43
PARTS = [(1, 2, 3), (4, 6), (7,), (9, 10, 11)]  # 5 and 8 were taken by writes that were refused
REST = (12, 13)


def line(position: int, key: bytes = KEY) -> Line:
    what = What(
        1000 + position, "app", "key", "app", "DeleteUser", f"user/{position}", "changed", "::1", f"r{position}"
    )
    return Line(position, what, mark(key, what))


@dataclass
class Log:
    """As the tables have it."""

    seals: list[Seal]
    lines: list[Line]

    def found(self, head: str | None = None, key: bytes = KEY) -> list[str]:
        """What is found, place by place."""
        chain, last = Chain(key, head), 0
        for seal in sorted(self.seals):
            chain.seal(seal, [each for each in sorted(self.lines) if last < each.position <= seal.last])
            last = seal.last
        chain.rest(each for each in sorted(self.lines) if each.position > last)
        chain.end()
        return [each.place for each in chain.breaks]

    def of(self, *positions: int) -> list[Line]:
        return [each for each in self.lines if each.position in positions]

    def without(self, *positions: int) -> Log:
        return replace(self, lines=[each for each in self.lines if each.position not in positions])

    def with_(self, *lines: Line) -> Log:
        return replace(self, lines=[*self.without(*(each.position for each in lines)).lines, *lines])

    def head(self) -> str:
        return self.seals[-1].head


def log() -> Log:
    seals: list[Seal] = []
    for number, part in enumerate(PARTS):
        seals.append(sealed(KEY, seals[-1] if seals else None, 5000 + number, [line(each) for each in part]))
    return Log(seals, [line(each) for part in [*PARTS, REST] for each in part])


def test_what_is_as_it_was_written_is_not_complained_of() -> None:
    whole = log()
    assert whole.found() == []
    for seal in whole.seals:
        assert whole.found(seal.head) == []
    assert Log([], []).found() == []


def test_an_altered_line_is_found_whatever_of_it_was_altered() -> None:
    whole = log()
    for each in whole.lines:
        for field in What._fields:
            other = 7 if field == "at" else "other"
            altered = each._replace(what=each.what._replace(**{field: other}))
            assert whole.with_(altered).found() == [f"line {each.position}"], (each, field)
        assert whole.with_(each._replace(mark=bytes(16))).found() == [f"line {each.position}"]


def test_a_line_of_somebody_without_the_key_is_found_also_where_nothing_is_sealed() -> None:
    for position in (1, 6, 13):
        assert log().with_(line(position, THEIRS)).found() == [f"line {position}"]


def test_a_line_that_was_taken_away_or_put_in_is_found() -> None:
    for part in PARTS:
        for position in part:
            assert log().without(position).found() == [f"line {position}"]
    for position in (5, 8, 0):
        copied = log().of(1)[0]._replace(position=position)  # with a true mark
        found = log().with_(copied).found()
        assert found == ([f"line {position}"] if position else [])  # before the first there are none to be read


def test_lines_that_changed_places_are_found() -> None:
    whole = log()
    for one, other in ((1, 3), (9, 10)):
        [a], [b] = whole.of(one), whole.of(other)
        swapped = whole.with_(a._replace(position=other), b._replace(position=one))
        assert swapped.found() == [f"seal {next(s.number for s in whole.seals if s.last >= one)}"]
    [a], [b] = whole.of(2), whole.of(6)
    assert whole.with_(a._replace(position=6), b._replace(position=2)).found() == ["seal 1", "seal 2"]


def test_an_altered_seal_is_found() -> None:
    whole = log()
    for number, seal in enumerate(whole.seals):
        for other in (
            seal._replace(at=1),
            seal._replace(mac=bytes(32)),
            seal._replace(lines="1"),
            seal._replace(lines="nothing"),
            seal._replace(lines="1-99999999999"),
            sealed(THEIRS, whole.seals[number - 1] if number else None, seal.at, whole.of(*PARTS[number])),
        ):
            seals = [*whole.seals]
            seals[number] = other
            places = replace(whole, seals=seals).found()
            assert places[0] in (f"seal {seal.number}", *(f"line {each}" for each in PARTS[number])), other


def test_a_seal_that_was_taken_away_is_found_with_or_without_its_lines() -> None:
    whole = log()
    for gone in range(len(PARTS) - 1):
        left = replace(whole, seals=[each for number, each in enumerate(whole.seals) if number != gone])
        assert left.found()[0] == f"seal {gone + 1}"
        assert left.without(*PARTS[gone]).found() == [f"seal {gone + 1}"]
    assert replace(whole, seals=whole.seals[3:]).found()[0] == "seals 1 to 3"


def test_seals_that_changed_places_are_found() -> None:
    whole = log()
    a, b, *more = whole.seals
    places = replace(whole, seals=[b._replace(number=1), a._replace(number=2), *more]).found()
    assert places[0] == "seal 1" or places[0].startswith("line")


def test_an_end_that_was_cut_off_is_found_by_a_head_that_was_noted() -> None:
    whole = log()
    cut = replace(whole, seals=whole.seals[:2]).without(*PARTS[2], *PARTS[3], *REST)
    assert cut.found() == []
    assert cut.found(whole.head()) == [f"head {whole.head()}"]
    assert Log([], []).found(whole.head()) == [f"head {whole.head()}"]
    made_anew = sealed(
        KEY, cut.seals[-1], 6000, [line(7)]
    )  # what came after it is sealed, by a server that knows nothing
    assert replace(cut, seals=[*cut.seals, made_anew]).with_(line(7)).found(whole.seals[2].head) == [
        f"head {whole.seals[2].head}"
    ]


def test_what_is_no_head_is_refused() -> None:
    for wrong in ("", "1", "1:", "1:abc", ":0123456789abcdef0123456789abcdef", "1:0123456789ABCDEF0123456789ABCDEF"):
        with pytest.raises(ValueError, match="is not a head"):
            Chain(KEY, wrong)


def test_a_beginning_may_only_be_missing_behind_an_anchor_of_ours() -> None:
    whole = log()
    first = whole.seals[1]._replace(anchor=anchor(KEY, whole.seals[1]))
    kept = replace(whole, seals=[first, *whole.seals[2:]]).without(*PARTS[0], *PARTS[1])
    assert kept.found() == []
    assert kept.found(whole.seals[0].head) == [f"head {whole.seals[0].head}"]
    for false in (b"x", anchor(THEIRS, whole.seals[1]), anchor(KEY, whole.seals[0])):
        forged = replace(kept, seals=[first._replace(anchor=false), *kept.seals[1:]])
        assert forged.found() == ["seal 2"]
    nothing_left = replace(kept, seals=kept.seals[1:])
    assert nothing_left.found()[0] == "seals 1 to 2"


def test_with_another_key_nothing_is_believed() -> None:
    assert len(log().found(key=THEIRS)) == sum(map(len, PARTS)) + len(REST)


def test_breaks_are_counted_and_not_all_told() -> None:
    chain = Chain(THEIRS)
    chain.rest(line(each) for each in range(1, 3 * MOST))
    assert (len(chain.breaks), chain.several) == (MOST, 3 * MOST - 1)


@pytest.mark.parametrize("numbers", [[1], [1, 2, 3], [1, 3], [5, 6, 9, 11, 12], [2**62]])
def test_positions_are_said_shortly_and_read_again(numbers: list[int]) -> None:
    assert positions(ranges(numbers)) == numbers


@pytest.mark.parametrize("said", ["", ",", "1,", "1-", "-1", "2-1", "2,1", "1-3,3", "a", "1 ", "1-200000", "9" * 30])
def test_what_says_no_positions_is_not_guessed_at(said: str) -> None:
    assert positions(said) is None


# -- as a file ----------------------------------------------------------------------------------------------------


def exported() -> list[bytes]:
    whole, chain, kept, last = log(), Chain(KEY), [msgspec.json.encode(opening(5))], 0
    for seal in whole.seals:
        lines = [each for each in whole.lines if last < each.position <= seal.last]
        kept += [msgspec.json.encode(line_kept(each)) for each in lines]
        kept.append(msgspec.json.encode(seal_kept(seal)))
        chain.seal(seal, lines)
        last = seal.last
    chain.rest(whole.of(*REST))
    return [
        *kept,
        *(msgspec.json.encode(line_kept(each)) for each in whole.of(*REST)),
        msgspec.json.encode(ending(chain)),
    ]


def places(rows: Sequence[bytes], head: str | None = None) -> list[str]:
    return [each.place for each in checked(rows, KEY, head).breaks]


def test_an_export_is_verified_without_the_store() -> None:
    chain = checked(exported(), KEY, log().head())
    assert (chain.breaks, chain.lines, chain.seals, chain.unsealed) == ([], 9, 4, 2)
    assert chain.head == log().head()


def test_a_row_of_an_export_that_was_taken_away_doubled_or_moved_is_found() -> None:
    whole = exported()
    changes: list[Callable[[int], list[bytes]]] = [
        lambda at: whole[:at] + whole[at + 1 :],
        lambda at: [*whole[:at], whole[at], *whole[at:]],
        lambda at: [*whole[: at - 1], whole[at], whole[at - 1], *whole[at + 1 :]],
    ]
    for at in range(1, len(whole)):
        for number, change in enumerate(changes):
            try:
                found = places(change(at))
            except ValueError:
                continue
            quiet = whole[at].startswith(b'{"kind":"line"') and at > len(whole) - 4  # not sealed: nothing holds them
            assert found or (number == 2 and quiet), (at, number)


def test_an_export_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    whole = exported()
    for several in range(1, len(whole)):
        assert "the end" in places(whole[:several])
    assert places([]) == ["the end"]


@pytest.mark.parametrize("row", [b"", b"{", b"[]", b'{"kind":"app"}', b'{"kind":"line"}', b"\xff"])
def test_what_is_no_export_is_refused_by_its_row(row: bytes) -> None:
    with pytest.raises(ValueError, match="row 3 is not one of an export"):
        checked([*exported()[:2], row, *exported()[2:]], KEY)


def test_an_export_of_a_later_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        checked([exported()[0].replace(b'"version":1', b'"version":2')], KEY)
