"""How Quart itself is set up: cookies, limits, and what an id in an address may be."""

from hashlib import sha512
from typing import Any

from quart import Quart
from quart.sessions import SecureCookieSessionInterface
from werkzeug.routing import BaseConverter, ValidationError

from app.pages import names
from app.settings import Settings


class RowId(BaseConverter):
    """An id that a database can hold; anything else is an address that does not exist."""

    regex = "[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        if not 1 <= int(value) < 2**31:
            raise ValidationError
        return int(value)


class PageName(BaseConverter):
    """The name of a page; anything else is an address that does not exist."""

    regex = names.PATTERN


class CookieSession(SecureCookieSessionInterface):
    digest_method = staticmethod(sha512)  # Quart's own is SHA-1 (ASVS 5.0, 11.4.3)


def init_app(app: Quart, settings: Settings) -> None:
    app.config.from_mapping(_config(settings))
    app.session_interface = CookieSession()
    app.url_map.converters["int"] = RowId
    app.url_map.converters["page_name"] = PageName


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "BASE_URL": settings.base_url,
        "MAILDIR": settings.maildir,
        "SESSION_COOKIE_NAME": ("" if settings.ssl_disable else "__Host-") + "session",
        "SESSION_COOKIE_SECURE": not settings.ssl_disable,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": settings.max_content_length,
        "MAX_FORM_PARTS": 100,
        "BODY_TIMEOUT": settings.body_timeout,
        "RESPONSE_TIMEOUT": settings.response_timeout,
        "TEMPLATES_AUTO_RELOAD": settings.quart_config == "development",
    }
