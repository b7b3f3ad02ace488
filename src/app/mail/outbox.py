"""The outbox: a mail is a job, promised in the same commit as what it tells of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from app.database import PAGE, from_now
from app.jobs import enqueue
from app.jobs.models import Job, State
from app.mail.delivery import deliver
from app.mail.models import Mail


async def post(
    db: AsyncSession,
    kind: str,
    *,
    to: str,
    replacing: str | None = None,
    expires_at: datetime | from_now | None = None,
    **ids: int,
) -> None:
    """Promise a mail; it supersedes one that it is `replacing`, and is of no use after it has expired."""
    message_id = uuid4().hex
    job = await enqueue(
        db,
        deliver,
        message_id=message_id,
        lane=to.rpartition("@")[2],
        replacing=replacing,
        expires_at=expires_at,
    )
    if job is not None:  # else a second click, at the very same moment, has promised it already
        db.add(Mail(message_id=message_id, kind=kind, to=to, ids=ids, job=job))
        await db.flush()


async def listing(db: AsyncSession, *, state: State | None = None, before: int | None = None) -> Sequence[Mail]:
    """A page of mails with their jobs, the latest first: all, or those in a state; the next lies before the last id."""
    mails = select(Mail).join(Mail.job).options(contains_eager(Mail.job)).order_by(Mail.id.desc()).limit(PAGE)
    if state is not None:
        mails = mails.where(Job.state == state)
    if before is not None:
        mails = mails.where(Mail.id < before)
    return (await db.scalars(mails)).all()
