"""The application as `just dev` runs it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from quart import Quart

from tests.conftest import another_app


@pytest.fixture
async def in_development(app: Quart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Quart]:
    async with another_app(monkeypatch, QUART_CONFIG="development", MAILDIR=str(tmp_path / "mail")) as another:
        yield another
