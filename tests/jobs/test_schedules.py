"""What the clock starts, it starts once."""

import asyncio
from datetime import timedelta

from quart import Quart
from sqlalchemy import update

from app.database import from_now, transaction
from app.jobs import schedules
from app.jobs.models import Job, Schedule
from app.jobs.registry import DECLARED
from tests.jobs.labour import all_jobs, change_jobs

PURGE = "jobs.purge"


async def look(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        await schedules.start_due(db)


async def its_time_comes(app: Quart, ago: timedelta = timedelta(0)) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(Schedule).where(Schedule.name == PURGE).values(next_at=from_now(-ago)))


async def started(app: Quart) -> list[Job]:
    return [job for job in await all_jobs(app) if job.name == PURGE]


async def test_it_starts_when_its_time_has_come_and_then_waits_for_the_next(app: Quart) -> None:
    await look(app)
    assert await started(app) == []
    await its_time_comes(app)
    await look(app)
    assert len(await started(app)) == 1
    await look(app)
    assert len(await started(app)) == 1
    async with app.app_context(), transaction() as db:
        schedule = (await schedules.listing(db))[PURGE]
    assert schedule.last_at is not None
    assert (schedule.next_at.hour, schedule.next_at.minute) == (3, 40)


async def test_however_many_workers_look_it_starts_once(app: Quart) -> None:
    await asyncio.gather(*(look(app) for _ in range(5)))
    await its_time_comes(app)
    await asyncio.gather(*(look(app) for _ in range(5)))
    assert len(await started(app)) == 1


async def test_what_was_missed_while_no_worker_was_there_starts_once(app: Quart) -> None:
    await look(app)
    await its_time_comes(app, ago=timedelta(days=3))
    await look(app)
    await look(app)
    assert len(await started(app)) == 1


async def test_it_does_not_start_beside_itself(app: Quart) -> None:
    await look(app)
    async with app.app_context(), transaction() as db:
        await schedules.start(db, DECLARED[PURGE])
    await change_jobs(app, state="running")
    await its_time_comes(app)
    await look(app)
    assert len(await started(app)) == 1


async def test_a_changed_timetable_counts_from_the_next_look(app: Quart) -> None:
    await look(app)
    await its_time_comes(app, ago=-timedelta(days=300))
    await look(app)
    async with app.app_context(), transaction() as db:
        schedule = (await schedules.listing(db))[PURGE]
        assert schedule.next_at - schedule.next_at.replace(hour=3, minute=40, second=0) == timedelta(0)
