"""What is over is forgotten after RETENTION; what has failed stays until somebody has looked."""

from sqlalchemy import delete, select

from app.database import from_now, transaction
from app.jobs import heartbeats
from app.jobs.models import Job, State
from app.jobs.registry import cron
from app.settings import settings

BATCH = 1000  # rows a transaction, so that none holds others up


@cron("40 3 * * *", name="jobs.purge")
async def purge() -> None:
    """Forget the jobs that ended a month ago, and the workers that are no more."""
    over = Job.finished_at < from_now(-settings().retention)
    batch = select(Job.id).where(over, Job.state != State.DEAD).limit(BATCH)
    deleted = BATCH
    while deleted == BATCH:
        async with transaction() as db:
            deleted = len((await db.scalars(delete(Job).where(Job.id.in_(batch)).returning(Job.id))).all())
    async with transaction() as db:
        await heartbeats.forget_dead(db)
