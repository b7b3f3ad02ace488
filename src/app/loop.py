"""The event loop of the processes that run for long, uvloop's where there is one, and how they are told to stop."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

if sys.platform != "win32":
    from uvloop import new_event_loop
else:
    from asyncio import new_event_loop

STOP = (signal.SIGTERM, signal.SIGINT)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run until it ends."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main)
    for name in STOP:
        signal.signal(name, signal.SIG_IGN)  # a platform may ask twice, and all is done that was asked for


def on_stop(stop: Callable[[], object]) -> None:
    """Call back at SIGTERM or SIGINT; the loop's own handlers go before its end, and a second signal would kill."""
    running = asyncio.get_running_loop()

    def hear(*_: object) -> None:
        if not running.is_closed():
            running.call_soon_threadsafe(stop)

    for name in STOP:
        signal.signal(name, hear)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)  # what came while processes.py forked is heard now
