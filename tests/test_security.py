"""What SECURITY.md claims is so, and the table in it says what docs/asvs.toml does."""

import os
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from tests.test_docs import DOCS, ROOT, names_of_tests

DOCUMENT = ROOT / "SECURITY.md"
BEGIN, END = re.escape("writes it anew -->\n"), re.escape("<!-- end -->")
WAYS = {
    "missing": "not yet",
    "tests": "a test",
    "check": "`just check`",
    "told": "written down",
    "platform": "the platform",
}
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|[\"']message[\"']")

ASVS: dict[str, Any] = tomllib.loads((DOCS / "asvs.toml").read_text())
ROWS: list[dict[str, Any]] = ASVS["row"]


def test_the_table_says_what_the_list_does() -> None:
    text = DOCUMENT.read_text()
    made = re.sub(f"({BEGIN}).*({END})", lambda around: around[1] + table() + around[2], text, flags=re.DOTALL)
    if os.environ.get("UPDATE_DOCS"):
        DOCUMENT.write_text(made)
    assert DOCUMENT.read_text() == made


def test_every_test_that_is_named_exists() -> None:
    named = [test for row in ROWS for test in row.get("tests", [])]
    assert len(named) > 100
    for test in named:
        file, _, name = test.partition("::")
        assert name in names_of_tests(f"tests/{file}"), f"{test} does not exist"


def test_every_requirement_stands_there_once_with_its_level_and_what_shows_it() -> None:
    for row in ROWS:
        assert row.keys() <= {"ids", "level", "does"} | WAYS.keys(), row
        assert row.keys() & WAYS.keys(), f"nothing shows {row['ids']}"
        assert row["level"] in {1, 2, 3}
    ids = [requirement for row in ROWS for requirement in row["ids"]]
    assert not [requirement for requirement, times in Counter(ids).items() if times > 1]


def test_every_part_that_is_named_exists() -> None:
    headings = {heading.lower().replace(",", "").replace(" ", "-") for heading in _headings(DOCUMENT)}
    for row in ROWS:
        for anchor in re.findall(r"\(#([\w-]+)\)", row.get("told", "")):
            assert anchor in headings, f"{row['ids']} names #{anchor}"


def test_no_script_writes_markup_or_listens_to_other_windows() -> None:
    for script in [*ROOT.glob("assets/**/*.js"), *ROOT.glob("static/**/*.js")]:
        assert not MARKUP.search(script.read_text()), script


def table() -> str:
    """How many of each level are shown by what, and then all of them."""
    counted = Counter((row["level"], _way(row)) for row in ROWS for _ in row["ids"])
    lines = [f"| level | {' | '.join(WAYS.values())} | together |", f"|---{'|---' * (len(WAYS) + 1)}|"]
    for level in (1, 2, 3):
        numbers = [counted[level, way] for way in WAYS]
        lines.append(f"| {level} | {' | '.join(map(str, [*numbers, sum(numbers)]))} |")
    lines += ["", "Each is counted once, by the first that holds, from the left.", ""]
    lines += [f"- {out['ids']}: {out['because']}" for out in ASVS["not_applicable"]]
    lines += ["", "| requirement | level | what is done | shown by |", "|---|---|---|---|"]
    lines += [f"| {', '.join(row['ids'])} | {row['level']} | {row['does']} | {_shown(row)} |" for row in ROWS]
    return "\n".join(["", *lines, "", ""])


def _way(row: dict[str, Any]) -> str:
    return next(way for way in WAYS if way in row)


def _shown(row: dict[str, Any]) -> str:
    shown = [f"`tests/{test}`" for test in row.get("tests", [])]
    shown += [f"`just check`: {row['check']}"] if "check" in row else []
    shown += [row["told"]] if "told" in row else []
    shown += [f"*The platform*: {row['platform']}"] if "platform" in row else []
    shown += [f"**Not yet**: {row['missing']}"] if "missing" in row else []
    return "; ".join(shown)


def _headings(document: Path) -> list[str]:
    return re.findall(r"^## (.+)$", document.read_text(), re.MULTILINE)
