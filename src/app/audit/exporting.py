"""The trail as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from app.audit.models import AuditEvent

COLUMNS = (
    "id",
    "created_at",
    "action",
    "outcome",
    "actor_id",
    "actor",
    "person_id",
    "target",
    "details",
    "ip",
    "agent",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def header() -> str:
    return _lines([COLUMNS])


def lines(events: Iterable[AuditEvent]) -> str:
    """A line per event; a spreadsheet takes no cell of it for a formula (OWASP, CSV Injection)."""
    return _lines([_cell(getattr(event, column)) for column in COLUMNS] for event in events)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _lines(rows: Iterable[Iterable[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
