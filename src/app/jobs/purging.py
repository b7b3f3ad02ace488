"""What is over is forgotten after RETENTION; what has failed stays until somebody has looked."""

from sqlalchemy import ColumnElement, delete, inspect, select

from app.database import Model, from_now, transaction
from app.jobs import heartbeats
from app.jobs.models import Job, State
from app.jobs.registry import cron
from app.settings import settings

BATCH = 1000  # rows a transaction, so that none takes long or holds others up


@cron("40 3 * * *", name="jobs.purge")
async def purge() -> None:
    """Forget the jobs that ended a month ago, and the workers that are no more."""
    await forget(Job, Job.finished_at < from_now(-settings().retention), Job.state != State.DEAD)
    async with transaction() as db:
        await heartbeats.forget_dead(db)


async def forget(model: type[Model], *which: ColumnElement[bool]) -> None:
    """Delete rows, however many, in a transaction for every thousand."""
    [key] = inspect(model).primary_key
    some = delete(model).where(key.in_(select(key).where(*which).limit(BATCH))).returning(key)
    deleted = BATCH
    while deleted == BATCH:
        async with transaction() as db:
            deleted = len((await db.scalars(some)).all())
