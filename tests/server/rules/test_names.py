"""Names for those who have not told theirs."""

from __future__ import annotations

import subprocess
import sys

from parhelion.server.ids import Ids
from parhelion.server.rules.names import ADJECTIVES, ANIMALS, animal_name


def test_a_name_is_an_adjective_and_an_animal() -> None:
    adjective, animal = animal_name("5e552ef595e5206375bb835d").split(" ")
    assert adjective in ADJECTIVES
    assert animal in ANIMALS


def test_there_are_64_of_each_and_none_twice() -> None:
    assert len(ADJECTIVES) == len(set(ADJECTIVES)) == 64
    assert len(ANIMALS) == len(set(ANIMALS)) == 64
    assert all(word.isalpha() and word.istitle() for word in (*ADJECTIVES, *ANIMALS))


def test_a_name_stays_the_same_from_process_to_process() -> None:
    asks = "from parhelion.server.rules.names import animal_name; print(animal_name('5e552ef595e5206375bb835d'))"
    told = {
        subprocess.run(
            [sys.executable, "-c", asks], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {animal_name("5e552ef595e5206375bb835d")}


def test_users_who_came_one_after_the_other_have_different_names() -> None:
    ids = Ids(lambda: 1_700_000_000.0, who=7)
    names = [animal_name(ids.next()) for _ in range(1000)]
    assert len(set(names)) > 800  # a thousand draws of 4096
    assert {name.split()[0] for name in names} == set(ADJECTIVES)
    assert {name.split()[1] for name in names} == set(ANIMALS)
