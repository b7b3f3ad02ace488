"""A mail that was promised; how far it has come stands in its job."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, from_now
from app.jobs.models import Job


class Mail(Model):
    """The kind of mail and the ids it is about: never a link, which would let a reader of the table in."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid4().hex)
    kind: Mapped[str] = mapped_column(String(64))
    to: Mapped[str] = mapped_column(String(254))
    ids: Mapped[dict[str, int]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)

    job: Mapped[Job] = relationship(lazy="raise")
