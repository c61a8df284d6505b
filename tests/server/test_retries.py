"""When a delivery is tried again: how often, how far apart, and after which answers not at all."""

from __future__ import annotations

import pytest

from parhelion.server.rules.retries import ATTEMPTS, FINAL, TIMEOUT, arrived, next_attempt

EVERY = [None, *range(100, 600)]


def waits(dice: float, status: int | None = 503) -> list[float | None]:
    return [next_attempt(attempts, status, dice) for attempts in range(1, ATTEMPTS + 1)]


def test_waits_grow_and_the_fifth_attempt_is_the_last() -> None:
    assert waits(0.5) == [7, 28, 112, 448, None]
    assert waits(0.0) == pytest.approx([5.6, 22.4, 89.6, 358.4, None])
    assert waits(1.0) == pytest.approx([8.4, 33.6, 134.4, 537.6, None])


def test_five_attempts_that_all_time_out_end_within_a_quarter_of_an_hour() -> None:
    assert ATTEMPTS * TIMEOUT + sum(wait or 0 for wait in waits(1.0)) <= 15 * 60


def test_a_refusal_is_final_and_every_other_answer_that_is_no_success_is_tried_again() -> None:
    assert {status for status in EVERY if next_attempt(1, status, 0.5) is None} == {400, 401, 403, 404, 406} == FINAL
    assert {status for status in EVERY if arrived(status)} == set(range(200, 300))


def test_more_attempts_than_there_may_be_are_not_followed_by_another() -> None:
    assert next_attempt(ATTEMPTS + 1, 503, 0.5) is None
