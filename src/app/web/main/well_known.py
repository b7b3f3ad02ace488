"""What programs look for at addresses that everybody agrees on."""

from datetime import UTC, datetime, timedelta

from quart import Response, redirect, url_for
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.settings import settings
from app.web.main import main

VALID_FOR = timedelta(days=180)  # RFC 9116 advises less than a year


@main.get("/.well-known/change-password")
async def change_password() -> ResponseReturnValue:
    """Lead password managers to the form."""
    return redirect(url_for("account.change_password"))


@main.get("/.well-known/security.txt")
async def security_txt() -> ResponseReturnValue:
    """Say whom to tell of a hole (RFC 9116)."""
    if not settings().security_contact:
        raise NotFound
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + VALID_FOR
    lines = [
        f"Contact: {settings().security_contact}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en",
        f"Canonical: {settings().base_url}/.well-known/security.txt",
    ]
    return _text(lines)


@main.get("/robots.txt")
async def robots_txt() -> ResponseReturnValue:
    """Keep search engines from pages that are nothing to find."""
    return _text(["User-agent: *", "Disallow: /account/", "Disallow: /admin/"])


def _text(lines: list[str]) -> Response:
    return Response("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
