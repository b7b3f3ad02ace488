"""A circuit breaker: when a service is away, the jobs that need it pause instead of failing one after the other."""

import time
from collections import Counter

import structlog

from app.settings import settings

log = structlog.get_logger()


class Breaker:
    """Opens after BREAKER_FAILURES in a row, for BREAKER_PAUSE at a time, and closes with the first success."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._paused_until: dict[str, float] = {}

    def failed(self, name: str) -> None:
        """The service that jobs of this name need was away."""
        self._failures[name] += 1
        if self._failures[name] >= settings().breaker_failures:
            if name not in self._paused_until:
                log.error("jobs.paused", job=name, failures=self._failures[name])
            self._paused_until[name] = time.monotonic() + settings().breaker_pause.total_seconds()

    def succeeded(self, name: str) -> bool:
        """The service is there; true if it had been away for so long that its jobs were paused."""
        self._failures.pop(name, None)
        was_open = self._paused_until.pop(name, None) is not None
        if was_open:
            log.info("jobs.resumed", job=name)
        return was_open

    def paused(self) -> set[str]:
        """The names of the jobs that are not to be tried now."""
        now = time.monotonic()
        return {name for name, until in self._paused_until.items() if until > now}
