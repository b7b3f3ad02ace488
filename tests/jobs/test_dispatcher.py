"""A worker's loop, in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from quart import Quart
from sqlalchemy import text

from app.database import session, transaction
from app.jobs import GiveUp, TryLater, Unavailable, heartbeats, job
from app.jobs.dispatcher import Dispatcher
from app.jobs.models import State, Worker
from app.settings import settings
from tests.conftest import another_app
from tests.jobs.labour import all_jobs, only_job, promise
from tests.servers import eventually

Tell = Callable[..., None]

TRIES: list[str] = []
ERRORS: list[BaseException] = []
GO_ON = asyncio.Event()


@job(name="tests.call")
async def call(who: str) -> None:
    TRIES.append(who)
    if ERRORS:
        raise ERRORS.pop(0)


@job(name="tests.wait")
async def wait() -> None:
    TRIES.append("waiting")
    await GO_ON.wait()


@job(name="tests.hold")
async def hold() -> None:
    await session().connection()
    TRIES.append("holding a connection")
    await GO_ON.wait()


@pytest.fixture(autouse=True)
def nothing_tried(app: Quart) -> None:
    TRIES.clear()
    ERRORS.clear()
    GO_ON.clear()


@asynccontextmanager
async def dispatching(app: Quart) -> AsyncIterator[Dispatcher]:
    """A dispatcher at work; stopped at the end, and waited for."""
    dispatcher = Dispatcher(app)
    running = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
    finally:
        dispatcher.stop()
        await asyncio.wait_for(running, 10)
        del app.extensions["dispatcher"]


async def until_states(app: Quart, *states: State) -> None:
    async with asyncio.timeout(10):
        while [job.state for job in await all_jobs(app)] != list(states):
            await asyncio.sleep(0.02)


async def execute(app: Quart, statement: str) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(text(statement))


async def test_a_job_enqueued_in_the_same_process_starts_at_once(app: Quart, tell: Tell) -> None:
    tell(JOBS_SWEEP=60)
    async with dispatching(app):
        await promise(app, call, who="ada")
        await until_states(app, State.DONE)
    assert TRIES == ["ada"]


async def test_a_failure_waits_longer_each_time(app: Quart, tell: Tell) -> None:
    tell(JOBS_BACKOFF="0.1,1000")
    ERRORS.extend([TryLater("not now"), ValueError("my own")])
    async with dispatching(app):
        await promise(app, call, who="ada")
        await eventually(lambda: len(TRIES) == 2)
        await until_states(app, State.PENDING)
    waiting = await only_job(app)
    assert waiting.reason == "ValueError('my own')"
    assert waiting.due_at is not None
    assert waiting.started_at is not None
    assert 800 <= (waiting.due_at - waiting.started_at).total_seconds() <= 1210


async def test_giving_up_ends_it(app: Quart) -> None:
    ERRORS.append(GiveUp("no use"))
    async with dispatching(app):
        await promise(app, call, who="ada")
        await until_states(app, State.DEAD)
    assert (await only_job(app)).reason == "no use"


async def test_a_job_of_a_newer_version_waits_for_a_worker_that_knows_it(app: Quart, tell: Tell) -> None:
    tell(JOBS_BACKOFF="1000")
    await promise(app, call, who="ada")
    await execute(app, "UPDATE jobs SET name = 'newer'")
    async with dispatching(app):
        await until_reason(app, "This worker knows no job of the name newer")
    assert (await only_job(app)).state == State.PENDING


async def until_reason(app: Quart, reason: str) -> None:
    async with asyncio.timeout(10):
        while (await only_job(app)).reason != reason:
            await asyncio.sleep(0.02)


async def test_stopping_waits_for_what_was_begun_and_then_for_nothing(app: Quart, tell: Tell) -> None:
    tell(JOBS_SWEEP=60)
    async with dispatching(app) as dispatcher:
        await promise(app, wait)
        await eventually(lambda: TRIES)
        dispatcher.stop()
        GO_ON.set()
    assert (await only_job(app)).state == State.DONE


async def test_what_takes_too_long_to_stop_goes_back_to_the_queue(app: Quart, tell: Tell) -> None:
    tell(SHUTDOWN_TIMEOUT=1)
    async with dispatching(app):
        await promise(app, wait)
        await eventually(lambda: TRIES)
    interrupted = await only_job(app)
    assert (interrupted.state, interrupted.reason) == (State.PENDING, "Its worker had to stop")


async def test_a_job_that_is_cancelled_from_within_has_failed(app: Quart, tell: Tell) -> None:
    tell(JOBS_BACKOFF="1000")
    ERRORS.append(asyncio.CancelledError())
    async with dispatching(app):
        await promise(app, call, who="ada")
        await until_reason(app, "RuntimeError('What it waited for was cancelled')")
    assert TRIES == ["ada"]


async def test_what_came_of_a_job_is_kept_until_the_database_can_hear_it(app: Quart, tell: Tell) -> None:
    tell(JOBS_SWEEP="0.1")
    async with dispatching(app):
        await promise(app, wait)
        await eventually(lambda: TRIES)
        await execute(app, "ALTER TABLE jobs RENAME TO jobs_away")
        GO_ON.set()
        await asyncio.sleep(0.5)  # several turns, which all fail
        await execute(app, "ALTER TABLE jobs_away RENAME TO jobs")
        await until_states(app, State.DONE)
    assert TRIES == ["waiting"]


async def test_a_service_that_is_away_is_left_alone_and_all_come_at_once_when_it_is_back(
    app: Quart, tell: Tell
) -> None:
    tell(BREAKER_FAILURES=2, BREAKER_PAUSE="0.5", JOBS_BACKOFF="1000", JOBS_SWEEP="0.1", JOBS_PARALLEL=1)
    ERRORS.extend([Unavailable("away"), Unavailable("away")])
    for who in ("ada", "eve", "grace"):
        await promise(app, call, who=who)
    async with dispatching(app) as dispatcher:
        await eventually(lambda: dispatcher._breaker.paused() == {call.name})
        assert len(TRIES) == 2
        await until_states(app, State.DONE, State.DONE, State.DONE)
    assert len(TRIES) == 5


async def test_a_job_that_takes_longer_than_a_lease_keeps_it(app: Quart, tell: Tell) -> None:
    tell(JOBS_LEASE=1, JOBS_BEAT="0.2", JOBS_SWEEP="0.1")
    async with dispatching(app):
        await promise(app, wait)
        await eventually(lambda: TRIES)
        first = (await only_job(app)).due_at
        assert first is not None
        async with asyncio.timeout(10):
            while (until := (await only_job(app)).due_at) is None or until <= first:
                await asyncio.sleep(0.05)
        GO_ON.set()
        await until_states(app, State.DONE)
    assert TRIES == ["waiting"]


async def test_a_worker_whose_jobs_all_hold_a_connection_is_still_heard(app: Quart, tell: Tell) -> None:
    tell(JOBS_BEAT="0.1", JOBS_SWEEP="0.1")
    async with dispatching(app):
        for number in range(settings().jobs_parallel):
            await promise(app, hold, lane=str(number))
        await eventually(lambda: len(TRIES) == settings().jobs_parallel)
        async with asyncio.timeout(10):
            while [worker.running for worker in await workers(app)] != [settings().jobs_parallel]:
                await asyncio.sleep(0.02)
        GO_ON.set()


async def workers(app: Quart) -> Sequence[Worker]:
    async with app.app_context(), transaction() as db:
        return await heartbeats.alive(db)


async def test_a_worker_is_seen_while_it_works(app: Quart) -> None:
    async with dispatching(app), asyncio.timeout(10):
        while not await workers(app):
            await asyncio.sleep(0.02)
    assert not await workers(app)


async def test_the_web_process_does_the_jobs_where_that_is_wanted(app: Quart, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"WORKER_IN_WEB": "True", "REDIS_URL": "", "JOBS_SWEEP": "60"}
    async with another_app(monkeypatch, **told) as alone, alone.test_app():
        await promise(alone, call, who="ada")
        await until_states(alone, State.DONE)
