"""What the documentation claims is so."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from quart import Quart

from app.database import transaction
from app.jobs import enqueue
from app.jobs.registry import DECLARED
from app.jobs.schedules import scheduled
from app.settings import Settings
from tests.conftest import Deliver
from tests.people import Person

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

KEPT = [str(number) for number in range(1, 98)]
MENDED = [f"{letter}{number}" for letter, last in (("S", 28), ("R", 9), ("B", 22)) for number in range(1, last + 1)]


def rows(document: str) -> dict[str, list[str]]:
    """The cells of every table row that begins with a number or a letter and a number, by that."""
    lines = (DOCS / document).read_text().splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| ")]
    return {cell[0].strip(): cell for cell in cells if re.fullmatch(r"[SRB]?\d+", cell[0].strip())}


@cache
def names_of_tests(file: str) -> set[str]:
    """The names of the tests that stand in a file."""
    tree = ast.parse((ROOT / file).read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize(("document", "numbers"), [("kept.md", KEPT), ("mended.md", MENDED)])
def test_every_item_of_flask_base_has_a_row_and_a_test_that_exists(document: str, numbers: list[str]) -> None:
    table = rows(document)
    assert list(table) == numbers
    for number, cells in table.items():
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", cells[-1])
        assert named, f"{document}: {number} names no test"
        for file, name in named:
            assert name in names_of_tests(file), f"{document}: {number} names {file}::{name}, which does not exist"


@pytest.mark.parametrize("document", ["kept.md", "mended.md"])
def test_what_is_missing_is_said_in_its_row_and_in_the_list_below(document: str) -> None:
    listed = re.findall(r"^- ([SRB]?\d+): ", (DOCS / document).read_text(), re.MULTILINE)
    assert listed == [number for number, cells in rows(document).items() if "Not yet" in cells[-2]]


@pytest.mark.parametrize(
    "document", sorted(ROOT.glob("*.md")) + sorted(DOCS.glob("**/*.md")), ids=lambda file: file.name
)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), f"{document.name} leads to {target}"


def test_every_setting_says_what_it_is_for() -> None:
    [settings] = [
        node
        for node in ast.parse((ROOT / "src/app/settings/fields.py").read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    ]
    documented = {
        field.target.id
        for field, text in zip(settings.body, settings.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }
    assert documented == {field.name for field in msgspec.structs.fields(Settings)}


async def test_the_first_job_of_the_guide_runs(app: Quart, ada: Person, deliver: Deliver, tmp_path: Path) -> None:
    module, route = re.findall(r"```python\n(.*?)```", (DOCS / "jobs.md").read_text(), re.DOTALL)[:2]
    ast.parse(route)
    names: dict[str, Any] = {"__name__": "exports"}
    with patch.dict(DECLARED):  # declared for this test only
        exec(compile(module, "exports.py", "exec"), names)
        names["VAR"] = tmp_path
        await ada.register()
        async with app.app_context(), transaction() as db:
            await enqueue(db, names["export_users"], file_name="people.csv")
        await deliver()
        assert (tmp_path / "people.csv").read_text().splitlines() == ["Ada Lovelace,ada@example.com"]
        assert names["export_users_daily"] in scheduled()
