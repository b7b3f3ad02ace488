"""The outbox: mails wait in the database, in the same commit as what they tell of."""

from collections.abc import Sequence
from datetime import timedelta
from random import uniform
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.database import after_commit, from_now
from app.mail.models import Mail, State
from app.settings import settings

PAGE = 50


async def post(db: AsyncSession, kind: str, *, to: str, **ids: int) -> None:
    """Promise a mail; the worker hears of it after the commit, and finds it by itself if it does not."""
    db.add(Mail(kind=kind, to=to, ids=ids))
    await db.flush()
    after_commit(db, jobs.ring)


async def claim(db: AsyncSession) -> Mail | None:
    """Take the mail that has been due for longest, for the time of a lease; nobody else gets it meanwhile."""
    due = or_(
        and_(Mail.state == State.PENDING, Mail.due_at <= from_now()),
        and_(Mail.state == State.SENDING, Mail.lease_until <= from_now()),  # its worker has died
    )
    oldest = select(Mail.id).where(due).order_by(Mail.due_at).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(Mail)
        .where(Mail.id == oldest.scalar_subquery())
        .values(state=State.SENDING, lease_until=from_now(settings().outbox_lease), attempt=Mail.attempt + 1)
        .returning(Mail)
    )
    return (await db.scalars(taken)).one_or_none()


async def mark_sent(db: AsyncSession, mail: Mail) -> None:
    await _settle(db, mail, state=State.SENT, sent_at=from_now(), reason=None)


async def postpone(db: AsyncSession, mail: Mail, reason: str) -> None:
    """Try again later: after each failure a longer wait, give or take a fifth so that many do not come at once."""
    waits = settings().outbox_backoff
    seconds = waits[min(mail.attempt, len(waits)) - 1] * uniform(0.8, 1.2)  # noqa: S311 (no secret)
    await _settle(db, mail, state=State.PENDING, due_at=from_now(timedelta(seconds=seconds)), reason=reason[:255])


async def bury(db: AsyncSession, mail: Mail, reason: str) -> None:
    """Give up: no further try would succeed."""
    await _settle(db, mail, state=State.DEAD, reason=reason[:255])


async def retry(db: AsyncSession, mail_id: int) -> None:
    """Try a mail again now, as if for the first time; one that is being sent, or has been, is left alone."""
    await _revive(db, Mail.id == mail_id)


async def retry_dead(db: AsyncSession) -> None:
    """Try all dead mails again now, once what killed them is mended."""
    await _revive(db, Mail.state == State.DEAD)


async def listing(db: AsyncSession, *, state: State | None = None, before: int | None = None) -> Sequence[Mail]:
    """A page of mails, the latest first: all, or those in a state; the next page lies before the last id."""
    mails = select(Mail).order_by(Mail.id.desc()).limit(PAGE)
    if state is not None:
        mails = mails.where(Mail.state == state)
    if before is not None:
        mails = mails.where(Mail.id < before)
    return (await db.scalars(mails)).all()


async def counts(db: AsyncSession) -> dict[State, int]:
    """How many mails are in each state."""
    counted = await db.execute(select(Mail.state, func.count().label("number")).group_by(Mail.state))
    return dict.fromkeys(State, 0) | {row.state: row.number for row in counted}


async def count_waiting(db: AsyncSession) -> int:
    waiting = select(func.count()).where(Mail.state.in_([State.PENDING, State.SENDING]))
    return (await db.scalars(waiting)).one()


async def _revive(db: AsyncSession, which: ColumnElement[bool]) -> None:
    waiting = Mail.state.in_([State.DEAD, State.PENDING])
    again = update(Mail).where(which, waiting).values(state=State.PENDING, attempt=0, due_at=from_now(), reason=None)
    await db.execute(again)
    after_commit(db, jobs.ring)


async def _settle(db: AsyncSession, mail: Mail, **outcome: Any) -> None:
    # Only this attempt may: a worker that was slow beyond its lease must not overrule the one that took over.
    mine = update(Mail).where(Mail.id == mail.id, Mail.attempt == mail.attempt, Mail.state == State.SENDING)
    await db.execute(mine.values(lease_until=None, **outcome))
