"""Chromium: the system's, or else the one that Playwright brings. `python -m tests.browser.chromium` installs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "The browser tests look through Chromium: install it, or run `just test-browser`, which does."


def find() -> str | None:
    """The program, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None) or _of_playwright()


def install() -> None:
    """Install it where it is missing: from Debian for root, who has its libraries there too, else by Playwright."""
    if find():
        return
    print("Installing Chromium, for the browser tests …", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "--yes", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if any(subprocess.run(command, check=False).returncode for command in commands):
        sys.exit("Chromium could not be installed: `playwright install --with-deps chromium` is another way.")


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
    return str(program) if program.exists() else None


if __name__ == "__main__":
    install()
