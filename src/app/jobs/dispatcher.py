"""The dispatcher: takes what is due, runs it, and writes down what came of it, one transaction a turn."""

import asyncio
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress
from uuid import uuid4

import structlog
from quart import Quart
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app import reporting
from app.database import transaction
from app.jobs import heartbeats, queue, schedules
from app.jobs.breaker import Breaker
from app.jobs.models import Job, State
from app.jobs.queue import Outcome
from app.jobs.running import context, run
from app.settings import Settings, settings

log = structlog.get_logger()

MANY = 10  # jobs at once; of these, some end every few milliseconds
GATHERING = 0.005  # seconds in which they may: a turn costs the same for one as for many
LAST_TURNS = 5  # seconds to write down what was interrupted; a PaaS kills what takes longer


def init_app(app: Quart, settings: Settings) -> None:
    """Do jobs in the process that serves pages, where that is wanted."""
    if settings.worker_in_web:

        @app.while_serving
        async def work() -> AsyncGenerator[None, None]:
            dispatcher = Dispatcher(app)
            running = asyncio.create_task(dispatcher.run())
            yield
            dispatcher.stop()
            await running


class Dispatcher:
    """It looks whenever its bell is rung, and every JOBS_SWEEP anyway."""

    def __init__(self, app: Quart) -> None:
        self.bell = asyncio.Event()
        self._app = app
        app.extensions["dispatcher"] = self  # so that what this process itself enqueues needs no Redis
        self._id, self._place = uuid4().hex, f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = False
        self._tasks: dict[asyncio.Task[Outcome], Job] = {}  # until their outcome is committed
        self._breaker = Breaker()
        self._back: set[str] = set()  # names of jobs whose service is there again
        self._last_beat = -float("inf")

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self.bell.set()

    async def run(self) -> None:
        """Do jobs until stop(), then finish what was begun; what takes too long goes back to the queue."""
        while not self._stopping:
            await self._look()
        with suppress(TimeoutError):
            async with asyncio.timeout(settings().shutdown_timeout):
                await self._finish()
        for task in self._tasks:
            task.cancel()
        with suppress(TimeoutError, SQLAlchemyError, OSError):
            async with asyncio.timeout(LAST_TURNS):
                await self._finish()
                async with self._app.app_context(), transaction() as db:
                    await heartbeats.leave(db, self._id)

    async def _look(self) -> None:
        self.bell.clear()  # before looking, so that a ring during the look is heard
        try:
            claimed = await self._turn()
        except Exception as error:
            # Whatever it was, the next look may fare better, and what came of the last tries is kept until then.
            away = isinstance(error, SQLAlchemyError | OSError)
            log.warning("jobs.turn_failed", reason=repr(error), exc_info=None if away else error)
            claimed = []
        for job in claimed:
            self._tasks[asyncio.create_task(self._do(job))] = job
        if not claimed and (self._tasks or not self._stopping):  # else nobody rings any more
            with suppress(TimeoutError):
                async with asyncio.timeout(settings().jobs_sweep.total_seconds()):
                    await self.bell.wait()
            if not self._stopping and sum(not task.done() for task in self._tasks) >= MANY:
                await asyncio.sleep(GATHERING)

    async def _turn(self) -> list[Job]:
        finished = {task: job for task, job in self._tasks.items() if task.done()}
        back = set(self._back)
        outcomes = [(job, task.result()) for task, job in finished.items()]
        async with self._app.app_context(), transaction() as db:
            dead = await queue.settle(db, outcomes)
            for name in back:
                await queue.retry_now(db, name)
            beaten = await self._beat(db)
            claimed = await self._claim(db, besides=finished)
        for task in finished:
            del self._tasks[task]
        self._back -= back
        self._last_beat = beaten
        for job, outcome in dead:
            await self._tell(job, outcome)
        return claimed

    async def _tell(self, job: Job, outcome: Outcome) -> None:
        with context(job):
            log.error("job.dead", reason=outcome.reason)
            async with self._app.app_context():
                await reporting.tell(outcome.error or RuntimeError(outcome.reason))

    async def _beat(self, db: AsyncSession) -> float:
        now = time.monotonic()
        if now < self._last_beat + settings().jobs_beat.total_seconds():
            return self._last_beat
        await heartbeats.beat(db, self._id, place=self._place, running=len(self._tasks))
        await queue.renew(db, list(self._tasks.values()))
        await schedules.start_due(db)
        return now

    async def _claim(self, db: AsyncSession, *, besides: Collection[asyncio.Task[Outcome]]) -> list[Job]:
        # What is done since this turn began is still to be written down: a crash now would do it again.
        busy = Counter(job.lane for task, job in self._tasks.items() if task not in besides)
        slots = 0 if self._stopping else settings().jobs_parallel - busy.total()
        return await queue.claim(db, slots=slots, busy=busy, paused=self._breaker.paused()) if slots else []

    async def _do(self, job: Job) -> Outcome:
        outcome = await run(self._app, job)
        if outcome.away:
            self._breaker.failed(job.name)
        elif outcome.state is State.DONE and self._breaker.succeeded(job.name):
            self._back.add(job.name)
        self.bell.set()
        return outcome

    async def _finish(self) -> None:
        while self._tasks:
            await self._look()
