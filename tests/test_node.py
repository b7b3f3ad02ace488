"""Node, on machines that have one and on those that do not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, quart

VENV = Path(sys.executable).parent


def build(**told: str) -> str:
    """Build with no more in the environment than what is told, and say what was built."""
    done = subprocess.run(quart("assets"), env=told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("static/dist/ built in")
    return (ROOT / "static/dist/manifest.json").read_text()


def program(file: Path, prints: str) -> None:
    file.write_text(f"#!/bin/sh\necho {prints}\n")
    file.chmod(0o755)


@pytest.mark.parametrize("version", [None, "v18.13.0"])
def test_where_node_is_missing_or_old_the_one_that_comes_along_builds_the_same(
    tmp_path: Path, version: str | None
) -> None:
    if version:
        program(tmp_path / "node", version)
        program(tmp_path / "npm", "9.2.0")
    assert build(PATH=f"{tmp_path}:{VENV}") == build(PATH=os.environ["PATH"])


def test_where_nothing_is_set_styles_and_scripts_are_built_all_the_same() -> None:
    assert build(PATH=os.environ["PATH"], QUART_CONFIG="production")
