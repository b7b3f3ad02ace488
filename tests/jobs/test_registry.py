"""What can be declared, and what cannot."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from cronsim import CronSimError
from quart import Quart

from app.jobs import cron, job, registry
from app.masking import MASK
from tests.jobs.labour import NOTES, note, only_job, promise


def test_two_jobs_do_not_share_a_name() -> None:
    async def again() -> None: ...

    with pytest.raises(ValueError, match=r"two jobs of the name tests\.note"):
        job(name="tests.note")(again)


def test_an_argument_cannot_have_the_name_of_an_option() -> None:
    async def lost(unique: str) -> None: ...

    with pytest.raises(ValueError, match="unique of lost would be taken for an option"):
        job()(lost)
    assert "lost" not in registry.DECLARED


async def test_a_job_called_directly_just_runs(app: Quart) -> None:
    NOTES.clear()
    await note(text="at once")
    assert NOTES == ["at once"]


async def test_a_secret_argument_is_shown_to_nobody(app: Quart) -> None:
    await promise(app, note, text="hello", word="hunter2")
    assert registry.shown(await only_job(app)) == {"text": "hello", "word": MASK}


async def test_of_a_job_that_nobody_knows_any_more_all_arguments_are_secret(app: Quart) -> None:
    await promise(app, note, text="hello")
    stranger = await only_job(app)
    stranger.name = "removed"
    assert registry.shown(stranger) == {"text": MASK}


@pytest.mark.parametrize(
    ("expression", "following"),
    [
        ("0 * * * *", "2026-11-22T13:00:00"),
        ("0 3 * * *", "2026-11-23T03:00:00"),
        ("30 3,15 * * *", "2026-11-22T15:30:00"),
        ("0 6 * * MON", "2026-11-23T06:00:00"),
    ],
)
def test_a_timetable_says_when_it_is_time(expression: str, following: str) -> None:
    async def timed() -> None: ...

    with patch.dict(registry.DECLARED):
        declared = cron(expression)(timed)
    now = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
    assert declared.next_start(now) == datetime.fromisoformat(f"{following}+00:00")


@pytest.mark.parametrize("expression", ["0 25 * * *", "0 0 31 2 *", "* *", "daily"])
def test_a_timetable_that_makes_no_sense_is_refused(expression: str) -> None:
    with pytest.raises(CronSimError):
        cron(expression)
