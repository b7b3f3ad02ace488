"""The application as a whole, wired."""

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from quart import Quart

from app import create_app, logs
from app.settings import settings


@pytest.fixture
async def built(app: Quart, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Quart]]:
    """Applications beside the one that all tests share."""
    monkeypatch.setenv("QUART_CONFIG", "testing")  # so that it is put back, whatever an application is told
    built: list[Quart] = []
    yield built
    for other in built:
        await other.extensions["engine"].dispose()
    monkeypatch.undo()
    settings.cache_clear()
    logs.configure(settings())


async def test_the_name_of_a_configuration_wins_over_the_environment(built: list[Quart]) -> None:
    for name, known in (("development", True), ("testing", False), ("default", True)):
        built.append(create_app(name))
        assert ("dev.mail" in built[-1].view_functions) is known


async def test_in_development_a_changed_template_is_shown_at_once(built: list[Quart]) -> None:
    built += [create_app("development"), create_app("testing")]
    assert [each.jinja_env.auto_reload for each in built] == [True, False]


async def test_two_applications_share_nothing(app: Quart, built: list[Quart]) -> None:
    built.append(create_app())
    assert not {id(part) for part in app.extensions.values()} & {id(part) for part in built[0].extensions.values()}
    assert built[0].blueprints.keys() == app.blueprints.keys() >= {"main", "account", "admin"}


def test_it_starts_without_what_few_of_its_processes_need() -> None:
    others = {"aiosmtplib", "alembic", "css_inline", "faker", "httpx2", "markdown_it", "sentry_sdk", "zxcvbn"}
    loaded = f"import sys, app.wiring; print({others} & sys.modules.keys())"
    assert subprocess.check_output([sys.executable, "-c", loaded], text=True) == "set()\n"
