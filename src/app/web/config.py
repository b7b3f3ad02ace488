"""How Quart itself is set up: cookies, limits, and what an id in an address may be."""

import re
from copy import deepcopy
from datetime import timedelta
from functools import lru_cache
from hashlib import sha512
from time import time
from typing import Any

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from quart import Quart
from quart.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.routing import BaseConverter, ValidationError

from app.pages import names
from app.settings import Settings

SHORT = 256  # characters of a session
SEEN = 512  # cookies whose signature need not be verified again


def row_id(text: str) -> int | None:
    """The id that the text is, if a database can hold it."""
    if re.fullmatch("[0-9]{1,10}", text) and 1 <= int(text) < 2**31:
        return int(text)
    return None


class RowId(BaseConverter):
    """An id in an address; one that no database can hold is an address that does not exist."""

    def to_python(self, value: str) -> int:
        found = row_id(value)
        if found is None:
            raise ValidationError
        return found


class PageName(BaseConverter):
    """The name of a page; anything else is an address that does not exist."""

    regex = names.PATTERN


class Serializer(URLSafeTimedSerializer):
    def dump_payload(self, obj: Any) -> bytes:
        """As it is where it is short: to try whether it can be made shorter takes longer than to sign it."""
        text = self.serializer.dumps(obj)
        return base64_encode(text) if len(text) < SHORT else super().dump_payload(obj)


class CookieSession(SecureCookieSessionInterface):
    digest_method = staticmethod(sha512)  # Quart's own is SHA-1 (ASVS 5.0, 11.4.3)

    def __init__(self, settings: Settings) -> None:
        signing: dict[str, Any] = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        secrets = [*settings.secret_key_fallbacks, settings.secret_key]  # the one that signs is the last
        keys = [Signer(secret, self.salt, **signing).derive_key() for secret in secrets]  # once, not for each cookie
        signing["key_derivation"] = "none"
        self._serializer = Serializer(keys, serializer=self.serializer, signer_kwargs=signing)
        self._read_once = lru_cache(SEEN)(self._read)

    def get_signing_serializer(self, _app: Any) -> URLSafeTimedSerializer:
        """The same for every request; Quart would make another for each."""
        return self._serializer

    async def open_session(self, app: Any, request: Any) -> SecureCookieSession:
        """Read it, or what the same cookie said within this hour: a browser sends it with each request."""
        cookie = request.cookie(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        return self.session_class(deepcopy(self._read_once(cookie, app.permanent_session_lifetime, hour())))

    async def save_session(self, app: Quart, session: SessionMixin, response: Any) -> None:
        """Save it where it was changed; that pages vary by it is said in headers.py."""
        if session.modified:
            await super().save_session(app, session, response)

    def _read(self, cookie: str, lifetime: timedelta, _hour: int) -> dict[str, Any]:
        try:
            read: dict[str, Any] = self._serializer.loads(cookie, max_age=int(lifetime.total_seconds()))
        except BadSignature:
            return {}
        return read


def hour() -> int:
    """The hour that it is, for what is verified once in each."""
    return int(time() // 3600)


def init_app(app: Quart, settings: Settings) -> None:
    app.config.from_mapping(_config(settings))
    app.session_interface = CookieSession(settings)
    # Quart looks at each function in front of a page and behind it, at each request, to see whether it is asynchronous.
    app.ensure_async = lru_cache(1024)(app.ensure_async)  # type: ignore[method-assign]
    app.url_map.converters["int"] = RowId
    app.url_map.converters["page_name"] = PageName


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "SESSION_COOKIE_NAME": f"{settings.cookie_prefix}session",
        "SESSION_COOKIE_SECURE": not settings.ssl_disable,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": settings.max_content_length,
        "MAX_FORM_PARTS": 100,
        "BODY_TIMEOUT": settings.body_timeout,
        "RESPONSE_TIMEOUT": None,  # serve.py breaks off with who takes nothing; a long answer may take long
        "TEMPLATES_AUTO_RELOAD": settings.quart_config == "development",
    }
