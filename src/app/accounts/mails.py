"""The mails about accounts: what each is about, and what its template is given."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import links
from app.accounts.models import Link, User
from app.audit import AuditEvent
from app.database import from_now
from app.mail import outbox
from app.mail.kinds import kind

MAIL_OF = {
    links.CONFIRM: "confirm",
    links.RESET: "reset_password",
    links.CHANGE_EMAIL: "change_email",
    links.INVITE: "invite",
}


async def post_link(db: AsyncSession, link: Link) -> None:
    """Post the link to whom it was issued for; whoever asks twice reads the later one."""
    name = MAIL_OF[link.purpose]
    await outbox.post(
        db,
        name,
        to=link.sent_to,
        replacing=f"{name}:{link.user_id}",
        expires_at=from_now(links.lifetime(link.purpose)),
        link_id=link.id,
    )


async def post_already_registered(db: AsyncSession, owner: User) -> None:
    await outbox.post(db, "already_registered", to=owner.email, user_id=owner.id)


async def post_event(db: AsyncSession, name: str, user: User, event: AuditEvent, *, to: str | None = None) -> None:
    """Tell the user, or whoever reads a former address of theirs, of what was recorded."""
    await db.flush()  # the event has its id from now on
    await outbox.post(db, name, to=to or user.email, user_id=user.id, event_id=event.id)


@kind("confirm", subject="Confirm Your Account")
@kind("reset_password", subject="Reset Your Password")
@kind("change_email", subject="Confirm Your New Email")
@kind("invite", subject="You Are Invited To Join")
async def _with_link(db: AsyncSession, *, link_id: int) -> dict[str, Any]:
    link = await db.get_one(Link, link_id, options=[joinedload(Link.user)])
    return {"user": link.user, "token": links.token(link)}


@kind("already_registered", subject="You Already Have an Account")
async def _about_user(db: AsyncSession, *, user_id: int) -> dict[str, Any]:
    return {"user": await db.get_one(User, user_id)}


@kind("password_changed", subject="Your Password Has Changed")
@kind("email_changed", subject="Your Email Address Has Changed")
@kind("new_device", subject="A New Log-in to Your Account")
@kind("role_changed", subject="Your Account Type Has Changed")
@kind("deactivated", subject="Your Account Has Been Deactivated")
async def _about_event(db: AsyncSession, *, user_id: int, event_id: int) -> dict[str, Any]:
    return {"user": await db.get_one(User, user_id), "event": await db.get_one(AuditEvent, event_id)}
