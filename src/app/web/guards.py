"""Who may see a page: decorators for routes."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from quart import redirect, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required
from werkzeug.exceptions import Forbidden

from app.accounts.models import Permission
from app.web.auth import current_user

P = ParamSpec("P")
T = TypeVar("T")

View = Callable[P, Awaitable[T]]


def permission_required(permission: int) -> Callable[[View[P, T]], View[P, T]]:
    """Let only those pass whose role has every bit of the permission: visitors log in first, others get 403."""

    def decorate(view: View[P, T]) -> View[P, T]:
        @login_required
        @wraps(view)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            if not current_user().can(permission):
                raise Forbidden
            return await view(*args, **kwargs)

        return guarded

    return decorate


def anonymous_only(view: View[P, ResponseReturnValue]) -> View[P, ResponseReturnValue]:
    """Send those who are logged in to the landing page: they have no use for this one."""

    @wraps(view)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_user().is_authenticated:
            return redirect(url_for("main.index"))
        return await view(*args, **kwargs)

    return guarded


def admin_required(view: View[P, T]) -> View[P, T]:
    """Let only administrators pass."""
    return permission_required(Permission.ADMINISTER)(view)
