"""Lists that show the latest first, a page at a time."""

from collections.abc import Sequence
from typing import Any, Protocol

from quart import url_for

from app.database import PAGE


class Row(Protocol):
    """Whatever a list shows: the next page lies before its last id."""

    @property
    def id(self) -> int: ...


def earlier(endpoint: str, rows: Sequence[Row], **filters: Any) -> str | None:
    """The address of the next page, if there may be one."""
    return url_for(endpoint, **filters | {"before": rows[-1].id}) if len(rows) == PAGE else None
