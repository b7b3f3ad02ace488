"""Styles and scripts, whether they are built, and how long they keep."""

import os
from pathlib import Path

import pytest
from quart import Quart

from app.web import assets
from tests.people import Person


async def test_a_file_that_keeps_its_name_is_asked_for_again_and_sent_once(ada: Person) -> None:
    first = await ada.visit("/static/logo.svg")
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = await ada.visit("/static/logo.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    assert (await ada.visit("/static/logo.svg", headers={"If-None-Match": '"other"'})).status == 200


async def test_what_is_not_there_is_not_kept(ada: Person) -> None:
    page = await ada.visit("/static/dist/app-AAAAAAAA.css")
    assert page.status == 404
    assert "immutable" not in page.headers.get("Cache-Control", "")


async def test_without_a_build_pages_work_and_say_what_is_missing(
    ada: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "manifest.json")
    sentence = "Styles and scripts have not been built: run `just assets`."
    assert assets.shortcoming() == sentence
    page = await ada.visit("/account/login")
    assert page.heading == "Log in"
    assert f"<!-- {sentence} -->" in page.text


def test_a_build_that_is_older_than_its_sources_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{}")
    monkeypatch.setattr(assets, "MANIFEST", manifest)
    assert assets.shortcoming() is None
    os.utime(manifest, (0, 0))
    assert assets.shortcoming() == "Styles and scripts are older than their sources: run `just assets`."


async def test_a_name_that_nothing_is_built_for_is_a_mistake_of_ours(app: Quart) -> None:
    async with app.test_request_context("/"):
        with pytest.raises(LookupError, match=r"nothing\.js is not among .* app\.css"):
            assets.asset("nothing.js")
