"""A bucket of tokens: what passes, what is told, and what a clock may do."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, strategies as st

from parhelion.server.rules.rates import MOST, SECOND, Left, Rate, rate_of, take

NOON = 1_767_268_800 * SECOND
HOUR = 3600 * SECOND
RATES = st.builds(Rate, st.integers(1, 5000), st.sampled_from([1, 60, 3600]), st.integers(1, 300))
GAPS = st.lists(st.one_of(st.just(0), st.integers(0, SECOND // 50), st.integers(0, 3 * SECOND)), min_size=1)


class Bucket:
    def __init__(self, rate: Rate) -> None:
        self.rate, self.number = rate, 0

    def take(self, now: int) -> Left:
        [self.number], left = take([self.number], [self.rate], now)
        return left


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        ("100", Rate(100, 1, 200)),
        ("100/s", Rate(100, 1, 200)),
        ("6000/min", Rate(6000, 60, 200)),
        ("3600/h", Rate(3600, 3600, 2)),
        ("10/min", Rate(10, 60, 1)),
        ("100/s:500", Rate(100, 1, 500)),
        ("5:1", Rate(5, 1, 1)),
        ("1000000", Rate(MOST, 1, MOST)),
    ],
)
def test_a_rate_as_people_write_it(said: str, rate: Rate) -> None:
    assert rate_of(said) == rate


@pytest.mark.parametrize(
    "said", ["", "fast", "0", "-1", "100/d", "100/s:0", "1000001", "1.5", "٣", "1/s:1000001", "1 "]
)
def test_what_is_no_rate_is_told(said: str) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        rate_of(said)


def test_the_burst_passes_at_once_and_then_one_an_interval() -> None:
    bucket = Bucket(rate_of("10/s:3"))
    assert [bucket.take(NOON).requests for _ in range(3)] == [2, 1, 0]
    refused = bucket.take(NOON)
    assert (refused.wait, refused.requests, refused.full) == (SECOND // 10, 0, 3 * SECOND // 10)
    assert bucket.take(NOON + refused.wait - 1).wait == 1
    assert bucket.take(NOON + refused.wait).wait == 0
    assert bucket.take(NOON + refused.wait).wait == SECOND // 10


def test_who_rests_has_the_whole_burst_again_and_no_more() -> None:
    bucket = Bucket(rate_of("10/s:3"))
    for start in (NOON, NOON + SECOND, NOON + 24 * HOUR):
        assert [bucket.take(start).wait > 0 for _ in range(5)] == [False, False, False, True, True]


def test_what_is_refused_takes_nothing_from_anybody() -> None:
    rates = [rate_of("10/s:5"), rate_of("10/s:2")]
    numbers: list[int] = [0, 0]
    for least in (1, 0):
        numbers, left = take(numbers, rates, NOON)
        assert (left.which, left.requests) == (1, least)
    for _ in range(10):
        numbers, left = take(numbers, rates, NOON)
        assert (left.which, left.wait) == (1, SECOND // 10)
    _, other = take(numbers[:1], rates[:1], NOON)
    assert other.requests == 2  # of five, the two that passed and this one


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    bucket = Bucket(rate_of("10/s:3"))
    for _ in range(3):
        bucket.take(NOON)
    earlier = NOON - HOUR
    assert bucket.take(earlier).wait == SECOND // 10
    assert bucket.take(earlier + SECOND // 10).wait == 0


@given(RATES, GAPS)
def test_never_more_than_the_limit_times_the_time_and_the_burst(rate: Rate, gaps: list[int]) -> None:
    bucket, passed = Bucket(rate), list[int]()
    for moment in accumulate(gaps, initial=NOON):
        if bucket.take(moment).wait == 0:
            passed.append(moment)
    for first, begin in enumerate(passed):
        for last, end in enumerate(passed[first:], first):
            assert (last - first + 1 - rate.burst) * rate.per * SECOND <= rate.limit * (end - begin)


@given(RATES, GAPS)
def test_who_waits_as_told_passes_and_who_waits_less_does_not(rate: Rate, gaps: list[int]) -> None:
    bucket = Bucket(rate)
    for moment in accumulate(gaps, initial=NOON):
        if wait := bucket.take(moment).wait:
            early, late = Bucket(rate), Bucket(rate)
            early.number = late.number = bucket.number
            assert early.take(moment + wait - 1).wait > 0
            assert late.take(moment + wait).wait == 0


@given(RATES)
def test_who_comes_at_the_very_moment_gets_no_more_than_the_limit(rate: Rate) -> None:
    bucket, now, passed = Bucket(rate), NOON, 0
    for _ in range(2 * rate.burst + 20):
        wait = bucket.take(now).wait
        now, passed = now + wait, passed + (wait == 0)
        assert (passed - rate.burst) * rate.per * SECOND <= rate.limit * (now - NOON)


@given(RATES, GAPS)
def test_what_is_told_to_be_left_is_left(rate: Rate, gaps: list[int]) -> None:
    bucket = Bucket(rate)
    left = [bucket.take(moment) for moment in accumulate(gaps, initial=NOON)]
    for before, after in pairwise(zip(left, accumulate(gaps, initial=NOON), strict=False)):
        if before[0].full <= after[1] - before[1]:
            assert after[0].requests == rate.burst - 1
    *_, last = accumulate(gaps, initial=NOON)
    assert all(bucket.take(last).wait == 0 for _ in range(left[-1].requests))
    assert bucket.take(last).wait > 0
