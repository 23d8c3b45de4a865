"""The composition root: builds store, model, sources, service, schedule and web server, and ends them in order."""

from __future__ import annotations

import signal
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from types import FrameType, TracebackType
from typing import Any, Self

import structlog

from exporters.document import document
from exporters.prometheus.exposition import Exposition
from exporters.web.app import create_app
from exporters.web.server import Certificate, RunningServer, serve
from inference.declared import Declared
from inference.judging.model import load as load_model
from inference.publication import Publication
from vjourney import __version__
from vjourney.delivery import Deliveries
from vjourney.operator_inputs import OperatorInputs
from vjourney.parallel import in_threads
from vjourney.past import last_events, readings
from vjourney.replaying.steps import BEFORE_ALL, following
from vjourney.schedule import Cron, Schedule, Sending
from vjourney.service import Service
from vjourney.settings import Alerts, Settings, TlsServer
from vjourney.signals import INTERRUPTING
from vjourney.sources import Progress, Replay, source, wants_tags
from vjourney.store import Store, StoreError

log = structlog.get_logger()


DELIVERY_GRACE_SECONDS = 1.0
"""How long deliveries that are being sent may take to end once the service stops."""

CLOCK_SECONDS = 30.0
"""How often the schedule is compared with the clock, which may have been set back."""


def _no_progress(_vcenter: str, _topic: str, _objects: int) -> None:
    return


def _now() -> datetime:
    return datetime.now(UTC)


