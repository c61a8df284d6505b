"""What was counted, in the text that Prometheus reads, by its own library: imported by whoever is asked for it."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from functools import partial

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from ... import __version__
from ..rules.watching import PROCESS, Family
from .measuring import Measured
from .numbers import Numbers, Series


def text(numbers: Numbers, measured: Measured | None, accept: str) -> tuple[str, bytes]:
    """Its media type, and it: Prometheus' own, or OpenMetrics where that is accepted."""
    encode, kind = choose_encoder(accept)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_All(numbers, measured))
    return kind, encode(registry)


class _All(Collector):
    def __init__(self, numbers: Numbers, measured: Measured | None) -> None:
        self._numbers, self._measured = numbers, measured

    def collect(self) -> Iterator[Metric]:
        for family in self._numbers.families:
            if family.name != PROCESS:
                yield _metric(family, self._numbers.each(family))
        if self._measured is not None:
            yield from _of_store(self._measured)
        yield from _processes(self._numbers.told(PROCESS))
        build = GaugeMetricFamily("parhelion_build_info", "What runs here", labels=["version", "python"])
        build.add_metric([__version__, platform.python_version()], 1.0)
        yield build


def _metric(family: Family, found: Iterable[Series]) -> Metric:
    names = [name for name, _ in family.labels]
    if family.kind == "histogram":
        histogram = HistogramMetricFamily(family.name, family.help, labels=names)
        bounds = [*map(str, family.bounds), "+Inf"]
        for labels, numbers in found:
            *several, total = numbers
            within = [sum(several[: at + 1]) for at in range(len(several))]
            histogram.add_metric(labels, [*zip(bounds, within, strict=True)], total)
        return histogram
    kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=names)
    for labels, [number] in found:
        metric.add_metric(labels, number)
    return metric


def _of_store(found: Measured) -> Iterator[Metric]:
    gauge = GaugeMetricFamily
    yield gauge("parhelion_store_size_bytes", "What the database takes up", found.store)
    yield gauge("parhelion_media_size_bytes", "What attachments take up together", found.media)
    yield gauge("parhelion_deliveries_waiting", "Deliveries that are to be sent, counted up to 100000", found.waiting)
    yield gauge("parhelion_deliveries_failed", "Deliveries that were given up, counted up to 100000", found.failed)
    yield gauge(
        "parhelion_deliveries_oldest_due_seconds",
        "For how long the delivery is due that has been due for longest",
        found.oldest,
    )


def _processes(pids: Iterable[float]) -> Iterator[Metric]:
    """Of each worker, under its number: by the library, of one process after another."""
    families: dict[str, Metric] = {}
    for place, pid in enumerate(pids, 1):
        if not pid:
            continue  # between two workers
        for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
            family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
            for sample in metric.samples:
                family.add_sample(sample.name, {"worker": str(place)}, sample.value)
    yield from families.values()
