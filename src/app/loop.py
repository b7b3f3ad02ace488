"""The event loop of the processes that run for long: uvloop's, where there is one."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

if sys.platform != "win32":
    from uvloop import new_event_loop
else:
    from asyncio import new_event_loop


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run until it ends."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main)
