"""What the queue is called, and how its waits are shrunk: here, and nowhere else in the suite."""

import asyncio

from app.jobs import doorbell
from app.settings import Settings

PARALLEL = 5
SHRUNK = {
    "MAIL_TIMEOUT": "3",
    "JOBS_SWEEP": "0.5",
    "JOBS_BEAT": "1",
    "JOBS_LEASE": "3",
    "JOBS_PARALLEL": str(PARALLEL),
    "JOBS_BACKOFF": "1",
    "BREAKER_PAUSE": "1",
}
ONE_AT_A_TIME = {"JOBS_PARALLEL": "1"}
PATIENT = {"MAIL_TIMEOUT": "10"}  # with a mail server that takes longer than a lease
MAILS = 'SELECT "to", attempt FROM mails JOIN jobs ON jobs.id = job_id WHERE'
WAITING = f"{MAILS} state IN ('pending', 'running')"
DEAD = f"{MAILS} state = 'dead'"
ATTEMPTS = f'{MAILS} "to" = :email'
POISONED_JOB = """
    INSERT INTO jobs (name, arguments, lane, state, attempt, created_at, due_at)
    SELECT 'mail', :arguments, :kind, 'pending', 0, created_at, created_at FROM users
"""
POISONED_MAIL = """
    INSERT INTO mails (message_id, kind, "to", ids, created_at, job_id)
    SELECT lane, lane, 'poison@example.com', :ids, created_at, id FROM jobs WHERE lane = :kind
"""
POISON = {"no_such_kind": "{}", "confirm": '{"link_id": 2000000000}', "already_registered": '{"nonsense": 1}'}


async def ring(redis_url: str, times: int) -> None:
    """Wake the workers so many times at once."""
    bell = doorbell.connect(Settings(secret_key="", base_url="", database_url="", redis_url=redis_url), timeout=2)
    await asyncio.gather(*(bell.enqueue_job(doorbell.BELL) for _ in range(times)))
    await bell.aclose()
