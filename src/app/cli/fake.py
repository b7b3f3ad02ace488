"""Invented people, to fill the pages of development with."""

import secrets
import sys

import click

from app.cli.commands import async_command, refuse_in_production

BATCH = 500  # users a transaction, so that on SQLite others can write in between


@click.command()
@click.option("-n", "--number-users", default=10, show_default=True, type=click.IntRange(min=1), help="How many users.")
@click.option("--force", is_flag=True, help="Even in production.")
@async_command
async def add_fake_data(number_users: int, force: bool) -> None:
    """Add invented users.

    They are confirmed, have any role but an administrator's, and all have one password, which is printed at the end.
    """
    from app.accounts import passwords, roles
    from app.database import transaction

    if not force:
        refuse_in_production("Give --force if you mean it.")
    try:
        from app.accounts import fake
    except ModuleNotFoundError:
        raise click.ClickException("This needs Faker, which comes with the development dependencies.") from None
    password = secrets.token_urlsafe(12)
    password_hash = await passwords.hashed(password)
    async with transaction() as db:
        await roles.insert_roles(db)
    added = 0
    with click.progressbar(length=number_users, file=sys.stderr, hidden=not sys.stderr.isatty()) as progress:
        for done in range(0, number_users, BATCH):
            count = min(BATCH, number_users - done)
            async with transaction() as db:
                added += await fake.add(db, count, password_hash=password_hash)
            progress.update(count)
    print(f"Added {added} users. The password of each is {password}")
