"""The reference that `just docs` writes out of the code."""

import inspect
import re

import msgspec
import pytest
from quart import Quart
from sqlalchemy.orm import Mapper

from app.database import Model
from app.jobs.registry import DECLARED
from app.settings import Settings
from generated import commands, jobs, macros, routes, settings, tables
from tests.servers import ROOT

pytestmark = pytest.mark.usefixtures("app")


def rows(markdown: str) -> dict[str, list[str]]:
    """The other cells of every row that begins with code, by that."""
    lines = re.findall(r"^\| `(.+?)` \| (.*) \|$", markdown, re.MULTILINE)
    return {code: [cell.strip() for cell in cells.split(" | ")] for code, cells in lines}


def test_every_setting_has_its_default_its_kind_and_its_meaning() -> None:
    written = rows(settings.markdown())
    for field in msgspec.structs.fields(Settings):
        _, meaning = written[field.name.upper()]
        assert re.fullmatch(r"\S.+ \*\S.+\*", meaning), field.name
    assert written["PASSWORD_MIN"] == ["`12`", "Characters of a password, at least. *Number, at least 1*"]
    assert written["SUDO_LIFETIME"][0] == "10 minutes"
    assert written["LIMIT_RESETS"][0] == "`20/minute`"


def test_every_recipe_and_command_says_what_it_does(app: Quart) -> None:
    written = commands.markdown()
    for recipe, [does] in rows(written).items():
        assert does, recipe
    described = dict(re.findall(r"^\*\*`quart ([\w-]+).*?`\*\*: ?(.*)$", written, re.MULTILINE))
    assert app.cli.commands.keys() | {"assets", "check-deploy", "shell"} == described.keys()
    assert all(described.values())


def test_every_route_says_what_it_does_and_for_whom(app: Quart) -> None:
    written = routes.markdown()
    for rule in app.url_map.iter_rules():
        line = rf"^- [A-Z, ]+ `{re.escape(rule.rule)}`: \S.+ \*For .+\.\* `{rule.endpoint}`$"
        assert re.search(line, written, re.MULTILINE), f"{rule.endpoint}: a docstring, a row in docs/permissions.md"
    assert "\n- GET `/admin/jobs`: " in written


def test_every_table_has_a_meaning_and_all_its_columns() -> None:
    written = tables.markdown()
    for mapper in Model.registry.mappers:
        assert isinstance(mapper, Mapper)
        assert f"## `{mapper.local_table}`" in written
        assert inspect.getdoc(mapper.class_)
    assert rows(written)["role_id"] == ["integer", "indexed, leads to `roles.id`", ""]


def test_every_job_says_what_it_does_and_when() -> None:
    written = rows(jobs.markdown())
    for name, job in DECLARED.items():
        assert written[name][0] or not job.function.__module__.startswith("app."), name
    assert written["sessions.purge"][1] == "At 03:50 every day"


def test_every_macro_is_listed_with_its_arguments() -> None:
    written = rows(macros.markdown()).keys()
    sources = "".join(file.read_text() for file in ROOT.glob("templates/macros/*.html"))
    assert len(re.findall("endmacro", sources)) == len(re.findall(r"^\| `", macros.markdown(), re.MULTILINE))
    assert "render_form(form, method='POST', extra_classes='', enctype=None)" in written