class Runtime:
    """The store, the service and its servers for one configuration; used in a ``with`` block, which closes them."""

    def __init__(self, settings: Settings, *, progress: Progress = _no_progress) -> None:
        """Load the model and open the store; no request is sent to a vCenter yet. ``progress`` hears what polls read.

        Raises:
            StoreError: the store cannot be used.
            ModelError: the model cannot be used.
        """
        self._settings = settings
        self.ended = True
        """Whether no thread still sends after ``serve``; one whose target never answers cannot be ended."""
        model = load_model(settings.model)
        self._sources = {
            vcenter.name: source(
                vcenter, progress, tags=wants_tags(vcenter, settings), polled_at=partial(self._polled_at, vcenter.name)
            )
            for vcenter in settings.vcenters
        }
        self._exposition = Exposition(lambda: self._service.publication, version=__version__, vcenters=tuple(self._sources))
        with ExitStack() as opened:
            self._store = open_store(settings)
            opened.callback(self._store.close)
            self._deliveries = Deliveries(
                settings.alerts or Alerts(), self._store.outbox, clock=_now, latest=self._complete_publication
            )
            self._service = Service(
                self._sources,
                self._store,
                model,
                clock=_now,
                prepare=self._exposition.prepare,
                inputs=_operator_inputs(settings),
                announce=self._deliveries.announce,
            )
            opened.callback(self._service.close)
            self._opened = opened.pop_all()  # from here on, __exit__ closes what was opened

    def __enter__(self) -> Self:
        """The runtime itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Log out of every vCenter and close the store."""
        self._opened.close()

    def once(self) -> dict[str, Any]:
        """Poll all vCenters once, at the same time, and replay recordings to their end; return the assessment document."""
        recorded = {name: source for name, source in self._sources.items() if isinstance(source, Replay)}
        work: list[Callable[[], object]] = [partial(self._play, recorded)]
        work += [partial(self._service.poll, name) for name in self._sources if name not in recorded]
        in_threads(lambda part: part(), work)
        publication = self._service.publication
        if publication is None:
            raise RuntimeError("no poll was published")
        return document(publication)

    def serve(self, started: Callable[[str], None]) -> None:
        """Poll on a schedule and serve until SIGTERM, SIGINT or SIGHUP; ``started`` is called with the URL once it answers.

        Raises:
            ServeError: the address cannot be listened on.
        """
        self._warn()
        with _stop_signals() as stop, self._listening() as server:
            started(server.url)
            schedule = Schedule(
                {vcenter.name: vcenter.poll_interval for vcenter in self._settings.vcenters},
                self._service.poll,
                self._sending(),
            )
            schedule.start()
            try:
                while not stop.wait(CLOCK_SECONDS):
                    schedule.keep_up(_now())
            finally:
                schedule.stop()
                self.ended = self._deliveries.close(DELIVERY_GRACE_SECONDS)

    def _polled_at(self, name: str, instance_uuid: str) -> datetime | None:
        return self._service.polled_at(name, instance_uuid)

    def _complete_publication(self) -> Publication | None:
        """The publication once every vCenter was polled, for a digest must not leave out those that are still to come."""
        publication = self._service.publication
        return publication if publication and len(publication.vcenters) == len(self._sources) else None

    def _sending(self) -> Sending:
        alerts, deliveries = self._settings.alerts, self._deliveries
        cron = Cron(alerts.digest.schedule) if alerts and alerts.digest else None
        return Sending(deliveries.targets, deliveries.deliver, deliveries.digest, cron)

    def _play(self, recorded: Mapping[str, Replay]) -> None:
        """Poll recordings to their end, in the order of their times, as one service would have: their fleet depends on it."""
        pending = {name: following(source) or BEFORE_ALL for name, source in recorded.items()}
        while pending:
            name = min(pending, key=lambda name: (pending[name], name))
            failed = self._service.poll(name).status == "failed"
            upcoming = None if failed else following(recorded[name])
            if upcoming is None:
                del pending[name]
            else:
                pending[name] = upcoming

    @contextmanager
    def _listening(self) -> Iterator[RunningServer]:
        web, config = self._settings.web, self._settings.web.config
        tls = config.tls if config else None
        certificate = _certificate(tls) if tls else None
        app = create_app(
            lambda: self._service.publication,
            metrics=self._exposition.render,
            version=__version__,
            history=lambda scope_id: self._stored(lambda: readings(self._store, scope_id, datetime.now(UTC))),
            events=lambda scope: self._stored(lambda: last_events(self._store, scope)),
            users={name: secret.get_secret_value() for name, secret in config.users.items()} if config else None,
        )
        server = serve(app, web.listen.host, web.listen.port, certificate)
        try:
            yield server
        finally:
            server.stop()

    def _stored(self, read: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]] | None:
        """What ``read`` gets from the store, or ``None`` where the store fails: the page is then shown without it."""
        try:
            return read()
        except StoreError as error:
            log.warning("store not read", error=str(error))
            return None

    def _warn(self) -> None:
        for vcenter in self._settings.vcenters:
            if vcenter.replay is None and not vcenter.tls.verify:
                log.warning("certificate not checked", vcenter=vcenter.name, advice="set tls.ca_file or tls.thumbprint")


def open_store(settings: Settings) -> Store:
    """The configured store.

    Raises:
        StoreError: it cannot be used.
    """
    return Store.open(settings.store.url.get_secret_value())


def _operator_inputs(settings: Settings) -> OperatorInputs:
    return OperatorInputs(
        declared=settings.declared or Declared(),
        rules=settings.workloads,
        hysteresis=settings.hysteresis,
        labs=tuple(vcenter.name for vcenter in settings.vcenters if vcenter.lab),
    )


def _certificate(tls: TlsServer) -> Certificate:
    """The certificate of the web server, and what it asks of the certificates of its clients."""
    versions = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
    return Certificate(
        tls.cert_file,
        tls.key_file,
        client_ca_file=tls.client_ca_file,
        client_required=tls.client_auth_type == "RequireAndVerifyClientCert",
        versions=(versions[tls.min_version], versions[tls.max_version]),
    )


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM, SIGINT and SIGHUP (a closed terminal) set until the block ends."""
    stop = threading.Event()

    def set_it(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, set_it) for number in INTERRUPTING}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
