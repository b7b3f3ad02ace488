"""What stands at the top of the checkout: the commands, what is installed, and what a platform runs."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from honcho.environ import parse_procfile

from tests.servers import ROOT
from tests.terminal import run

JUST = shutil.which("just", path=Path(sys.executable).parent) or "just"
BECAME = {  # what flask-base's manage.py knew, and what it is called here
    "runserver": "web",
    "run_worker": "worker",
    "shell": "shell",
    "db": "db",
    "recreate_db": "recreate-db",
    "setup_dev": "setup-dev",
    "setup_prod": "setup-prod",
    "add_fake_data": "add-fake-data",
    "test": "test",
    "format": "format",
}
GONE = {"flask-assets", "flask-login", "flask-mail", "flask-rq", "flask-script", "flask-sslify", "flask-wtf"}
GONE |= {"jsmin", "webassets"}


def locked() -> list[dict[str, Any]]:
    """The packages of `uv.lock` that come from elsewhere."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return [package for package in packages if "registry" in package["source"]]


def just(*arguments: str) -> str:
    done = subprocess.run([JUST, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_every_command_of_flask_base_has_a_recipe_that_says_what_it_does() -> None:
    said = {line.split()[0]: line.partition("#")[2].strip() for line in just("--list").splitlines()[1:]}
    for recipe in BECAME.values():
        assert said[recipe]
    assert "ruff format" in just("--dry-run", "format")


def test_every_package_comes_ready_to_use_on_linux_and_on_a_mac() -> None:
    for package in locked():
        wheels = " ".join(wheel["url"].rpartition("/")[2] for wheel in package["wheels"])
        assert "-none-any" in wheels or ("manylinux" in wheels and "macosx" in wheels), package["name"]


def test_every_package_is_pinned_with_its_hash() -> None:
    for package in locked():
        assert package["version"]
        assert all(wheel["hash"].startswith("sha256:") for wheel in package["wheels"]), package["name"]


def test_every_package_for_browsers_is_pinned_with_its_hash_wherever_it_comes_from() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        if name:
            assert package["version"]
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name


def test_nothing_is_needed_that_is_gone_upstream() -> None:
    assert not GONE & {package["name"] for package in locked()}


@pytest.mark.usefixtures("app")
async def test_the_procfile_runs_commands_that_there_are() -> None:
    processes = dict(parse_procfile((ROOT / "Procfile").read_text()).processes)
    assert processes.keys() == {"release", "web", "worker"}
    for line in processes.values():
        for command in line.split(" && "):
            name = command.split()[-1]
            assert (await run(name, "--help")).exit_code == 0


def test_a_release_needs_nothing_but_its_settings(tmp_path: Path) -> None:
    release = parse_procfile((ROOT / "Procfile").read_text()).processes["release"]
    told = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "QUART_CONFIG": "production",
        "SECRET_KEY": "long enough to be taken for a secret one",
        "DATABASE_URL": f"sqlite:///{tmp_path}/production.sqlite",
    }
    for _ in range(2):
        done = subprocess.run(release, shell=True, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_licence_is_mit() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
