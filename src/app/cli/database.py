"""The database: how it comes to be, and how it begins anew."""

import click

from app.cli.commands import async_command, database_errors_in_one_sentence, refuse_in_production
from app.settings import ROOT


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def db(arguments: tuple[str, ...]) -> None:
    """Run Alembic, for example `quart db history`."""
    from alembic.config import main

    with database_errors_in_one_sentence():
        main(["--config", str(ROOT / "alembic.ini"), *arguments], prog="quart db")


@click.command()
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the database up to date."""
    context.invoke(db, arguments=("upgrade", "head"))


@click.command()
@click.argument("message")
@click.pass_context
def revision(context: click.Context, message: str) -> None:
    """Write a migration for what has changed in the models."""
    context.invoke(db, arguments=("revision", "--autogenerate", "--message", message))


@click.command()
@async_command
async def insert_roles() -> None:
    """Add the roles, or bring them up to date."""
    from app.accounts import roles
    from app.database import transaction

    async with transaction() as db:
        await roles.insert_roles(db)


@click.command()
@click.option("--force", is_flag=True, help="Even in production.")
@click.pass_context
def recreate_db(context: click.Context, force: bool) -> None:
    """Drop all tables and migrate afresh.

    Everything that is stored is lost. Afterwards the database has its tables and the roles, and nothing else.
    """
    if not force:
        refuse_in_production("Give --force if you mean it.")
    context.invoke(drop)
    context.invoke(migrate)
    context.invoke(insert_roles)
    print("Made them anew, with the roles and nothing else.")


@click.command()
@async_command
async def drop() -> None:
    """Drop all tables; a part of recreate-db."""
    from app.database import drop_tables, transaction

    async with transaction() as db:
        dropped = await drop_tables(db)
    print(f"Dropped {len(dropped)} tables.")
