"""What Prometheus asks for, counted over all processes that serve this port."""

import asyncio
import os
from collections.abc import Iterator
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from quart import Response, current_app
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Forbidden

from app.accounts import hashing
from app.database import session
from app.jobs import heartbeats, oversight
from app.web.incoming import this_request
from app.web.main import main
from app.web.main.health import PATIENCE, may_see_details

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}  # anybody can make up others, and each would be counted for ever
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)  # seconds


@main.get("/metrics")
async def metrics() -> Response:
    """Tell those who may see the details of `/readyz` how many requests took how long, and what waits."""
    if not await may_see_details():
        raise Forbidden
    meters = _meters()
    return Response(meters.exposition(await _facts()), content_type=meters.content_type)


@main.after_app_request
async def _count(response: Response) -> Response:
    meters, asked = _meters(), this_request()
    method = asked.method if asked.method in METHODS else "OTHER"
    meters.requests(method, asked.route, response.status_code).observe(perf_counter() - asked.started)
    meters.tell(current_app.extensions["engine"].pool.checkedout(), hashing.waiting())
    return response


async def _facts() -> list["Metric"]:
    """What all processes know alike, since the database does."""
    from prometheus_client.core import GaugeMetricFamily as Gauge

    up = Gauge("database_up", "Whether the database answers.")
    jobs = Gauge("jobs", "Jobs by name and state; what is over is forgotten after RETENTION.", labels=["name", "state"])
    oldest = Gauge("jobs_oldest_waiting_seconds", "How long the oldest job waits whose time has come.")
    workers = Gauge("workers", "Processes that do jobs.")
    try:
        async with asyncio.timeout(PATIENCE):
            db = session()
            for (name, state), number in (await oversight.counts_by_name(db)).items():
                jobs.add_metric([name, state], number)
            oldest.add_metric([], (await oversight.oldest_waiting(db)).total_seconds())
            workers.add_metric([], len(await heartbeats.alive(db)))
            up.add_metric([], 1)
    except (SQLAlchemyError, OSError, TimeoutError):
        up.add_metric([], 0)
    return [up, jobs, oldest, workers]


@cache
def _meters() -> "Meters":
    return Meters()


class Meters:
    """What this process counts; beside others, into files that each of them can read."""

    def __init__(self) -> None:
        # Only now: the library looks at its import whether there are others (processes.py says so).
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram

        self.content_type = CONTENT_TYPE_LATEST
        self._registry = CollectorRegistry()
        options: Any = {"registry": self._registry}
        labels = ["method", "route", "status"]
        requests = Histogram("http_request_seconds", "Until an answer.", labels, buckets=BUCKETS, **options)
        self.requests = cache(requests.labels)
        options["multiprocess_mode"] = "livesum"
        self._connections = Gauge("database_connections_in_use", "Of DATABASE_POOL_SIZE in each process.", **options)
        self._hashing = Gauge("passwords_hashing", "Passwords that are being hashed, or wait to be.", **options)
        self._told: tuple[int, int] | None = None

    def tell(self, connections: int, hashing: int) -> None:
        """How many there are now, which mostly are as many as before."""
        if (connections, hashing) != self._told:
            self._told = connections, hashing
            self._connections.set(connections)
            self._hashing.set(hashing)

    def exposition(self, facts: list["Metric"]) -> bytes:
        """All of it, as Prometheus reads it."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        told = CollectorRegistry()
        told.register(_Told(facts))
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry) + generate_latest(told)
        MultiProcessCollector(told)  # type: ignore[no-untyped-call]
        return generate_latest(told)


class _Told:
    def __init__(self, facts: list["Metric"]) -> None:
        self._facts = facts

    def collect(self) -> Iterator["Metric"]:
        yield from self._facts
