"""What several tests of pages look at."""

from collections.abc import Iterator
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import event

from app.reader import Reader


@pytest.fixture
def queries(app: Quart, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that the database is asked from now on."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    async def noted(reader: Reader, statement: Any, parameters: Any) -> Any:
        asked.append(str(statement.compile(dialect=engine.dialect)))
        return await first(reader, statement, parameters)

    first, engine = Reader.first, app.extensions["engine"].sync_engine
    monkeypatch.setattr(Reader, "first", noted)
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
