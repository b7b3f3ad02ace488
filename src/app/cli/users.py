"""People, from the terminal."""

import sys

import click

from app.accounts import passwords, roles, users
from app.accounts.models import User
from app.cli.commands import async_command
from app.database import session, transaction

COLUMNS = ("EMAIL", "NAME", "ROLE", "CONFIRMED", "SINCE")


@click.group("users")
def users_group() -> None:
    """Add, list and promote people."""


@users_group.command()
@click.argument("email")
@click.option("--first-name", default="New", show_default=True)
@click.option("--last-name", default="User", show_default=True)
@click.option("--role", default="User", show_default=True, help="The name of their role.")
@click.option("--password", help="Others can see it here; without this option it is asked for.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the standard input.")
@async_command
async def create(
    *, email: str, first_name: str, last_name: str, role: str, password: str | None, password_stdin: bool
) -> None:
    """Add a confirmed user."""
    password_hash = await passwords.hashed(_password(password, from_stdin=password_stdin))
    async with transaction() as db:
        user = User(
            email=email,
            first_name=first_name,
            last_name=last_name,
            password_hash=password_hash,
            role=await roles.named(db, role),
            confirmed=True,
        )
        await users.add(db, user)
    print(f"Added {user.full_name()} <{user.email}>, {user.role.name}.")


@users_group.command("list")
@click.option("--role", help="Only the members of this role.")
@click.option("--unconfirmed", is_flag=True, help="Only those who have not confirmed their address.")
@click.option("--search", default="", help="Only those with this text in their name or address.")
@async_command
async def list_(role: str | None, unconfirmed: bool, search: str) -> None:
    """List people by name."""
    found = await users.listed(
        session(),
        role=await roles.named(session(), role) if role else None,
        unconfirmed=unconfirmed,
        search=search,
    )
    _print_aligned([COLUMNS, *map(_row, found)])


@users_group.command()
@click.argument("email")
@click.option("--role", default="Administrator", show_default=True, help="The name of their new role.")
@async_command
async def promote(email: str, role: str) -> None:
    """Give somebody a role that may do more."""
    async with transaction() as db:
        user = await users.find(db, email)
        await users.promote(db, user, await roles.named(db, role))
    print(f"{user.full_name()} is {user.role.name} now.")


def _password(given: str | None, *, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if given is not None:
        return given
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


def _row(user: User) -> tuple[str, ...]:
    confirmed = "yes" if user.confirmed else "no"
    return user.email, user.full_name(), user.role.name, confirmed, f"{user.created_at:%Y-%m-%d}"


def _print_aligned(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
