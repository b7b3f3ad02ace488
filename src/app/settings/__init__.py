"""Every environment variable: typed, checked before anything starts, all faults reported at once."""

import os
import sys
from functools import cache

from dotenv import load_dotenv

from app.settings.faults import InvalidSettings
from app.settings.fields import ROOT, VAR, Settings
from app.settings.reading import find_obstacles, read

__all__ = ["ROOT", "VAR", "InvalidSettings", "Settings", "obstacles", "read", "settings"]


@cache
def settings() -> Settings:
    """The settings of this process, read once; faults go to stderr and end it with exit code 2."""
    _load_files()
    try:
        return read(os.environ)
    except InvalidSettings as invalid:
        print(invalid, file=sys.stderr)  # noqa: T201 (before there is a log)
        raise SystemExit(2) from None


def obstacles() -> list[str]:
    """What keeps this environment from production, in sentences; none when it is fit for it."""
    _load_files()
    return list(find_obstacles(os.environ).values())


def _load_files() -> None:
    for file in (".env", "config.env"):
        if load_dotenv(ROOT / file, override=False, interpolate=False):
            print(f"Importing environment from {file} file", file=sys.stderr)  # noqa: T201 (before there is a log)
