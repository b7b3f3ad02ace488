"""The mails about accounts: what each is about, and what its template is given."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import links
from app.accounts.models import Link, User
from app.mail import outbox
from app.mail.kinds import kind


async def post_confirm(db: AsyncSession, link: Link) -> None:
    await outbox.post(db, "confirm", to=link.sent_to, link_id=link.id)


@kind("confirm", subject="Confirm Your Account")
async def _confirm(db: AsyncSession, *, link_id: int) -> dict[str, Any]:
    link = await db.get_one(Link, link_id, options=[joinedload(Link.user)])
    return {"user": link.user, "token": links.token(link)}


async def post_already_registered(db: AsyncSession, owner: User) -> None:
    await outbox.post(db, "already_registered", to=owner.email, user_id=owner.id)


@kind("already_registered", subject="You Already Have an Account")
async def _already_registered(db: AsyncSession, *, user_id: int) -> dict[str, Any]:
    return {"user": await db.get_one(User, user_id)}
