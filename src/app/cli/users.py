"""People, from the terminal."""

import sys
from typing import TYPE_CHECKING

import click

from app.cli.commands import async_command

if TYPE_CHECKING:
    from app.accounts.models import User

NAME_LENGTH = 64  # as the column has it
COLUMNS = ("EMAIL", "NAME", "ROLE", "STATUS", "SINCE")


@click.group("users")
def users_group() -> None:
    """Add, list, promote and keep out people."""


def _check_name(_context: click.Context, _option: click.Parameter, name: str) -> str:
    if not 0 < len(name.strip()) <= NAME_LENGTH:
        raise click.BadParameter(f"A name has 1 to {NAME_LENGTH} characters.")
    return name


@users_group.command()
@click.argument("email")
@click.option("--first-name", default="New", show_default=True, callback=_check_name)
@click.option("--last-name", default="User", show_default=True, callback=_check_name)
@click.option("--role", default="User", show_default=True, help="The name of their role.")
@click.option("--password", help="Others can see it here; without this option it is asked for.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the standard input.")
@async_command
async def create(
    *, email: str, first_name: str, last_name: str, role: str, password: str | None, password_stdin: bool
) -> None:
    """Add a confirmed user."""
    from app.accounts import passwords, roles, users
    from app.accounts.models import User
    from app.database import transaction

    chosen = _password(password, from_stdin=password_stdin)
    await passwords.check(chosen, about=[first_name, last_name, email])
    password_hash = await passwords.hashed(chosen)
    async with transaction() as db:
        user = User(
            email=email,
            first_name=first_name,
            last_name=last_name,
            password_hash=password_hash,
            role=await roles.named(db, role),
            confirmed=True,
        )
        await users.create(db, user)
    print(f"Added {user.full_name()} <{user.email}>, {user.role.name}.")


@users_group.command("list")
@click.option("--role", help="Only the members of this role.")
@click.option("--unconfirmed", is_flag=True, help="Only those who have not confirmed their address.")
@click.option("--search", default="", help="Only those with these words in their name or address.")
@async_command
async def list_(role: str | None, unconfirmed: bool, search: str) -> None:
    """List people by name."""
    from app.accounts import directory, roles
    from app.database import session

    query = directory.Query(
        q=search,
        role=(await roles.named(session(), role)).id if role else None,
        status="unconfirmed" if unconfirmed else "",
    )
    found = await directory.everybody(session(), query)
    _print_aligned([COLUMNS, *map(_row, found)])


@users_group.command()
@click.argument("email")
@click.option("--role", default="Administrator", show_default=True, help="The name of their new role.")
@async_command
async def promote(email: str, role: str) -> None:
    """Give somebody another role."""
    from app.accounts import roles, users
    from app.database import transaction

    async with transaction() as db:
        user = await users.find(db, email)
        await users.change_role(db, user, role=await roles.named(db, role), by=None)
    print(f"{user.full_name()} is {user.role.name} now.")


@users_group.command()
@click.argument("email")
@async_command
async def deactivate(email: str) -> None:
    """Keep somebody out."""
    from app.accounts import users
    from app.database import transaction

    async with transaction() as db:
        user = await users.find(db, email)
        await users.deactivate(db, user, by=None)
    print(f"{user.full_name()} is out.")


@users_group.command()
@click.argument("email")
@async_command
async def activate(email: str) -> None:
    """Let somebody in again."""
    from app.accounts import users
    from app.database import transaction

    async with transaction() as db:
        user = await users.find(db, email)
        await users.activate(db, user)
    print(f"{user.full_name()} is in again.")


@users_group.command("reset-access")
@click.argument("email")
@async_command
async def reset_access(email: str) -> None:
    """Log somebody out everywhere and send a reset link."""
    from app.accounts import passwords, sessions, users
    from app.database import transaction

    async with transaction() as db:
        user = await users.find(db, email)
        await sessions.log_out_everywhere(db, user)
        await passwords.send_reset(db, user)
    print(f"{user.full_name()} is logged out, and a link to choose a password goes to {user.email}.")


def _password(given: str | None, *, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if given is not None:
        return given
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


def _row(user: "User") -> tuple[str, ...]:
    return user.email, user.full_name(), user.role.name, user.status(), f"{user.created_at:%Y-%m-%d}"


def _print_aligned(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
