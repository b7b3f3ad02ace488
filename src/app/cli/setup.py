"""What a database needs before anybody can come in."""

import click

from app.accounts.errors import EmailTaken
from app.cli.commands import async_command
from app.settings import settings


@click.command()
@async_command
async def setup_dev() -> None:
    """Add the roles and the first administrator."""
    await _setup()


@click.command()
@async_command
async def setup_prod() -> None:
    """Add the roles and the administrator that is set.

    ADMIN_EMAIL and ADMIN_PASSWORD name the administrator, who is added once.
    """
    await _setup()


async def _setup() -> None:
    from app.accounts import passwords, roles, users
    from app.database import transaction

    missing = [name for name in ("ADMIN_EMAIL", "ADMIN_PASSWORD") if not getattr(settings(), name.lower())]
    if missing:
        raise click.ClickException(f"{' and '.join(missing)} must be set, for the first administrator.")
    if settings().in_production:
        await passwords.check(settings().admin_password, about=[settings().admin_email])
    password_hash = await passwords.hashed(settings().admin_password)
    async with transaction() as db:
        await roles.insert_roles(db)
        try:
            added = await users.add_administrator(db, email=settings().admin_email, password_hash=password_hash)
        except EmailTaken:
            return
    print(f"Added administrator {added.full_name()}")
