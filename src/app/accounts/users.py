"""Adding and finding people."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import emails, roles
from app.accounts.errors import EmailTaken
from app.accounts.models import User


async def add(db: AsyncSession, user: User) -> User:
    """Add the user, or raise EmailTaken; of two that come at once, the database takes the first."""
    try:
        async with db.begin_nested():
            db.add(user)
    except IntegrityError:
        owner = await with_email(db, user.email)
        if owner is None:
            raise
        raise EmailTaken(owner) from None
    return user


async def with_email(db: AsyncSession, email: str) -> User | None:
    return (await db.scalars(select(User).where(User.email == emails.normalise(email)))).one_or_none()


async def count(db: AsyncSession) -> int:
    return (await db.scalars(select(func.count()).select_from(User))).one()


async def add_administrator(db: AsyncSession, *, email: str, password_hash: str) -> User:
    """Add the first administrator, confirmed, or raise EmailTaken."""
    return await add(
        db,
        User(
            first_name="Admin",
            last_name="Account",
            email=email,
            password_hash=password_hash,
            role=await roles.administrator_role(db),
            confirmed=True,
        ),
    )
