"""A mail that was promised, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import JSON, Enum, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, from_now


class State(StrEnum):
    """PENDING → SENDING → SENT; back to PENDING after a failure that may pass, DEAD after one that will not."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class Mail(Model):
    """The kind of mail and the ids it is about: never a link, which would let a reader of the table in."""

    __tablename__ = "mails"
    __table_args__ = (Index(None, "state", "due_at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid4().hex)
    kind: Mapped[str] = mapped_column(String(64))
    to: Mapped[str] = mapped_column(String(254))
    ids: Mapped[dict[str, int]] = mapped_column(JSON)

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
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    due_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
