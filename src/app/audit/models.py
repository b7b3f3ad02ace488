"""Nouns only: an event of the audit trail. The database refuses to change one; see the migration."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, from_now


class AuditEvent(Model):
    """Who did what to whom. It outlives the people it names: no foreign keys, and their addresses beside their ids."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "action", "id"),
        Index(None, "actor_id", "id"),
        Index(None, "person_id", "id"),
        Index(None, "created_at"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    action: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(254))
    """The address of who did it, `terminal`, or nothing for a visitor."""
    person_id: Mapped[int | None]
    target: Mapped[str] = mapped_column(String(254))
    """The address of the person whom it was done to, or the name of the thing."""
    details: Mapped[str] = mapped_column(String(600))
    ip: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(255))
    device: Mapped[str | None] = mapped_column(String(64))
    """The SHA-256 of what marks the browser, where somebody logs in."""

    def was_done_by_another(self) -> bool:
        """Whether somebody else, whose whereabouts are none of the person's business, did it to them."""
        return bool(self.actor) and self.actor_id != self.person_id
