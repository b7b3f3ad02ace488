"""What a password must be, and whether it is the right one."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts import emails
from app.accounts.errors import InvalidEmail, WeakPassword, WrongPassword
from app.accounts.hashing import hash_password, verify_password
from app.accounts.models import User
from app.settings import settings


def check(password: str) -> None:
    """Raise WeakPassword unless the length is allowed; any characters are (ASVS 5.0, 6.2.5)."""
    if len(password) < settings().password_min:
        raise WeakPassword(f"A password has at least {settings().password_min} characters.")
    if len(password) > settings().password_max:
        raise WeakPassword(f"A password has at most {settings().password_max} characters.")


async def hashed(password: str) -> str:
    """The hash to store, or WeakPassword; to be made before a transaction, which it would hold up."""
    check(password)
    return await hash_password(password)


async def authenticate(db: AsyncSession, *, email: str, password: str) -> User:
    """The user with this address and password and their role, or WrongPassword, after the same time."""
    try:
        known = select(User).options(joinedload(User.role)).where(User.email == emails.normalise(email))
        user = (await db.scalars(known)).one_or_none()
    except InvalidEmail:
        user = None
    await db.close()  # gives the connection back: others need it while this one waits for its hash
    right = await verify_password(password, user.password_hash if user else None)
    if user is None or not right:
        raise WrongPassword
    return user
