"""The migrations make what the models describe, on both databases."""

import os
import subprocess

from tests.servers import quart


def run(*arguments: str, url: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": url, "LOG_LEVEL": "info"}
    return subprocess.Popen(
        quart(*arguments), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def succeed(*arguments: str, url: str) -> str:
    running = run(*arguments, url=url)
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == 0, printed
    return printed


def test_the_models_hold_nothing_that_no_migration_makes(empty_database: str) -> None:
    succeed("migrate", url=empty_database)
    assert "No new upgrade operations detected" in succeed("db", "check", url=empty_database)


def test_every_migration_can_be_taken_back(empty_database: str) -> None:
    succeed("migrate", url=empty_database)
    succeed("db", "downgrade", "base", url=empty_database)
    succeed("migrate", url=empty_database)


def test_two_releases_at_once_both_succeed(empty_database: str) -> None:
    releases = [run("migrate", url=empty_database) for _ in range(3)]
    printed = [release.communicate(timeout=60)[0] for release in releases]
    assert [release.returncode for release in releases] == [0, 0, 0], printed
    assert sum("Running upgrade" in each for each in printed) == 1
