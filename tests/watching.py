"""What /metrics says, read as Prometheus reads it and held to what promtool holds it to."""

from __future__ import annotations

import re
from itertools import pairwise
from math import inf

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.live import Caller

NAME = re.compile(r"(parhelion|process)_[a-z0-9_]+")
SUFFIXES = ("_bucket", "_count", "_sum")


class Told:
    """One answer of /metrics."""

    def __init__(self, text: str) -> None:
        self.families: dict[str, Metric] = {each.name: each for each in text_string_to_metric_families(text)}
        self.text = text
        judge(text, list(self.families.values()))

    def of(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name which have these labels."""
        found = [each for family in self.families.values() for each in family.samples if each.name == name]
        assert found or name.endswith("_total"), f"there is no {name}"
        return sum(each.value for each in found if labels.items() <= each.labels.items())

    def labels(self, name: str) -> set[str]:
        """All that the labels of a family say."""
        return {value for each in self.families[name].samples for key, value in each.labels.items() if key != "le"}


def told(caller: Caller) -> Told:
    """What a server says now, and not up to a second ago."""
    answer = caller.get("/metrics")
    assert answer.status == 200, answer
    assert answer.headers["content-type"].startswith("text/plain"), answer.headers
    return Told(answer.body.decode())


def judge(text: str, families: list[Metric]) -> None:
    """What `promtool check metrics` finds fault with, and what no scraper takes."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    series = [line.rpartition(" ")[0] for line in lines]
    assert len(series) == len(set(series)), "a series is there twice"
    names = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert len(names) == len(set(names)) == len(families), "a family is there twice"
    assert names == re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE), "a family has no words of help"
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE):
        assert NAME.fullmatch(name), name
        assert kind in {"counter", "gauge", "histogram"}, (name, kind)
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind == "counter" or not name.endswith(SUFFIXES), name
        assert not re.search(r"_(ms|milliseconds|kb|count)(_|$)", name), name
    for family in families:
        if family.type == "histogram":
            _judge_histogram(family)
        for sample in family.samples:
            assert sample.value >= 0, sample
            assert all(re.fullmatch(r"[a-z_]+", key) for key in sample.labels), sample


def _judge_histogram(family: Metric) -> None:
    buckets: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    rest: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for sample in family.samples:
        labels = tuple(sorted((key, value) for key, value in sample.labels.items() if key != "le"))
        if sample.name.endswith("_bucket"):
            buckets.setdefault(labels, []).append((float(sample.labels["le"]), sample.value))
        else:
            rest[sample.name.removeprefix(family.name), labels] = sample.value
    for labels, found in buckets.items():
        assert found[-1][0] == inf, (family.name, labels)
        assert all(one[0] < next[0] and one[1] <= next[1] for one, next in pairwise(found)), (family.name, found)
        assert rest["_count", labels] == found[-1][1], (family.name, labels)
        assert ("_sum", labels) in rest, (family.name, labels)
