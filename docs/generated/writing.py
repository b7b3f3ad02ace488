"""Markdown, and what several documents are made from."""

import inspect
from collections.abc import Iterable, Sequence
from functools import cache

from quart import Quart

from app import create_app


@cache
def application() -> Quart:
    """The application, as the tests know it: without the pages of development."""
    return create_app("testing")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell does not end it."""
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def code(text: object) -> str:
    return f"`{text}`" if text not in ("", None) else ""


def summary(thing: object) -> str:
    """The first paragraph of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")
