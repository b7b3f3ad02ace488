"""RQ: what flask-base sends its mail with. The first argument names the class of the worker."""

import os
import sys
from smtplib import SMTP

import rq
from redis import Redis

from bench.rivals.message import PORT, SERVER, compose


def send(to: str, token: str) -> None:
    """Render a mail and send it, over a connection of its own, as Flask-Mail does."""
    with SMTP(SERVER, PORT) as server:
        server.send_message(compose(to, token))


def nothing() -> None:
    """Do nothing, to measure what a job costs by itself."""


if __name__ == "__main__":
    redis = Redis.from_url(os.environ["REDIS_URL"])
    worker_class: type[rq.Worker] = getattr(rq, sys.argv[1])
    worker_class([rq.Queue(connection=redis)], connection=redis).work(logging_level="WARNING")
