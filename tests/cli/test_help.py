"""What `quart` says of itself."""

import re
import subprocess
import sys

import pytest

from tests.terminal import run

OURS = {
    "add-fake-data",
    "assets",
    "check-deploy",
    "db",
    "dev",
    "insert-roles",
    "migrate",
    "recreate-db",
    "revision",
    "setup-dev",
}
OURS |= {"setup-prod", "shell", "users", "web", "worker"}


@pytest.mark.usefixtures("app")
async def test_help_tells_every_command_in_a_whole_line() -> None:
    printed = (await run("--help")).stdout
    for command in OURS | {"routes"}:
        assert f"\n  {command} " in printed
    assert "..." not in printed.partition("Commands:")[2]


@pytest.mark.usefixtures("app")
async def test_help_is_there_when_the_settings_are_wrong() -> None:
    assert "\n  check-deploy " in (await run("--help", PORT="x")).stdout


@pytest.mark.usefixtures("environment")
def test_who_asks_for_help_waits_for_nothing_but_quart() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "quart", "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.MULTILINE))
    assert {"quart", "app.cli"} <= loaded
    assert not loaded & {"app.database", "app.wiring", "alembic", "redis", "sqlalchemy", "structlog"}
