"""Prove the README's command: start it, sign up, read the mail, confirm, log in, stop it, find nothing left running."""

import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener
from uuid import uuid4

import psutil

COMMAND = ["uv", "run", "just", "dev"]
EMAIL, PASSWORD = f"ada.{uuid4().hex[:8]}@example.com", "difference engine no. 2"


class Browser:
    """Keeps cookies and sends forms, as a browser without JavaScript does."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def visit(self, path: str) -> str:
        return self._opener.open(self.address + path, timeout=10).read().decode()

    def submit(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="(\w+)"', self.visit(path))
        assert token, f"{path} has no form"
        body = urlencode(fields | {"csrf_token": token[1]}).encode()
        return self._opener.open(self.address + path, body, timeout=10).read().decode()


def main() -> None:
    port = free_port()
    for stop in (interrupt_group, terminate_first, close_terminal):
        print(f"$ PORT={port} {' '.join(COMMAND)}", flush=True)
        started = time.monotonic()
        running = psutil.Popen(COMMAND, env=os.environ | {"PORT": str(port)}, start_new_session=True)
        family = []
        try:
            browser = Browser(f"http://localhost:{port}")
            wait_until(lambda: answers(browser), 60, "it answered")
            print(f"answered after {time.monotonic() - started:.1f} s", flush=True)
            if stop is interrupt_group:
                walk(browser)
            family = running.children(recursive=True)
            names = sorted({child.name() for child in family})
            assert "valkey-server" in names, names
            stop(running)
            running.wait(timeout=30)
            _, left = psutil.wait_procs(family, timeout=5)
            assert not left, f"left running: {left}"
            print(
                f"{stop.__name__}: exit code {running.returncode}, nothing left of {len(family)} processes ({names})",
                flush=True,
            )
        finally:
            for process in [*family, *psutil.Process().children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()


def walk(browser: Browser) -> None:
    """Go the way from stranger to member."""
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    page = browser.submit("/account/register", **names, email=EMAIL, password=PASSWORD, password2=PASSWORD)
    assert f"A confirmation link has been sent to {EMAIL}." in page
    sent = time.monotonic()
    wait_until(lambda: mail_of(browser), 10, "the mail arrived")
    print(f"mail arrived after {time.monotonic() - sent:.2f} s", flush=True)
    link = re.search(r"/account/confirm-account/[\w.-]+", browser.visit(mail_of(browser) or ""))
    assert link, "the mail has no link"
    assert "Your account has been confirmed." in browser.submit(link[0])
    assert "Hello Ada Lovelace," in browser.submit("/account/login", email=EMAIL, password=PASSWORD)
    print("registered, confirmed and logged in", flush=True)


def mail_of(browser: Browser) -> str | None:
    found = re.search(rf'{re.escape(EMAIL)}</td>\s*<td><a href="([^"]+)"', browser.visit("/dev/mail"))
    return found and found[1]


def answers(browser: Browser) -> bool:
    try:
        return "Hello world," in browser.visit("/")
    except (URLError, OSError):
        return False


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"Waited {seconds} s in vain until {what}.")
        time.sleep(0.05)


def interrupt_group(running: psutil.Popen) -> None:
    """Ctrl-C at a terminal."""
    os.killpg(running.pid, signal.SIGINT)


def terminate_first(running: psutil.Popen) -> None:
    """`kill` of the command."""
    running.terminate()


def close_terminal(running: psutil.Popen) -> None:
    """The window is closed."""
    os.killpg(running.pid, signal.SIGHUP)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
