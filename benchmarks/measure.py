"""The measured process: one vjourney against the vCenter at a port, speaking JSON lines with the benchmark that started it.

A process of its own, so that its peak memory is that of vjourney and not of the estate's writer.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from collector.facts import Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.vcenter.session import Endpoint, Session
from exporters.prometheus.exposition import Exposition
from exporters.web.app import create_app
from exporters.web.server import serve
from inference.assess import assess
from inference.judging.model import load
from inference.publication import Publication
from vjourney.service import Service
from vjourney.store import Store

REPEATS = 7
SCRAPES = 50


class Timed:
    """A vCenter whose last collection is kept with the seconds it took."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._poller = Poller(lambda: Session.open(endpoint), endpoint.name)
        self.seconds = 0.0
        self.snapshot: Snapshot | None = None

    def poll(self, mark: Callable[[str], Mark | None]) -> Snapshot:
        """One collection."""
        started = time.perf_counter()
        self.snapshot = self._poller.poll(mark(self._poller.identify()))
        self.seconds = time.perf_counter() - started
        return self.snapshot

    def requests(self) -> Mapping[str, int]:
        """SOAP calls by method."""
        return self._poller.requests()

    def close(self) -> None:
        """Log out."""
        self._poller.close()


def main(port: int, username: str, password: str) -> None:
    """Measure, announce when the vCenter shall change, measure again, print the figures."""
    source = Timed(Endpoint("bench", "127.0.0.1", username, password, port=port, verify=False, timeout=300))
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{Path(folder) / 'bench.db'}") as store:
        published: list[Publication] = []
        model = load("journey-1")
        service = Service({"bench": source}, store, model, clock=lambda: datetime.now(UTC), prepare=published.append)
        figures: dict[str, float] = {}
        figures["first sync"], figures["first poll in all"] = _poll(service, source)
        idle = [_poll(service, source) for _ in range(REPEATS)]
        figures["idle collection"], figures["idle poll in all"] = (median(column) for column in zip(*idle, strict=True))
        print(json.dumps("change"), flush=True)
        sys.stdin.readline()
        figures["changed collection"], figures["changed poll in all"] = _poll(service, source)
        snapshot = source.snapshot
        if snapshot is None:
            raise RuntimeError("nothing was polled")
        history = store.history(snapshot.about.instance_uuid, snapshot.taken_at, oldest_event=snapshot.oldest_event)
        figures["assessment"] = _median(REPEATS, lambda: assess(snapshot, history, model))
        figures |= _metrics(published[-1])
        service.close()
    figures["virtual machines"] = len(snapshot.vms)
    figures["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures), flush=True)


def _poll(service: Service, source: Timed) -> tuple[float, float]:
    """Seconds of the collection, and of the whole poll up to its publication."""
    started = time.perf_counter()
    status = service.poll("bench")
    seconds = time.perf_counter() - started
    if status.status == "failed":
        raise RuntimeError(status.error)
    return source.seconds, seconds


def _metrics(publication: Publication) -> dict[str, float]:
    exposition = Exposition(lambda: publication, version="bench")
    server = serve(create_app(lambda: publication, metrics=exposition.render, version="bench"), "127.0.0.1", 0)
    try:
        scrape = _median(SCRAPES, lambda: urlopen(f"{server.url}metrics").read())  # noqa: S310 - loopback
    finally:
        server.stop()
    cold = _median(REPEATS, lambda: Exposition(lambda: publication, version="bench").render())
    return {"/metrics scrape": scrape, "/metrics first render": cold, "/metrics kB": len(exposition.render()[0]) / 1000}


def _median(repeats: int, call: Callable[[], object]) -> float:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
