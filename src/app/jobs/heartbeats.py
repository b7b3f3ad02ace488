"""The workers that there are: each says every JOBS_BEAT that it lives."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import from_now
from app.jobs.models import Worker
from app.settings import settings


async def beat(db: AsyncSession, worker_id: str, *, place: str, running: int) -> None:
    """Say that a worker lives, and how many jobs it runs."""
    known = update(Worker).where(Worker.id == worker_id).values(running=running, seen_at=from_now())
    if await db.scalar(known.returning(Worker.id)) is None:
        db.add(Worker(id=worker_id, place=place, running=running, seen_at=from_now()))


async def leave(db: AsyncSession, worker_id: str) -> None:
    """Say that a worker has stopped."""
    await db.execute(delete(Worker).where(Worker.id == worker_id))


async def alive(db: AsyncSession) -> Sequence[Worker]:
    """The workers that were seen within a lease, the longest-serving first."""
    return (await db.scalars(select(Worker).where(Worker.seen_at > _oldest()).order_by(Worker.started_at))).all()


async def forget_dead(db: AsyncSession) -> None:
    """Strike off those that have died without a word."""
    await db.execute(delete(Worker).where(Worker.seen_at <= _oldest()))


def _oldest() -> from_now:
    return from_now(-settings().jobs_lease)
