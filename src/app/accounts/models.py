"""Nouns only: what is stored about people, and predicates that need no database."""

import secrets
from datetime import datetime
from enum import IntFlag
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts import emails
from app.database import Model, from_now


class Permission(IntFlag):
    """One bit each; a role's permissions are several of them joined by OR."""

    GENERAL = 0x01
    ADMINISTER = 0xFF  # whoever has it may do what any role may, also by bits that are not in it


BUILT_IN: dict[str, dict[str, Any]] = {
    "User": {"permissions": Permission.GENERAL, "index": "main", "default": True},
    "Administrator": {"permissions": Permission.ADMINISTER, "index": "admin", "default": False},
}


class Role(Model):
    """A set of permissions, and the blueprint whose index page its members land on."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    index: Mapped[str] = mapped_column(String(64))
    default: Mapped[bool] = mapped_column(default=False, index=True)
    permissions: Mapped[int]

    def __repr__(self) -> str:
        return f"<Role {self.name!r}>"

    @property
    def is_built_in(self) -> bool:
        """Whether the code defines it, and brings it back to that at each release."""
        return self.name in BUILT_IN

    def has(self, permission: int) -> bool:
        return any(self.permissions & needed == needed for needed in (permission, Permission.ADMINISTER))


class User(Model):
    """A person with an account; unconfirmed until they have shown that they read mail at their address."""

    __tablename__ = "users"
    __table_args__ = (
        # With the id, which tells namesakes apart: of a name that thousands have, a page is read, not all of them.
        Index(None, "first_name", "id"),
        Index(None, "last_name", "id"),
        Index(None, "role_id", "id"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    confirmed: Mapped[bool] = mapped_column(default=False)
    first_name: Mapped[str] = mapped_column(String(64))
    last_name: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(254), unique=True)  # RFC 5321, 4.5.3.1.3
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"))
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    deactivated_at: Mapped[datetime | None]

    role: Mapped[Role] = relationship(lazy="raise")

    is_authenticated = True
    is_anonymous = False

    def __repr__(self) -> str:
        return f"<User {self.full_name()!r}>"

    @validates("email")
    def _normalise_email(self, _column: str, email: str) -> str:
        return emails.normalise(email)

    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}"

    def known(self) -> list[str]:
        """What a stranger may know, and so would try as a password."""
        return [self.first_name, self.last_name, self.email]

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    def status(self) -> str:
        """One of the words by which the list of users can be filtered."""
        if self.deactivated_at is not None:
            return "deactivated"
        if self.password_hash is None:
            return "invited"
        return "confirmed" if self.confirmed else "unconfirmed"

    def can(self, permission: int) -> bool:
        return self.role.has(permission)

    def is_admin(self) -> bool:
        return self.can(Permission.ADMINISTER)


def statuses(user: type[User]) -> dict[str, ColumnElement[bool]]:
    """The words of `User.status`, each as a condition."""
    active, chose = user.deactivated_at.is_(None), user.password_hash.is_not(None)
    return {
        "confirmed": and_(user.confirmed.is_(True), chose, active),
        "unconfirmed": and_(user.confirmed.is_(False), chose, active),
        "invited": and_(user.password_hash.is_(None), active),
        "deactivated": user.deactivated_at.is_not(None),
    }


# So that who has a rare one is found without looking at those who have another.
for status, condition in statuses(User).items():
    Index(f"ix_users_{status}", User.role_id, postgresql_where=condition, sqlite_where=condition)


class AnonymousUser:
    """Stands for a visitor who has not logged in: may do nothing that asks for a permission."""

    confirmed = False
    is_active = False
    is_authenticated = False
    is_anonymous = True

    def can(self, _permission: int) -> bool:
        return False

    def is_admin(self) -> bool:
        return False


class UserSession(Model):
    """A browser in which somebody is logged in; found by the SHA-256 of the token that its cookie carries."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    remembered: Mapped[bool]
    ip: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    authenticated_at: Mapped[datetime | None] = mapped_column(insert_default=from_now())
    """When the user last showed by their password who they are."""
    issued_at: Mapped[datetime | None] = mapped_column(insert_default=from_now())
    """When its present token was given."""
    former_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the token before that, which counts a little longer."""
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise")
    # What the database said by its clock when the session was found, sessions.find tells:
    has_rested = False
    has_aged = False


class Link(Model):
    """A mailed link: for one purpose, once, until it expires or the address changes. Its text is never stored."""

    __tablename__ = "links"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: secrets.token_urlsafe(16))
    purpose: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issued_for: Mapped[str] = mapped_column(String(254))
    sent_to: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
