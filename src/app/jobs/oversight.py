"""What administrators see of the queue."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import from_now
from app.jobs.models import Job, State, Worker

PAGE = 50


async def listing(
    db: AsyncSession, *, name: str | None = None, state: State | None = None, before: int | None = None
) -> Sequence[Job]:
    """A page of jobs, the latest first: all, or those of a name or in a state; the next lies before the last id."""
    jobs = select(Job).order_by(Job.id.desc()).limit(PAGE)
    if name is not None:
        jobs = jobs.where(Job.name == name)
    if state is not None:
        jobs = jobs.where(Job.state == state)
    if before is not None:
        jobs = jobs.where(Job.id < before)
    return (await db.scalars(jobs)).all()


async def counts(db: AsyncSession, *, name: str | None = None) -> dict[State, int]:
    """How many jobs, or jobs of a name, are in each state."""
    counted = select(Job.state, func.count().label("number")).group_by(Job.state)
    if name is not None:
        counted = counted.where(Job.name == name)
    return dict.fromkeys(State, 0) | {row.state: row.number for row in await db.execute(counted)}


async def counts_by_name(db: AsyncSession) -> dict[tuple[str, State], int]:
    """How many jobs of each name are in each state."""
    counted = select(Job.name, Job.state, func.count().label("number")).group_by(Job.name, Job.state)
    return {(row.name, row.state): row.number for row in await db.execute(counted)}


async def oldest_waiting(db: AsyncSession, *, name: str | None = None) -> timedelta:
    """For how long the oldest job waits whose time has come, tried already or not."""
    waiting = select(func.min(Job.created_at), from_now()).where(
        or_(Job.due_at <= from_now(), Job.started_at.is_not(None))
    )
    if name is not None:
        waiting = waiting.where(Job.name == name)
    since, now = (await db.execute(waiting.where(Job.due_at.is_not(None)))).one()
    return now - since if since else timedelta(0)


async def fingerprint(db: AsyncSession) -> str:
    """Something that changes whenever a job does, or a worker comes or goes; cheap enough to ask every second."""
    active = select(func.count(), func.max(Job.id), func.max(Job.due_at), func.sum(Job.attempt))
    ended = select(func.max(Job.finished_at))
    workers = select(func.count()).select_from(Worker)
    state = [
        tuple((await db.execute(active.where(Job.due_at.is_not(None)))).one()),
        await db.scalar(ended),
        await db.scalar(workers),
    ]
    return sha256(repr(state).encode()).hexdigest()[:16]
