"""Python, from the terminal."""

import click
from quart.cli import ScriptInfo, pass_script_info


@click.command()
@pass_script_info
def shell(info: ScriptInfo) -> None:
    """Open a Python shell that can await.

    It runs inside an app context. What is piped into it is run as a script.
    """
    from app.cli.console import converse

    converse(info.load_app())
