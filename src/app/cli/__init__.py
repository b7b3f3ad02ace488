"""The commands of `quart`: thin lines over what the application can do."""

import click
from click.core import ParameterSource
from quart import Quart

from app.cli.backups import backup, restore
from app.cli.database import db, insert_roles, migrate, recreate_db, revision
from app.cli.fake import add_fake_data
from app.cli.processes import dev, web, worker
from app.cli.setup import setup_dev, setup_prod
from app.cli.users import users_group


def init_app(app: Quart) -> None:
    """Add the commands, besides `assets`, `check-deploy` and `shell`, which `pyproject.toml` names."""
    for command in (
        web,
        worker,
        dev,
        db,
        migrate,
        revision,
        insert_roles,
        recreate_db,
        backup,
        restore,
        setup_dev,
        setup_prod,
        add_fake_data,
        users_group,
    ):
        app.cli.add_command(command)


def is_asked_for_help() -> bool:
    """Whether this is `quart --help`, for which Quart wants the commands of the application, and nothing else of it."""
    context = click.get_current_context(silent=True)
    if context is None or (option := context.command.get_help_option(context)) is None:
        return False
    return context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
