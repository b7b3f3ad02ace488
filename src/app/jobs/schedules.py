"""What the clock starts: the database remembers when, so that it starts once however many workers look."""

from collections.abc import Sequence

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import from_now
from app.jobs.models import Job, Schedule, State
from app.jobs.queue import enqueue
from app.jobs.registry import DECLARED, Declared


async def start_due(db: AsyncSession) -> None:
    """Enqueue each job whose time has come; times that passed while no worker was there count once."""
    known = await listing(db)
    now = (await db.scalars(select(from_now()))).one()
    for declared in scheduled():
        following = declared.next_start(now)
        schedule = known.get(declared.name)
        if schedule is None:
            await _add(db, Schedule(name=declared.name, next_at=following))
        elif schedule.next_at <= now:
            here = update(Schedule).where(Schedule.name == schedule.name, Schedule.next_at == schedule.next_at)
            if await db.scalar(here.values(next_at=following, last_at=now).returning(Schedule.name)):
                await start(db, declared)
        elif following < schedule.next_at:  # the timetable has been changed
            schedule.next_at = following


async def start(db: AsyncSession, declared: Declared) -> bool:
    """Enqueue a job now, unless it waits or runs already; whether it was."""
    running = exists().where(Job.name == declared.name, Job.state == State.RUNNING)
    if await db.scalar(select(running)):
        return False
    return await enqueue(db, declared, unique=f"cron:{declared.name}") is not None


def scheduled() -> Sequence[Declared]:
    """The jobs that have a timetable."""
    return [declared for declared in DECLARED.values() if declared.timetable]


async def listing(db: AsyncSession) -> dict[str, Schedule]:
    """When each was started, and will be; none before the first worker has come."""
    return {schedule.name: schedule for schedule in await db.scalars(select(Schedule))}


async def _add(db: AsyncSession, schedule: Schedule) -> None:
    try:
        async with db.begin_nested():
            db.add(schedule)
    except IntegrityError:
        pass  # another worker was quicker
