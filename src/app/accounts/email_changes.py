"""Changing an address: one's own, once it is shown who reads the mail there, or another's."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import invitations, links, mails, registration, sessions, users
from app.accounts.errors import InvalidLink
from app.accounts.models import Link, User
from app.audit import Action, AuditEvent, record


async def ask(db: AsyncSession, user: User, *, email: str) -> None:
    """Post a link to the new address; if somebody else has it already, tell them, and nobody else."""
    record(db, Action.ASK_TO_CHANGE_EMAIL, person=user, details=email)
    owner = await users.with_email(db, email)
    if owner is None:
        await mails.post_link(db, await links.issue(db, user, links.CHANGE_EMAIL, to=email))
    elif owner.id != user.id:
        await mails.post_already_registered(db, owner)


async def find(db: AsyncSession, user: User, token: str) -> Link:
    """The link, if it is the user's own: a stranger at a mistyped address must not get the account."""
    link = await links.find(db, links.CHANGE_EMAIL, token)
    if link.user_id != user.id:
        raise InvalidLink(links.CHANGE_EMAIL)
    return link


async def confirm(db: AsyncSession, user: User, token: str) -> None:
    """Change to the address that the link was sent to; raises InvalidLink, or EmailTaken if somebody was faster."""
    link = await find(db, user, token)
    await links.use(db, links.CHANGE_EMAIL, token)
    event = await _change(db, user, link.sent_to)
    await mails.post_event(db, "email_changed", user, event)
    user.confirmed = True


async def impose(db: AsyncSession, user: User, *, email: str) -> None:
    """What an administrator does: change the address, and have the new one answer; raises EmailTaken."""
    await _change(db, user, email)
    user.confirmed = False
    if not user.is_active:
        return  # once let in again, they are asked to confirm it
    if user.password_hash is None:  # invited, and the invitation went to the former address
        await invitations.send_link(db, user)
    else:
        await registration.send_link(db, user)


async def _change(db: AsyncSession, user: User, email: str) -> AuditEvent:
    former = user.email
    await users.set_email(db, user, email)
    await sessions.end_all(db, user)
    event = record(db, Action.CHANGE_EMAIL, person=user, details=f"{former} → {user.email}")
    await mails.post_event(db, "email_changed", user, event, to=former)
    return event
