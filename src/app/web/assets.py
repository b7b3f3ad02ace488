"""Styles and scripts: what was built of assets/, under names that change with what is in them."""

import json
import re
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from quart import Quart, Response, request, url_for

from app.settings import ROOT

MANIFEST = ROOT / "static/dist/manifest.json"
SOURCES = ("assets/**/*", "package-lock.json")

NAMED_BY_CONTENT = re.compile(r"dist/.+-[A-Z0-9]{8}\.\w+")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"

TAGS = {
    ".css": Markup('<link rel="stylesheet" href="{address}" integrity="{integrity}">'),
    ".js": Markup('<script type="module" src="{address}" integrity="{integrity}"></script>'),
}


def init_app(app: Quart) -> None:
    app.jinja_env.globals["asset"] = asset
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = None  # which Quart would say as `Expires`, too
    app.after_request(_say_how_long_it_keeps)


def asset(name: str) -> Markup:
    """The tag that loads a style sheet or a script: `app.css`, or whatever else `assets/build.js` names."""
    if not MANIFEST.exists():
        return Markup("<!-- {} -->").format(shortcoming())
    built = _built(MANIFEST.stat().st_mtime_ns)
    if name not in built:
        raise LookupError(f"{name} is not among what assets/build.js builds: {', '.join(built)}")
    file, integrity = built[name]["file"], built[name]["integrity"]
    address = url_for("static", filename=f"dist/{file}")
    return TAGS[Path(name).suffix].format(address=address, integrity=integrity)


def shortcoming() -> str | None:
    """One sentence when nothing was built, or something else than what assets/ has now."""
    if not MANIFEST.exists():
        return "Styles and scripts have not been built: run `just assets`."
    sources = [source for pattern in SOURCES for source in ROOT.glob(pattern)]
    if max(source.stat().st_mtime for source in sources) > MANIFEST.stat().st_mtime:
        return "Styles and scripts are older than their sources: run `just assets`."
    return None


@lru_cache(maxsize=1)
def _built(_when: int) -> dict[str, dict[str, str]]:
    built: dict[str, dict[str, str]] = json.loads(MANIFEST.read_text())
    return built


async def _say_how_long_it_keeps(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in {200, 304}:
        filename = (request.view_args or {})["filename"]
        response.headers["Cache-Control"] = FOR_EVER if NAMED_BY_CONTENT.fullmatch(filename) else FOR_AN_HOUR
        response.set_etag(response.get_etag()[0] or "", weak=True)  # compressed or not, it is one
    return response
