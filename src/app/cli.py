"""The commands of `quart`: thin lines over what the application can do."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec

import click
from quart import Quart
from quart.cli import ScriptInfo, pass_script_info

from app.accounts import roles, users
from app.accounts.errors import EmailTaken
from app.accounts.hashing import hash_password
from app.database import transaction
from app.settings import ROOT, settings

P = ParamSpec("P")


def init_app(app: Quart) -> None:
    for command in (web, worker, dev, db, migrate, revision, insert_roles, setup_dev, setup_prod):
        app.cli.add_command(command)


def async_command(run: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run a command inside an app context and an event loop, neither of which Quart gives it."""

    @functools.wraps(run)
    @pass_script_info
    def command(info: ScriptInfo, /, *args: P.args, **kwargs: P.kwargs) -> None:
        async def inside() -> None:
            app = info.load_app()
            async with app.app_context():
                await run(*args, **kwargs)
            await app.extensions["engine"].dispose()

        asyncio.run(inside())

    return command


@click.command()
@pass_script_info
def web(info: ScriptInfo) -> None:
    """Serve the pages, until SIGTERM or Ctrl-C."""
    from app.serve import serve

    serve(info.load_app())


@click.command()
@pass_script_info
def worker(info: ScriptInfo) -> None:
    """Deliver mail, until SIGTERM or Ctrl-C."""
    from app.worker import work

    asyncio.run(work(info.load_app()))


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def db(arguments: tuple[str, ...]) -> None:
    """Run Alembic, for example `quart db history`."""
    from alembic.config import main

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
    async with transaction() as db:
        await roles.insert_roles(db)


@click.command()
@async_command
async def setup_dev() -> None:
    """Add the roles and the first administrator."""
    await _setup()


@click.command()
@click.pass_context
def dev(context: click.Context) -> None:
    """Run everything that development needs, until Ctrl-C: web, worker, Valkey, a mail catcher."""
    from app.dev import check_port, run_processes

    if settings().in_production:
        raise click.ClickException(f"this is for development, but QUART_CONFIG is {settings().quart_config}")
    check_port()
    context.invoke(migrate)
    context.invoke(setup_dev)
    run_processes()


@click.command()
@async_command
async def setup_prod() -> None:
    """Add the roles and the first administrator, whom ADMIN_EMAIL and ADMIN_PASSWORD name."""
    await _setup()


async def _setup() -> None:
    missing = [name for name in ("ADMIN_EMAIL", "ADMIN_PASSWORD") if not getattr(settings(), name.lower())]
    if missing:
        raise click.ClickException(f"{' and '.join(missing)} must be set, for the first administrator.")
    password_hash = await hash_password(settings().admin_password)
    async with transaction() as db:
        await roles.insert_roles(db)
        try:
            added = await users.add_administrator(db, email=settings().admin_email, password_hash=password_hash)
        except EmailTaken:
            return
    print(f"Added administrator {added.full_name()}")
