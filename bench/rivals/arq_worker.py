"""Bare arq: jobs that live in Redis only, set up for speed as its documentation lets one."""

import asyncio
import os
from contextlib import suppress
from typing import Any

import aiosmtplib
from arq.connections import RedisSettings
from arq.worker import Worker, func

from bench.rivals.message import PORT, SERVER, compose

_open: list[aiosmtplib.SMTP] = []


async def send(ctx: dict[Any, Any], to: str, token: str) -> None:
    """Render a mail and send it, over a connection of its own."""
    await aiosmtplib.send(compose(to, token), hostname=SERVER, port=PORT, start_tls=False)


async def send_kept(ctx: dict[Any, Any], to: str, token: str) -> None:
    """Render a mail and send it, over a connection that another mail has left."""
    client = _open.pop() if _open else aiosmtplib.SMTP(hostname=SERVER, port=PORT, start_tls=False)
    if not client.is_connected:
        await client.connect()
    await client.send_message(compose(to, token))
    _open.append(client)


async def nothing(ctx: dict[Any, Any]) -> None:
    """Do nothing, to measure what a job costs by itself."""


async def _hang_up(ctx: dict[Any, Any]) -> None:
    with suppress(aiosmtplib.SMTPException):
        await asyncio.gather(*(client.quit() for client in _open))


if __name__ == "__main__":
    Worker(
        [func(send, keep_result=0), func(send_kept, keep_result=0), func(nothing, keep_result=0)],
        redis_settings=RedisSettings.from_dsn(os.environ["REDIS_URL"]),
        max_jobs=50,
        poll_delay=0.05,
        on_shutdown=_hang_up,
    ).run()
