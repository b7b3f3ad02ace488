"""Who is asking: quart-auth carries a random token in a cookie, and the database knows whose it is."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from quart import Quart, Response, g, redirect, request, session, url_for
from quart.typing import ResponseReturnValue
from quart_auth import AuthUser, QuartAuth, Unauthorized, login_user, logout_user
from quart_auth import current_user as visitor
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.urls import iri_to_uri

from app.accounts import sessions
from app.accounts.errors import WrongPassword
from app.accounts.models import AnonymousUser, User, UserSession
from app.database import adopt, reader, transaction
from app.settings import Settings, settings
from app.web import devices
from app.web.config import SEEN, hour
from app.web.incoming import ANONYMOUS, this_request

log = structlog.get_logger()

# Answered without asking who it is, unless they ask themselves.
FOR_ANYBODY = {"static", "main.healthz", "main.readyz", "main.metrics", "dev.reload"}


class Auth(QuartAuth):
    """Verifies the cookie that a browser sends with each request once an hour; the database is asked each time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._load_once = lru_cache(SEEN)(self._load)

    def load_token(self, token: str, app: Quart | None = None) -> str | None:
        return self._load_once(token, hour()) if app is None else super().load_token(token, app)

    async def after_request(self, response: Any) -> Any:
        """Tell the browser what has changed, which is nothing where nobody has asked who it is."""
        return await super().after_request(response) if self.attribute_name in g else response

    def _load(self, token: str, _hour: int) -> str | None:
        return super().load_token(token)


class Visitor(AuthUser):
    """Tells quart-auth's `login_required` what the database knows."""

    @property
    async def is_authenticated(self) -> bool:
        return current_user().is_authenticated


def init_app(app: Quart, settings: Settings) -> None:
    """Recognise signed-in visitors, and send them to confirm their address first."""
    Auth(
        app,
        user_class=Visitor,
        cookie_name=_cookie(settings),
        cookie_secure=not settings.ssl_disable,
        duration=int(settings.remember_lifetime.total_seconds()),
    )
    app.before_request(identify)
    app.before_request(_confirm_first)
    app.after_request(_go_on)
    app.register_error_handler(Unauthorized, _to_login)
    app.register_error_handler(WrongPassword, _to_login)  # of who was let in by one that has been reset meanwhile


def current_user() -> User | AnonymousUser:
    """The signed-in user with their role, or the anonymous one."""
    return this_request().user


def signed_in_user() -> User:
    """The signed-in user, on pages behind `login_required`."""
    user = current_user()
    if not isinstance(user, User):
        raise Unauthorized
    return user


def current_session() -> UserSession:
    """The session that this request belongs to, on pages behind `login_required`."""
    signed_in_user()
    return cast(UserSession, this_request().user_session)


async def identify() -> None:
    """Recognise the visitor, unless that makes no difference."""
    if this_request().endpoint not in FOR_ANYBODY:
        await recognise()


async def recognise() -> None:
    """Ask the database whose session the cookie names."""
    asked = this_request()
    if _cookie(settings()) not in asked.cookies or asked.user_session:
        return
    token = visitor.auth_id
    if token is None:
        return
    if found := await sessions.find(reader(), token):
        asked.user, asked.user_session = found.user, found
        adopt(found)
    else:
        logout_user()  # so that the browser forgets the cookie


async def log_in(user: User, *, remembered: bool) -> None:
    """Start a session in this browser; nothing of what it carried before is kept."""
    device = devices.device()
    async with transaction() as db:
        if visitor.auth_id is not None:
            await sessions.end(db, visitor.auth_id)
        token = await sessions.log_in(db, user, remembered=remembered, device=device, **_whereabouts())
    _carry(token, user, remembered=remembered)
    devices.mark(device)


async def stay_logged_in() -> None:
    """Start another session in this browser, after a change that has ended all that the user had."""
    user, remembered = signed_in_user(), current_session().remembered
    async with transaction() as db:
        token = await sessions.start(db, user, remembered=remembered, **_whereabouts())
    _carry(token, user, remembered=remembered)


async def renew_session() -> None:
    """Go on under another token, now that the user has shown again who they are; what the browser carries stays."""
    current = current_session()
    async with transaction() as db:
        token = await sessions.renew(db, current, signed_in_user())
    login_user(Visitor(token), remember=current.remembered)


async def log_out() -> None:
    """End the session on the server, then in the browser."""
    async with transaction() as db:
        await sessions.log_out(db, signed_in_user(), visitor.auth_id or "")
    session.clear()
    logout_user()
    this_request().user = ANONYMOUS


def _cookie(settings: Settings) -> str:
    return f"{settings.cookie_prefix}auth"


def _whereabouts() -> dict[str, str]:
    return {"ip": request.remote_addr or "", "agent": request.user_agent.string}


def _carry(token: str, user: User, *, remembered: bool) -> None:
    session.clear()  # with it goes the CSRF token that was known before
    login_user(Visitor(token), remember=remembered)
    this_request().user = user


def safe_next() -> str | None:
    """The address that `?next=` asks for, if it is a path of ours and nothing that a browser might read otherwise."""
    target = request.args.get("next", "")
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else iri_to_uri(target)


async def _confirm_first() -> ResponseReturnValue | None:
    user, asked = current_user(), this_request()
    if not user.is_authenticated or user.confirmed or asked.endpoint is None:
        return None
    if asked.endpoint in FOR_ANYBODY or asked.blueprint in {"account", "dev"}:
        return None
    return redirect(url_for("account.unconfirmed"))


async def _go_on(response: Response) -> Response:
    """Let a session that is used go on; trouble with that is no trouble of the page's, which is there already."""
    found = this_request().user_session
    if found and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and _by_hand():
        try:
            if sessions.wants_more_time(found):
                async with transaction() as db:
                    await sessions.give_more_time(db, found)
            if found.has_aged:
                await _reissue(found)
        except (SQLAlchemyError, OSError) as error:  # OSError: also TimeoutError, of whoever waits to write
            log.warning("session.untouched", reason=repr(error))
    return response


def _by_hand() -> bool:
    """Not by a script, while nobody looks."""
    return this_request().lines.get(b"sec-fetch-mode", b"navigate") == b"navigate"


async def _reissue(found: UserSession) -> None:
    async with transaction() as db:
        token = await sessions.reissue(db, found)
    if token:
        login_user(Visitor(token), remember=True)


async def _to_login(_error: Exception) -> ResponseReturnValue:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.login", next=here))
