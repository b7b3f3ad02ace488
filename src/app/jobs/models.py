"""A job that was promised and how far it has come, what the clock starts, and who works."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, from_now


class State(StrEnum):
    """PENDING → RUNNING → DONE, or back to PENDING after a failure that may pass; the others are ends without success.

    DEAD has failed for good, EXPIRED would have come too late, SUPERSEDED was overtaken by a newer one, and somebody
    took DISCARDED back.
    """

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


RETRYABLE = (State.PENDING, State.DEAD, State.DISCARDED)
WAITS = text(f"state = '{State.PENDING}'")


class Job(Model):
    """The name of a declared job and its arguments: ids, never secrets, which would let a reader of the table in."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "due_at"),
        Index(None, "finished_at"),
        Index(None, "state", "name"),
        Index("uq_jobs_key_pending", "key", unique=True, postgresql_where=WAITS, sqlite_where=WAITS),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(128))
    """Of those with the same key, one waits."""
    lane: Mapped[str] = mapped_column(String(255))
    """Of those in the same lane, few run at once, so that a slow one does not hold up the others."""

    state: Mapped[State] = mapped_column(
        Enum(
            State,
            native_enum=False,
            length=16,
            values_callable=lambda states: [state.value for state in states],
        ),
        default=State.PENDING,
    )
    attempt: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(255))
    """Why the last try failed."""
    request_id: Mapped[str | None] = mapped_column(String(64))
    """Of the request that it follows from, for those who read the log."""
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    due_at: Mapped[datetime | None]
    """When to run it; while it runs, when its worker counts as dead; None at its end."""
    started_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def may_be_retried(self) -> bool:
        return self.state in RETRYABLE


class Schedule(Model):
    """When the clock starts a job next, and when it last did."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]


class Worker(Model):
    """A process that does jobs, and when it last said so."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    place: Mapped[str] = mapped_column(String(255))
    """The host and the process id."""
    running: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    seen_at: Mapped[datetime]
