"""What several tests of pages look at."""

from collections.abc import Iterator
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import event


@pytest.fixture
def queries(app: Quart) -> Iterator[list[str]]:
    """The statements that the database is asked from now on."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    engine = app.extensions["engine"].sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
