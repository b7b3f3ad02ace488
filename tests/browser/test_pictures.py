"""The pictures in the README, which `just screenshots` makes anew."""

import base64
import os
from pathlib import Path

import pytest
from quart import Quart

from tests.browser import places
from tests.browser.conftest import OpenWindow
from tests.browser.furniture import furnish
from tests.browser.looking import THEMES
from tests.browser.window import Window
from tests.servers import ROOT, MailServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("UPDATE_DOCS"), reason="`just screenshots` takes them"),
]

PICTURES = ROOT / "docs/screenshots"


async def test_the_application_is_shown_in_both_themes(
    app: Quart, open_window: OpenWindow, mail_server: MailServer, tmp_path: Path
) -> None:
    furniture = await furnish(app, mail_server, tmp_path / "mail")
    visitor, office = await open_window(), await open_window()
    await office.log_in(furniture.administrator)
    await visitor.visit("/account/register")
    await places.type_password(visitor)
    await take(visitor, "register")
    for name, path in (("dashboard", "/admin/"), ("users", "/admin/users")):
        await office.visit(path)
        await take(office, name)


async def take(window: Window, name: str) -> None:
    """Take a picture in each theme; as WebP, since PNG would weigh three times as much."""
    camera = await window.page.context.new_cdp_session(window.page)
    for theme in THEMES:
        await window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        picture = await camera.send("Page.captureScreenshot", {"format": "webp", "quality": 80})
        (PICTURES / f"{name}-{theme}.webp").write_bytes(base64.b64decode(picture["data"]))
    await camera.detach()
