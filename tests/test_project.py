"""What stands at the top of the checkout: the commands, what is installed, and what a platform runs."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from honcho.environ import parse_procfile

from app.settings import Settings
from app.settings.reading import find_obstacles
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


def test_recipes_hand_on_their_arguments_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.sqlite")
    monkeypatch.delenv("DEV_DATABASE_URL", raising=False)
    just("backup", f"{tmp_path}/$HOME is my castle")
    assert (tmp_path / "$HOME is my castle").exists()


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


def test_the_requirements_are_those_of_the_lock(tmp_path: Path) -> None:
    recipe = just("--dry-run", "requirements").strip().replace("requirements.txt", f"{tmp_path}/requirements.txt")
    subprocess.run(recipe, shell=True, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "requirements.txt").read_text() == (ROOT / "requirements.txt").read_text(), "just requirements"


def test_a_platform_finds_a_python_and_one_list_of_packages(tmp_path: Path) -> None:
    for name in ("uv.lock", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(ROOT / "bin/pre_compile", cwd=tmp_path, check=True)
    assert {file.name for file in tmp_path.iterdir()} == {".python-version", "requirements.txt"}
    assert (tmp_path / ".python-version").read_text().startswith("3.")


async def test_the_button_that_deploys_names_settings_processes_and_a_command_that_there_are() -> None:
    button = json.loads((ROOT / "app.json").read_text())
    processes = parse_procfile((ROOT / "Procfile").read_text()).processes
    assert button["formation"].keys() == processes.keys() - {"release"}
    given = {name: told.get("value", "hello@acme.example") for name, told in button["env"].items()}
    addons = {"DATABASE_URL": "postgres://u:p@host/name", "REDIS_URL": "rediss://:p@host:6380"}
    others = {"SECRET_KEY": "0123456789abcdef" * 4, "BASE_URL": "https://acme.example", "ADMIN_PASSWORD": "x" * 12}
    assert given.keys() <= {field.name.upper() for field in msgspec.structs.fields(Settings)}
    assert find_obstacles(given | addons | others) == {}
    assert button["scripts"] == {"postdeploy": "quart --app app setup-prod"}


@pytest.mark.usefixtures("app")
async def test_the_containers_run_commands_that_there_are_and_wait_for_the_release() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services.keys() == {"release", "web", "worker", "postgres", "valkey", "mail"}
    image = (ROOT / "Dockerfile").read_text()
    lines = " ".join(str(service.get("command", "")) for service in services.values())
    for command in re.findall(r"quart ([a-z-]+)", lines):
        assert (await run(command, "--help")).exit_code == 0
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"release": {"condition": "service_completed_successfully"}}
        told = services[name]["environment"]
        assert told.keys() <= {field.name.upper() for field in msgspec.structs.fields(Settings)}
    assert image.rstrip().endswith('CMD ["quart", "web"]')
    assert "\nUSER 10001\n" in image


def test_the_licence_is_mit() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
