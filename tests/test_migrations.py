"""The migrations make what the models describe, on both databases."""

import asyncio
import os
import subprocess

import pytest
from sqlalchemy import text

from app.engine import create_engine
from app.settings import read
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


async def test_mails_that_were_promised_before_there_were_jobs_are_kept(empty_database: str) -> None:
    succeed("db", "upgrade", "ae83dd815161", url=empty_database)
    engine = create_engine(read({"DATABASE_URL": empty_database}).database)
    mail = 'INSERT INTO mails (message_id, kind, "to", ids, state, attempt, created_at, due_at, lease_until, sent_at)'
    moment = "'2026-11-22 12:00:00.000000'"
    async with engine.begin() as connection:
        for state, lease, sent in (("pending", "NULL", "NULL"), ("sending", moment, "NULL"), ("sent", "NULL", moment)):
            row = f"'{state}', 'confirm', 'ada@example.com', '{{}}', '{state}', 1, {moment}, {moment}, {lease}, {sent}"
            await connection.execute(text(f"{mail} VALUES ({row})"))
    succeed("migrate", url=empty_database)
    async with engine.begin() as connection:
        jobs = text("SELECT state, due_at IS NULL FROM jobs JOIN mails ON job_id = jobs.id ORDER BY jobs.id")
        assert [tuple(row) for row in await connection.execute(jobs)] == [("pending", 0), ("running", 0), ("done", 1)]
        more = "INSERT INTO jobs (name, arguments, lane, state, attempt, created_at)"
        await connection.execute(text(f"{more} VALUES ('next', '{{}}', 'next', 'done', 1, {moment})"))
    succeed("db", "downgrade", "ae83dd815161", url=empty_database)
    async with engine.begin() as connection:
        states = await connection.execute(text("SELECT state FROM mails ORDER BY id"))
        assert [row.state for row in states] == ["pending", "sending", "sent"]
    await engine.dispose()


def test_two_releases_at_once_both_succeed(empty_database: str) -> None:
    releases = [run("migrate", url=empty_database) for _ in range(3)]
    printed = [release.communicate(timeout=60)[0] for release in releases]
    assert [release.returncode for release in releases] == [0, 0, 0], printed
    assert sum("Running upgrade" in each for each in printed) == 1


async def test_a_release_waits_for_one_that_takes_long(empty_database: str) -> None:
    if empty_database.startswith("sqlite"):
        pytest.skip("SQLite has one place to write, for which everybody waits as long")
    engine = create_engine(read({"DATABASE_URL": empty_database}).database)
    waiting = "FROM pg_stat_activity WHERE wait_event = 'advisory' AND now() - query_start > interval '2.5 s'"
    async with engine.connect() as first:
        await first.execute(text("SELECT pg_advisory_lock(5017203)"))  # as alembic/env.py does
        second = run("migrate", url=empty_database)
        async with asyncio.timeout(30):
            while not await first.scalar(text(f"SELECT count(*) {waiting}")):
                assert second.poll() is None, second.communicate()[0]
                await asyncio.sleep(0.05)
        await first.execute(text("SELECT pg_advisory_unlock(5017203)"))
    printed, _ = second.communicate(timeout=60)
    assert second.returncode == 0, printed
    await engine.dispose()
