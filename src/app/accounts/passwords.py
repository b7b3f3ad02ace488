"""What a password must be, whether it is the right one, and how it is changed."""

from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import emails, hashing, links, mails, sessions, strength, users
from app.accounts.errors import InvalidEmail, WeakPassword, WrongPassword
from app.accounts.models import Role, User
from app.accounts.rows import ROLES, USERS, user_in
from app.audit import Action, record
from app.reader import Reader
from app.settings import settings


async def check(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise WeakPassword if the password has another length than is allowed, is easy to guess, or has leaked.

    `about` is what is known about its owner. Any characters are allowed, in any mixture (ASVS 5.0, 6.2.5).
    """
    if len(password) < settings().password_min:
        raise WeakPassword(f"A password has at least {settings().password_min} characters.")
    if len(password) > settings().password_max:
        raise WeakPassword(f"A password has at most {settings().password_max} characters.")
    known = [*about, settings().app_name, urlsplit(settings().base_url).hostname or ""]
    if await hashing.in_thread(partial(strength.is_easy_to_guess, password, about=known)):
        raise WeakPassword("This password is easy to guess. Several words that have nothing to do with you are harder.")
    if settings().hibp_api_base:
        from app.accounts import breaches  # noqa: PLC0415 (an HTTP client that most installations never need)

        if await breaches.has_leaked(password):
            raise WeakPassword("This password has leaked from another site, and whoever attacks this one tries it.")


async def hashed(password: str) -> str:
    """The hash to store of a password that was checked; made before a transaction, which it would hold up."""
    return await hashing.hash_password(password)


# Put together once: each login asks for it.
_ACTIVE = (
    select(*USERS, *ROLES)
    .join_from(User.__table__, Role.__table__)
    .where(USERS.email == bindparam("email"), USERS.deactivated_at.is_(None))
)


async def authenticate(db: Reader, *, email: str, password: str) -> User:
    """The active user with this address and password and their role, or WrongPassword, after the same time."""
    try:
        row = await db.first(_ACTIVE, {"email": emails.normalise(email)})
    except InvalidEmail:
        row = None
    user = user_in(iter(row)) if row else None
    right = await hashing.verify_password(password, user.password_hash if user else None)
    if user is None or not right:
        raise WrongPassword(user)
    return user


async def verify(user: User, password: str) -> None:
    """Raise WrongPassword unless it is the user's."""
    if not await hashing.verify_password(password, user.password_hash):
        raise WrongPassword(user)


def has_old_hash(user: User) -> bool:
    """Whether the user's hash is one of flask-base's, or weaker than one that is made now."""
    return user.password_hash is not None and hashing.is_outdated(user.password_hash)


async def renew_hash(db: AsyncSession, user: User, *, password_hash: str) -> None:
    """Store a newer hash of the same password, unless there is another password by now."""
    unchanged = update(User).where(User.id == user.id, User.password_hash == user.password_hash)
    await db.execute(unchanged.values(password_hash=password_hash))
    user.password_hash = password_hash


async def change(db: AsyncSession, user: User, *, password_hash: str) -> None:
    """Set another password, as its owner wants it, or raise WrongPassword if it has been reset meanwhile."""
    await sessions.lock_account(db, user)
    await replace(db, user, password_hash=password_hash)
    event = record(db, Action.CHANGE_PASSWORD, person=user)
    await mails.post_event(db, "password_changed", user, event)


async def replace(db: AsyncSession, user: User, *, password_hash: str) -> None:
    """Set another password. What the old one had let in ends with it: every session, and every link."""
    user.password_hash = password_hash
    await links.revoke(db, user)
    await sessions.end_all(db, user)


async def ask_to_reset(db: AsyncSession, *, email: str) -> None:
    """Post a link to the owner of the address; to nobody, if nobody has it."""
    user = await users.with_email(db, email)
    if user is not None and user.is_active:
        await send_reset(db, user)


async def send_reset(db: AsyncSession, user: User) -> None:
    """Post the user a link that resets their password, or raise Deactivated."""
    record(db, Action.ASK_TO_RESET, person=user)
    await mails.post_link(db, await links.issue(db, user, links.RESET))


async def reset(db: AsyncSession, token: str, *, password_hash: str) -> User:
    """Set another password for the user whom the link was sent to, or raise InvalidLink.

    It confirms the account, too: the link has shown who reads the mail there, and whoever registered the
    address before its owner did is out.
    """
    user = (await links.use(db, links.RESET, token)).user
    await replace(db, user, password_hash=password_hash)
    user.confirmed = True
    event = record(db, Action.RESET_PASSWORD, person=user, by=user)
    await mails.post_event(db, "password_changed", user, event)
    return user
