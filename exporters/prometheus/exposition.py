"""/metrics: one Publication in the Prometheus text format 0.0.4 or in OpenMetrics 1.0, rendered once and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Literal

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.exposition import generate_latest as as_text
from prometheus_client.openmetrics.exposition import ALLOWUTF8
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE_OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as as_openmetrics
from prometheus_client.registry import Collector

from exporters.prometheus.catalogue import METRICS, MetricSpec
from exporters.prometheus.samples import Labels, Sample, samples
from inference.publication import Publication

Format = Literal["text", "openmetrics"]
CONTENT_TYPES: dict[Format, str] = {"text": CONTENT_TYPE_PLAIN_0_0_4, "openmetrics": CONTENT_TYPE_OPENMETRICS}
# no name of ours needs escaping; this scheme is the one that does not walk through every letter to find out
WRITERS: dict[Format, Callable[[CollectorRegistry], bytes]] = {
    "text": partial(as_text, escaping=ALLOWUTF8),
    "openmetrics": partial(as_openmetrics, escaping=ALLOWUTF8, version="1.0.0"),
}


def negotiate(accept: str) -> Format:
    """The format that an Accept header prefers; the text format where it says nothing or nothing we have."""
    text = openmetrics = 0.0
    for item in accept.lower().split(","):
        media, *rest = (part.strip() for part in item.split(";"))
        parameters = dict(part.split("=", 1) for part in rest if "=" in part)
        quality = _quality(parameters.get("q", "1"))
        if media == "application/openmetrics-text" and parameters.get("version", "1.").strip('"').startswith("1."):
            openmetrics = max(openmetrics, quality)
        elif media in {"text/plain", "text/*", "*/*"}:
            text = max(text, quality)
    return "openmetrics" if openmetrics > 0 and openmetrics >= text else "text"


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


class PublicationCollector(Collector):
    """Metric families in the order of the catalogue, without those that have no sample."""

    def __init__(self, found: Iterable[Sample]) -> None:
        self._found = tuple(found)

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """One family for each metric that has something to say; two values for one series never reach a scraper."""
        values: dict[str, dict[Labels, float]] = {}
        for name, labels, value in self._found:
            values.setdefault(name, {})[labels] = value
        for spec in METRICS:
            if spec.name in values:
                yield _family(spec, values[spec.name])


def _family(spec: MetricSpec, values: dict[Labels, float]) -> GaugeMetricFamily | CounterMetricFamily:
    family: GaugeMetricFamily | CounterMetricFamily
    if spec.kind == "counter":
        family = CounterMetricFamily(spec.name.removesuffix("_total"), spec.help, labels=spec.labels, unit=spec.unit)
    else:
        family = GaugeMetricFamily(spec.name, spec.help, labels=spec.labels, unit=spec.unit)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


@dataclass(slots=True)
class _Rendered:
    """The bytes of one publication by format; its lock lets a second scraper wait instead of rendering the same again."""

    publication: Publication | None
    registry: CollectorRegistry
    bodies: dict[Format, bytes] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def body(self, form: Format) -> bytes:
        """The bytes in this format, rendered on the first call."""
        with self.lock:
            if form not in self.bodies:
                self.bodies[form] = WRITERS[form](self.registry)
            return self.bodies[form]


class Exposition:
    """Renders what ``latest`` returns; before the first poll the build, and every configured vCenter as not up."""

    def __init__(self, latest: Callable[[], Publication | None], *, version: str, vcenters: Sequence[str] = ()) -> None:
        self._latest = latest
        self._version = version
        self._vcenters = tuple(vcenters)
        self._rendered: _Rendered | None = None
        self._prepared: _Rendered | None = None

    def prepare(self, publication: Publication) -> None:
        """Render a publication that is about to come, in the formats scraped so far, so that no scraper waits for it."""
        prepared = _Rendered(publication, self._registry(publication))
        for form in tuple(self._rendered.bodies) if self._rendered else ():
            prepared.body(form)
        self._prepared = prepared

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """Body and content type for an Accept header; the same bytes object as long as the publication is the same."""
        publication = self._latest()
        rendered = next(
            (known for known in (self._rendered, self._prepared) if known and known.publication is publication), None
        )
        self._rendered = rendered = rendered or _Rendered(publication, self._registry(publication))
        form = negotiate(accept)
        return rendered.body(form), CONTENT_TYPES[form]

    def _registry(self, publication: Publication | None) -> CollectorRegistry:
        found: list[Sample] = [("vjourney_build_info", (self._version,), 1.0)]
        found += [("vjourney_up", (name,), 0.0) for name in self._vcenters]  # until a poll of it has ended
        found += samples(publication) if publication else ()
        registry = CollectorRegistry(auto_describe=False)
        registry.register(PublicationCollector(found))
        return registry
