"""Background jobs: what is accepted together with a job is committed together with it, then done until it succeeds.

Declare a job with `@job`, put it into a transaction with `enqueue`, and a worker does it; `@cron` declares one that
the clock starts. docs/jobs.md shows how.
"""

from app.jobs import purging  # noqa: F401 (declares a job, by what stands above)
from app.jobs.errors import GiveUp, TryLater, Unavailable
from app.jobs.queue import enqueue
from app.jobs.registry import cron, job

__all__ = ["GiveUp", "TryLater", "Unavailable", "cron", "enqueue", "job"]
