"""What `quart` says of itself."""

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
