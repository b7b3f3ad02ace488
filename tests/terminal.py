"""A terminal: commands as somebody types them."""

import asyncio

import pytest
import quart.cli
from click.testing import CliRunner, Result
from quart.cli import ScriptInfo

from app import create_app, logs
from app.settings import settings


async def run(*arguments: str, typed: str = "", **environment: str) -> Result:
    """Run a command as `quart` does, but in a thread of this process, which takes a tenth of the time.

    It has an application, an event loop and settings of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        for variable, text in ({"LOG_LEVEL": "warning"} | environment).items():
            patch.setenv(variable, text)
        settings.cache_clear()
        command = CliRunner(catch_exceptions=False)
        done = await asyncio.to_thread(
            command.invoke, quart.cli.cli, arguments, input=typed, obj=ScriptInfo(create_app=create_app)
        )
    settings.cache_clear()
    logs.configure(settings())  # whose lines went to that terminal
    return done
