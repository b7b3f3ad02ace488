"""What the documentation shows, as somebody new follows it."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from quart import Quart

from tests.documents import Project, shown_commands
from tests.servers import ROOT

TUTORIAL = ROOT / "docs/tutorial.md"
GUIDES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {TUTORIAL})
TAKEN = "this checkout has taken the tutorial already"


@pytest.mark.skipif((ROOT / "src/app/guestbook").exists(), reason=TAKEN)
@pytest.mark.usefixtures("built")
def test_each_step_of_the_tutorial_works(tmp_path: Path) -> None:
    Project(tmp_path / "guest-book").follow(TUTORIAL.read_text())


def test_the_commands_that_guides_show_work(tmp_path: Path) -> None:
    project = Project(tmp_path / "product")
    for guide in GUIDES:
        project.follow(guide.read_text())
    project.run("ruff check")  # what they wrote, too


@pytest.mark.parametrize("guide", [*GUIDES, TUTORIAL], ids=lambda guide: guide.name)
def test_every_recipe_and_command_that_is_named_exists(app: Quart, guide: Path) -> None:
    recipes = set(re.findall(r"^([a-z][\w-]*)(?: .*)?:", (ROOT / "justfile").read_text(), re.MULTILINE))
    commands = {*app.cli.commands, *(command.name for command in entry_points(group="quart.commands"))}
    shown = shown_commands(guide.read_text())
    assert set(re.findall(r"\bjust ([a-z][\w-]+)", shown)) <= recipes
    assert set(re.findall(r"\bquart (?:--app app )?([a-z][\w-]+)", shown)) <= commands | {"routes"}


def test_what_somebody_in_trouble_sees_is_what_the_code_says() -> None:
    said = "".join(file.read_text() for suffix in ("py", "html") for file in ROOT.glob(f"[st]*/**/*.{suffix}"))
    rows = re.findall(r"^\| (?!you see)(.+?) \| ", (ROOT / "docs/trouble.md").read_text(), re.MULTILINE)
    for quoted in re.findall(r"`([^`]+)`", "\n".join(rows)):
        assert quoted in said or quoted in SAID_BY_OTHERS or quoted.startswith("uv run "), quoted


SAID_BY_OTHERS = {
    "No module named 'app'",
    "Target database is not up to date.",
    "Multiple head revisions",
    "externally-managed-environment",
    "is not available due to lazy='raise'",
}
