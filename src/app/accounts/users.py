"""Adding, finding and promoting people."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import emails, roles
from app.accounts.errors import EmailTaken, NoPromotion, UnknownEmail
from app.accounts.models import Role, User


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


async def find(db: AsyncSession, email: str) -> User:
    """The user with this address and their role, or UnknownEmail."""
    query = select(User).options(joinedload(User.role)).where(User.email == emails.normalise(email))
    user = (await db.scalars(query)).one_or_none()
    if user is None:
        raise UnknownEmail
    return user


async def listed(
    db: AsyncSession, *, role: Role | None = None, unconfirmed: bool = False, search: str = ""
) -> Sequence[User]:
    """Users with their roles, by name: all of them, or those that every given condition fits."""
    query = select(User).options(joinedload(User.role)).order_by(User.last_name, User.first_name, User.email)
    if role is not None:
        query = query.where(User.role_id == role.id)
    if unconfirmed:
        query = query.where(User.confirmed.is_(False))
    if search:
        text = User.first_name + " " + User.last_name + " " + User.email
        query = query.where(text.icontains(search, autoescape=True))
    return (await db.scalars(query)).all()


async def promote(db: AsyncSession, user: User, role: Role) -> None:
    """Give the user a role that may do all that theirs may, or raise NoPromotion."""
    if not role.has(user.role.permissions):
        raise NoPromotion(f"{user.full_name()} is {user.role.name}, who may do what {role.name} may not.")
    user.role = role


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
