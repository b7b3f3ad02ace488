"""One try of one job, and what came of it."""

import asyncio
from contextlib import AbstractContextManager
from random import uniform

import structlog
from quart import Quart
from structlog.contextvars import bound_contextvars

from app.jobs.errors import GiveUp, TryLater, Unavailable
from app.jobs.models import Job, State
from app.jobs.queue import Outcome
from app.jobs.registry import DECLARED
from app.settings import settings

log = structlog.get_logger()


async def run(app: Quart, job: Job) -> Outcome:
    """Try once; never raises."""
    with context(job):
        return await _try(app, job)


def context(job: Job) -> AbstractContextManager[object]:
    """What is logged, enqueued or reported inside is of this job, and of the request that it follows from."""
    told = {"job": job.name, "job_id": job.id, "attempt": job.attempt}
    return bound_contextvars(**told | ({"request_id": job.request_id} if job.request_id else {}))


async def _try(app: Quart, job: Job) -> Outcome:
    try:
        await _call(app, job)
    except asyncio.CancelledError:
        outcome = Outcome(State.PENDING, "Its worker had to stop")
    except Exception as error:
        outcome = _judge(job, error)
        unexpected = None if isinstance(error, GiveUp | TryLater) else error
        log.warning("job.failed", reason=outcome.reason, outcome=outcome.state, exc_info=unexpected)
    else:
        outcome = Outcome(State.DONE)
        log.info("job.done")
    return outcome


async def _call(app: Quart, job: Job) -> None:
    declared = DECLARED.get(job.name)
    if declared is None:  # perhaps a newer version, which is being deployed, has enqueued it
        raise TryLater(f"This worker knows no job of the name {job.name}")
    async with app.app_context(), asyncio.timeout(declared.timeout.total_seconds()):
        try:
            await declared(**job.arguments)
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            raise RuntimeError("What it waited for was cancelled") from None


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _judge(job: Job, error: Exception) -> Outcome:
    if isinstance(error, GiveUp):
        return Outcome(State.DEAD, str(error), error=error)
    if isinstance(error, TryLater):
        return Outcome(State.PENDING, str(error), wait=_wait(job), away=isinstance(error, Unavailable), error=error)
    tries = DECLARED[job.name].tries
    if tries is not None and job.attempt >= tries:
        return Outcome(State.DEAD, repr(error), error=error)
    return Outcome(State.PENDING, repr(error), wait=_wait(job), error=error)


def _wait(job: Job) -> float:
    """Seconds; after each failure more, give or take a fifth so that many do not come at once."""
    waits = settings().jobs_backoff
    return waits[min(job.attempt, len(waits)) - 1] * uniform(0.8, 1.2)  # noqa: S311 (no secret)
