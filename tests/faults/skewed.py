"""The application by a clock that is wrong: `QUART_APP=tests.faults.skewed`, `CLOCK_OFFSET` in seconds."""

import os
import time

right = time.time


def wrong() -> float:
    return right() + float(os.environ["CLOCK_OFFSET"])


time.time = wrong

from app import create_app  # noqa: E402 (whatever it imports shall find the wrong clock)

__all__ = ["create_app"]
