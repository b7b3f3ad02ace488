"""The queue: jobs wait in the database, in the same commit as what they follow from."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import ColumnElement, CursorResult, Update, and_, exists, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.database import after_commit, from_now
from app.jobs import doorbell
from app.jobs.models import RETRYABLE, Job, State
from app.jobs.registry import Declared
from app.settings import settings

CANDIDATES = 100  # looked at to fill the free slots; more only matter when a hundred wait in the same full lane


@dataclass(frozen=True)
class Outcome:
    """What became of a try. A job that is PENDING again waits `wait` seconds; `away` says that its service is down."""

    state: State
    reason: str | None = None
    wait: float = 0
    away: bool = False
    error: Exception | None = None


async def enqueue(
    db: AsyncSession,
    declared: Declared,
    *,
    at: datetime | from_now | None = None,
    unique: str | None = None,
    replacing: str | None = None,
    lane: str | None = None,
    expires_at: datetime | from_now | None = None,
    **arguments: Any,
) -> Job | None:
    """Promise a job, now or `at` a moment such as `from_now(timedelta(hours=1))`, as a part of this transaction.

    With `unique`, nothing happens and None is returned if one of that key waits already; with `replacing`, the one
    that waits is superseded. A worker hears of it after the commit, and finds it by itself if it does not.
    """
    declared.check(arguments)
    key = unique or replacing
    if replacing:
        older = update(Job).where(Job.key == replacing, Job.state == State.PENDING)
        await db.execute(older.values(**_end(State.SUPERSEDED)))
    promised = Job(
        name=declared.name,
        arguments=arguments,
        key=key,
        lane=lane or declared.name,
        due_at=from_now() if at is None else at,
        expires_at=expires_at,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
    )
    if key is None:
        db.add(promised)
    elif not await _add_unless_one_waits(db, promised):
        return None
    after_commit(db, doorbell.ring)
    return promised


async def claim(db: AsyncSession, *, slots: int, busy: Mapping[str, int], paused: Collection[str]) -> list[Job]:
    """Take the jobs that have been due for longest, for the time of a lease; nobody else gets them meanwhile.

    As many as there are free slots, but of each lane no more than JOBS_PER_LANE with those that are `busy` in it.
    """
    taken = Counter(busy)
    full = [lane for lane, number in taken.items() if number >= settings().jobs_per_lane]
    due = (
        select(Job.id, Job.lane, (Job.expires_at <= from_now()).label("late"))
        .where(Job.due_at <= from_now(), Job.lane.not_in(full), Job.name.not_in(paused))
        .order_by(Job.due_at, Job.id)
        .limit(CANDIDATES)
        .with_for_update(skip_locked=True)
    )
    late: list[int] = []
    chosen: list[int] = []
    for candidate in await db.execute(due):
        if candidate.late:
            late.append(candidate.id)
        elif len(chosen) < slots and taken[candidate.lane] < settings().jobs_per_lane:
            chosen.append(candidate.id)
            taken[candidate.lane] += 1
    if late:
        await db.execute(update(Job).where(Job.id.in_(late)).values(**_end(State.EXPIRED)))
    if not chosen:
        return []
    taking = update(Job).where(Job.id.in_(chosen)).returning(Job)
    started_at = func.coalesce(Job.started_at, from_now())
    attempt = {"state": State.RUNNING, "attempt": Job.attempt + 1, "started_at": started_at, "due_at": _lease_end()}
    claimed = {job.id: job for job in await db.scalars(taking.values(attempt))}
    return [claimed[job_id] for job_id in chosen]  # RETURNING keeps no order


async def renew(db: AsyncSession, running: Collection[Job]) -> None:
    """Extend the leases of the jobs that this worker is still doing."""
    await db.execute(_running(running).values(due_at=_lease_end()))


async def settle(db: AsyncSession, tried: Collection[tuple[Job, Outcome]]) -> list[tuple[Job, Outcome]]:
    """Write down what came of tries, and give back those of which a job is dead.

    Only of these tries, for a slow worker must not overrule its successor.
    """
    dead = []
    if done := [job for job, outcome in tried if outcome.state is State.DONE]:
        await db.execute(_running(done).values(reason=None, **_end(State.DONE)))
    for job, outcome in tried:
        if outcome.state is not State.DONE and await _settle_failure(db, job, outcome):
            dead.append((job, outcome))
    return dead


async def retry_now(db: AsyncSession, name: str) -> None:
    """Try those that have failed again now: what they all waited for is back."""
    waiting = update(Job).where(Job.name == name, Job.state == State.PENDING, Job.attempt > 0)
    await db.execute(waiting.values(due_at=from_now()))


async def retry(db: AsyncSession, which: ColumnElement[bool]) -> int:
    """Try jobs again now, as if for the first time, and say how many.

    Only what waits, has failed or was discarded; of the same key, the newest.
    """
    afresh = {"state": State.PENDING, "attempt": 0, "started_at": None, "finished_at": None, "due_at": from_now()}
    again = update(Job).where(which, Job.state.in_(RETRYABLE), ~_overtaken(), ~_left_behind())
    after_commit(db, doorbell.ring)
    return await _count(db, again.values(afresh))


async def discard(db: AsyncSession, which: ColumnElement[bool]) -> int:
    """Take jobs back that wait or have failed, and say how many."""
    unwanted = update(Job).where(which, Job.state.in_([State.PENDING, State.DEAD]))
    return await _count(db, unwanted.values(**_end(State.DISCARDED)))


async def _add_unless_one_waits(db: AsyncSession, promised: Job) -> bool:
    try:
        async with db.begin_nested():
            db.add(promised)
    except IntegrityError:
        return False
    return True


async def _settle_failure(db: AsyncSession, job: Job, outcome: Outcome) -> bool:
    """Whether the job is dead of it."""
    mine = _running([job]).values(reason=outcome.reason and _printable(outcome.reason))
    if outcome.state is not State.PENDING:
        return bool(await _count(db, mine.values(**_end(outcome.state)))) and outcome.state is State.DEAD
    in_time = Job.started_at > from_now(-settings().jobs_retry_for)
    later = {"state": State.PENDING, "due_at": from_now(timedelta(seconds=outcome.wait))}
    if await _count(db, mine.where(in_time, ~_overtaken()).values(**later)):
        return False
    await db.execute(mine.where(_overtaken()).values(**_end(State.SUPERSEDED)))
    return bool(await _count(db, mine.values(**_end(State.DEAD))))


def _running(tried: Collection[Job]) -> Update:
    # Attempts are counted anew when somebody retries a job by hand; it starts at another time then.
    mine = tuple_(Job.id, Job.attempt, Job.started_at).in_([(job.id, job.attempt, job.started_at) for job in tried])
    return update(Job).where(mine, Job.state == State.RUNNING).execution_options(synchronize_session=False)


def _lease_end() -> from_now:
    return from_now(settings().jobs_lease)


def _end(state: State) -> dict[str, Any]:
    return {"state": state, "due_at": None, "finished_at": from_now()}


def _overtaken() -> ColumnElement[bool]:
    newer = aliased(Job)
    return exists().where(newer.key == Job.key, newer.id != Job.id, newer.state == State.PENDING)


def _left_behind() -> ColumnElement[bool]:
    newer = aliased(Job)
    follows = exists().where(newer.key == Job.key, newer.id > Job.id, newer.state.in_(RETRYABLE))
    return and_(Job.state != State.PENDING, follows)


def _printable(reason: str) -> str:
    # Whatever a mail server says must not keep its job from being settled: PostgreSQL refuses NUL and half a character.
    return reason.replace("\0", "").encode(errors="backslashreplace").decode()[:255]


async def _count(db: AsyncSession, change: Update) -> int:
    return cast(CursorResult[Any], await db.execute(change)).rowcount
