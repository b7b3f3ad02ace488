"""A worker's steps, one at a time, and some jobs to do."""

from typing import Any

from quart import Quart
from sqlalchemy import select, update

from app.database import transaction
from app.jobs import enqueue, job, queue
from app.jobs.models import Job
from app.jobs.queue import Outcome
from app.jobs.registry import Declared

NOTES: list[str] = []


@job(name="tests.note", secret=["word"])
async def note(text: str, word: str = "") -> None:
    """Note a text."""
    NOTES.append(text)


@job(name="tests.stumble", tries=2)
async def stumble() -> None:
    raise RuntimeError("a stone in the way")


async def promise(app: Quart, declared: Declared, **details: Any) -> Job | None:
    async with app.app_context(), transaction() as db:
        return await enqueue(db, declared, **details)


async def claim(app: Quart, **options: object) -> list[Job]:
    async with app.app_context(), transaction() as db:
        return await queue.claim(db, **({"slots": 5, "busy": {}, "paused": set()} | options))  # type: ignore[arg-type]


async def settle(app: Quart, job: Job, outcome: Outcome) -> None:
    async with app.app_context(), transaction() as db:
        await queue.settle(db, [(job, outcome)])


async def only_job(app: Quart) -> Job:
    [job] = await all_jobs(app)
    return job


async def all_jobs(app: Quart) -> list[Job]:
    async with app.app_context(), transaction() as db:
        return list(await db.scalars(select(Job).order_by(Job.id)))


async def change_jobs(app: Quart, **values: object) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(Job).values(**values))
