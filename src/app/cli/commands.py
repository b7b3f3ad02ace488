"""What every command here needs: an app context, an event loop, and words for what goes wrong."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import click
from quart import Quart
from quart.cli import ScriptInfo, pass_script_info

from app.accounts.errors import Deactivated, EmailTaken, InvalidEmail, LastAdministrator, Refused, TooBusy, UnknownEmail
from app.settings import settings

P = ParamSpec("P")

SENTENCES: dict[type[Refused], str] = {
    Deactivated: "The account is deactivated, and no link would let its owner in. `quart users activate` does.",
    EmailTaken: "Somebody has an account with this address already.",
    InvalidEmail: "This is no email address.",
    LastAdministrator: "That would leave nobody who can administer.",
    TooBusy: "Too many passwords wait to be hashed. Try again in a moment.",
    UnknownEmail: "Nobody has an account with this address.",
}


def async_command(run: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run a command inside an app context and an event loop, neither of which Quart gives it."""

    @functools.wraps(run)
    @pass_script_info
    def command(info: ScriptInfo, /, *args: P.args, **kwargs: P.kwargs) -> None:
        from app.audit.origin import TERMINAL, known_by

        async def inside() -> None:
            app = info.load_app()
            try:
                with database_errors_in_one_sentence(hint=" Is the database up to date? `quart migrate`"):
                    async with app.app_context():
                        known_by.set(lambda: TERMINAL)
                        await run(*args, **kwargs)
            except Refused as refusal:
                raise click.ClickException(SENTENCES.get(type(refusal)) or str(refusal)) from None
            finally:
                await close(app)

        asyncio.run(inside())

    return command


@contextmanager
def database_errors_in_one_sentence(hint: str = "") -> Iterator[None]:
    """End the command with what the database says, and the hint; what breaks a constraint is a fault of ours."""
    from sqlalchemy.exc import DBAPIError, IntegrityError

    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        if isinstance(error.orig, OSError):
            raise click.ClickException(f"The database does not answer: {error.orig}") from None
        raise click.ClickException(f"{error.orig}.{hint}") from None


async def close(app: Quart) -> None:
    """Close the connections that were opened, as a server does when it stops."""
    for close_one in app.after_serving_funcs:
        await app.ensure_async(close_one)()


def refuse_in_production(hint: str = "") -> None:
    """End the command with one sentence, and the hint, where people's data are at stake."""
    if settings().in_production:
        raise click.ClickException(f"This is for development, but QUART_CONFIG is {settings().quart_config}. {hint}")
