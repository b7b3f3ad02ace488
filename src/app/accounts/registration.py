"""From a stranger to a confirmed account."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import links, mails, roles, users
from app.accounts.errors import EmailTaken
from app.accounts.models import User
from app.audit import Action, Outcome, record


async def register(db: AsyncSession, *, email: str, first_name: str, last_name: str, password_hash: str) -> None:
    """Add an unconfirmed user and post them a link; a taken address is told to its owner, and to nobody else."""
    newcomer = User(
        email=email,
        first_name=first_name,
        last_name=last_name,
        password_hash=password_hash,
        role=await roles.default_role(db),
    )
    try:
        await users.add(db, newcomer)
    except EmailTaken as taken:
        record(db, Action.REGISTER, person=taken.owner, outcome=Outcome.REFUSED)
        await mails.post_already_registered(db, taken.owner)
    else:
        record(db, Action.REGISTER, person=newcomer, by=newcomer)
        await send_link(db, newcomer)


async def send_link(db: AsyncSession, user: User) -> None:
    """Post the user a link that confirms their account."""
    await mails.post_link(db, await links.issue(db, user, links.CONFIRM))


async def confirm(db: AsyncSession, token: str) -> User:
    """Confirm the account that the link was sent to, or raise InvalidLink.

    Nobody is logged in by it: whoever registered somebody else's address would be let in by the owner's click.
    """
    user = (await links.use(db, links.CONFIRM, token)).user
    user.confirmed = True
    record(db, Action.CONFIRM, person=user, by=user)
    return user
