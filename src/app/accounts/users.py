"""Adding, finding, changing and removing people."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import administrators, emails, links, mails, roles, sessions
from app.accounts.errors import EmailTaken, OwnAccount, UnknownEmail
from app.accounts.models import Role, User
from app.audit import Action, record


async def add(db: AsyncSession, user: User) -> User:
    """Add the user, or raise EmailTaken; of two that come at once, the database takes the first."""
    try:
        async with db.begin_nested():
            db.add(user)
    except IntegrityError:
        await _raise_if_taken(db, user.email)
        raise
    return user


async def create(db: AsyncSession, user: User) -> User:
    """Add a user at somebody's word, or raise EmailTaken."""
    await add(db, user)
    record(db, Action.CREATE_USER, person=user, details=user.role.name)
    return user


async def add_administrator(db: AsyncSession, *, email: str, password_hash: str) -> User:
    """Add the first administrator, confirmed, or raise EmailTaken."""
    return await create(
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


async def with_email(db: AsyncSession, email: str) -> User | None:
    return (await db.scalars(select(User).where(User.email == emails.normalise(email)))).one_or_none()


async def find(db: AsyncSession, email: str) -> User:
    """The user with this address and their role, or UnknownEmail."""
    query = select(User).options(joinedload(User.role)).where(User.email == emails.normalise(email))
    user = (await db.scalars(query)).one_or_none()
    if user is None:
        raise UnknownEmail
    return user


async def get(db: AsyncSession, user_id: int) -> User:
    """The user with their role, or NoResultFound."""
    return await db.get_one(User, user_id, options=[joinedload(User.role)])


async def count(db: AsyncSession) -> int:
    return (await db.scalars(select(func.count()).select_from(User))).one()


async def sign_ups(db: AsyncSession, *, days: int) -> dict[date, int]:
    """How many of the users came on each of the last days (UTC), the earliest first."""
    today, day = datetime.combine(datetime.now(UTC), time(), UTC), timedelta(days=1)
    starts = [today - day * ago for ago in reversed(range(days))]
    came = [func.count().filter(User.created_at >= start, User.created_at < start + day) for start in starts]
    numbers = (await db.execute(select(*came).where(User.created_at >= starts[0]))).one()
    return dict(zip([start.date() for start in starts], numbers, strict=True))


async def rename(db: AsyncSession, user: User, *, first_name: str, last_name: str) -> None:
    """Give the user another name, as they want to be called."""
    former = user.full_name()
    user.first_name, user.last_name = first_name, last_name
    if user.full_name() != former:
        record(db, Action.CHANGE_NAME, person=user, details=f"{former} → {user.full_name()}")


async def set_email(db: AsyncSession, user: User, email: str) -> None:
    """Change the address, or raise EmailTaken; links that were issued for the former one die with it."""
    changed = update(User).where(User.id == user.id).values(email=emails.normalise(email))
    try:
        async with db.begin_nested():
            await db.execute(changed)  # not by the attribute: a refusal would expire the user, who is shown after it
    except IntegrityError:
        await _raise_if_taken(db, email)
        raise


async def change_role(db: AsyncSession, user: User, *, role: Role, by: User | None) -> None:
    """Give the user another role, from their next request on; raises OwnAccount or LastAdministrator."""
    refuse_own(user, by=by)
    async with administrators.kept(db):
        former, user.role = user.role, role
        await sessions.end_all(db, user)
    event = record(db, Action.CHANGE_USER_ROLE, person=user, details=f"{former.name} → {role.name}")
    await mails.post_event(db, "role_changed", user, event)


async def deactivate(db: AsyncSession, user: User, *, by: User | None) -> None:
    """Keep the user out without forgetting them; raises OwnAccount or LastAdministrator."""
    refuse_own(user, by=by)
    async with administrators.kept(db):
        user.deactivated_at = datetime.now(UTC)
        await sessions.end_all(db, user)
        await links.revoke(db, user)
    event = record(db, Action.DEACTIVATE, person=user)
    await mails.post_event(db, "deactivated", user, event)


async def activate(db: AsyncSession, user: User) -> None:
    """Let a deactivated user in again."""
    user.deactivated_at = None
    record(db, Action.ACTIVATE, person=user)


async def delete(db: AsyncSession, user: User, *, by: User | None) -> None:
    """Remove the user and their sessions and links; raises OwnAccount or LastAdministrator."""
    refuse_own(user, by=by)
    async with administrators.kept(db):
        await db.delete(user)
    record(db, Action.DELETE_USER, person=user)


def refuse_own(user: User, *, by: User | None) -> None:
    """Raise OwnAccount if it is; nobody in particular (`None`) sits at the terminal."""
    if by is not None and user.id == by.id:
        raise OwnAccount


async def _raise_if_taken(db: AsyncSession, email: str) -> None:
    owner = await with_email(db, email)
    if owner is not None:
        raise EmailTaken(owner) from None
