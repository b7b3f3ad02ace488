"""The macros of the templates, with the comment before each."""

import re

from app.settings import ROOT
from generated.writing import table

MACRO = re.compile(r"(?:\{#((?:(?!#\}).)*)#\}\s*)?\{%-?\s*macro\s+(\w+\(.*?\))\s*-?%\}", re.DOTALL)


def markdown() -> str:
    files = sorted((ROOT / "templates/macros").glob("*.html"))
    return "\n".join(f"## `macros/{file.name}`\n\n{_listed(file.read_text())}" for file in files)


def _listed(source: str) -> str:
    rows = [(f"`{_one_line(call)}`", _one_line(comment)) for comment, call in MACRO.findall(source)]
    return table(("macro", "writes"), rows)


def _one_line(text: str) -> str:
    return " ".join(text.split())
