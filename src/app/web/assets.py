"""Styles and scripts: what was built of assets/, under names that change with what is in them."""

import json
import re
from functools import lru_cache
from pathlib import Path
from time import time

from markupsafe import Markup
from quart import Quart, Response, url_for

from app.settings import ROOT, settings
from app.web.incoming import this_request

MANIFEST = ROOT / "static/dist/manifest.json"
SOURCES = ("assets/**/*", "package-lock.json")

NAMED_BY_CONTENT = re.compile(r"dist/.+-[A-Z0-9]{8}\.\w+")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"

NOT_BUILT = "Styles and scripts have not been built: run `just assets`."
OUTDATED = "Styles and scripts are older than their sources: run `just assets`."

TAGS = {
    ".css": Markup('<link rel="stylesheet" href="{}" integrity="{}">'),
    ".js": Markup('<script type="module" src="{}" integrity="{}"></script>'),
}


def init_app(app: Quart) -> None:
    app.jinja_env.globals.update(asset=asset, built_at=built_at)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = None  # which Quart would say as `Expires`, too
    app.after_request(_say_how_long_it_keeps)


def asset(name: str) -> Markup:
    """The tag that loads a style sheet or a script: `app.css`, or whatever else `assets/build.js` names."""
    if (built := built_at()) is None:
        return Markup("<!-- {} -->").format(NOT_BUILT)
    tags = _tags(built)
    if name not in tags:
        raise LookupError(f"{name} is not among what assets/build.js builds: {', '.join(tags)}")
    return tags[name]


def built_at() -> int | None:
    """When they were built, in nanoseconds; None if they were not. In production, the disk is asked once a second."""
    return _built_at(int(time()) if settings().in_production else time())


@lru_cache(maxsize=1)
def _built_at(_moment: float) -> int | None:
    try:
        return MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def shortcoming() -> str | None:
    """One sentence when nothing was built, or something else than what assets/ has now."""
    if not MANIFEST.exists():
        return NOT_BUILT
    sources = [source for pattern in SOURCES for source in ROOT.glob(pattern)]
    return OUTDATED if max(source.stat().st_mtime for source in sources) > MANIFEST.stat().st_mtime else None


@lru_cache(maxsize=1)
def _tags(_built_at: int) -> dict[str, Markup]:
    return {
        name: TAGS[Path(name).suffix].format(url_for("static", filename=f"dist/{built['file']}"), built["integrity"])
        for name, built in json.loads(MANIFEST.read_text()).items()
    }


async def _say_how_long_it_keeps(response: Response) -> Response:
    asked = this_request()
    if asked.endpoint == "static" and response.status_code in {200, 304}:
        filename = (asked.view_args or {})["filename"]
        response.headers["Cache-Control"] = FOR_EVER if NAMED_BY_CONTENT.fullmatch(filename) else FOR_AN_HOUR
        response.set_etag(response.get_etag()[0] or "", weak=True)  # compressed or not, it is one
    return response
