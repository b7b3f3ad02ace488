"""Several processes that serve one port, for a machine with several cores: WEB_CONCURRENCY of them."""

import asyncio
import ctypes
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import structlog

from app.loop import STOP

log = structlog.get_logger()

PAUSE = 1  # seconds before another takes the place of one that ended by itself; it may end at once, too
SO_ATTACH_FILTER = 26  # of Linux, which Python's socket module does not name
DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)  # a BPF program: return, of each packet, nothing

_lifeline: int | None = None


def run(serve: Callable[[], None], number: int, *, closing: socket.socket) -> None:
    """Run `serve` in `number` processes until SIGTERM or SIGINT; one that ends before is replaced.

    `closing` is what they listen on: while this process kept it open, newcomers would wait for nobody.
    """
    counts = os.environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(prefix="quart-base-")  # where each of them counts
    failed = Supervisor(serve, number, closing, Path(counts)).run()
    rmtree(counts)
    sys.exit(1 if failed else 0)


def on_orphaned(stop: Callable[[], object]) -> None:
    """Call back when the process that started this one is no more; else it would hold the port for ever."""
    if _lifeline is not None:
        asyncio.get_running_loop().add_reader(_lifeline, stop)


def turn_newcomers_away(listener: socket.socket) -> None:
    """Let nobody else into the queue, for all processes that listen there: who is in it when it closes is reset.

    Linux only; elsewhere whoever comes between the last look into the queue and its end is.
    """
    if sys.platform == "linux":
        program = ctypes.create_string_buffer(DROP_ALL)
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(program)))


class Supervisor:
    """The processes, and the pipe by which they see that their parent lives."""

    def __init__(self, serve: Callable[[], None], number: int, listener: socket.socket, counts: Path) -> None:
        self._serve, self._number, self._listener, self._counts = serve, number, listener, counts
        self._pids: set[int] = set()
        self._lifeline, self._end = os.pipe()
        self._stopping = False
        self._failed = False

    def run(self) -> bool:
        """Keep them running until they are told to stop, wait for the last, and say whether one of them failed."""
        for name in STOP:
            signal.signal(name, self._stop)
        while len(self._pids) < self._number:
            self._start_one()
        while self._pids:
            pid, status = os.wait()
            self._pids.discard(pid)
            if not self._stopping:
                log.error("web.process_ended", pid=pid, code=os.waitstatus_to_exitcode(status))
                self._forget_gauges(pid)
                time.sleep(PAUSE)
                self._start_one()
            elif status:
                self._failed = True
        return self._failed

    def _start_one(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)  # until loop.on_stop hears them, here and there
        if not self._stopping:
            if (pid := os.fork()) == 0:
                self._become_a_child()
            self._pids.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)

    def _become_a_child(self) -> None:
        global _lifeline  # noqa: PLW0603 (a process has one parent)
        os.close(self._end)
        _lifeline = self._lifeline
        self._serve()
        sys.exit(0)

    def _forget_gauges(self, pid: int) -> None:
        for file in self._counts.glob(f"gauge_live*_{pid}.db"):
            file.unlink()

    def _stop(self, *_: object) -> None:
        if not self._stopping:
            turn_newcomers_away(self._listener)
        self._stopping = True
        self._listener.close()
        for pid in self._pids:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(pid, signal.SIGTERM)
