"""The request that comes in, and what is known of it: all guards and hooks ask, and most ask for the same."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from quart import Request as QuartRequest
from quart import request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

from app.accounts.models import AnonymousUser, User, UserSession

ANONYMOUS = AnonymousUser()
NO_COOKIES: ImmutableMultiDict[str, str] = ImmutableMultiDict()


class Request(QuartRequest):
    """Finds at once what it is asked for; of a header that is missing, Werkzeug's would raise and catch an error."""

    started: float  # as perf_counter() has it
    user: User | AnonymousUser = ANONYMOUS
    user_session: UserSession | None = None
    csrf_token = ""
    flashes: list[tuple[str, str]] | None = None  # those that nothing on its page has shown yet

    @cached_property
    def lines(self) -> dict[bytes, bytes]:
        """What its head says, by names in small letters; of several lines of one name, the last."""
        return dict(self.scope["headers"])

    @cached_property
    def content_length(self) -> int | None:
        return super().content_length if b"content-length" in self.lines else None

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        return super().cookies if b"cookie" in self.lines else NO_COOKIES

    def cookie(self, name: str) -> str:
        """What it says; empty if there is none of this name."""
        return self.cookies[name] if name in self.cookies else ""  # noqa: SIM401 (where get() raises and catches, too)

    @property
    def blueprints(self) -> list[str]:
        return _blueprints(self.endpoint or "")

    @property
    def route(self) -> str:
        """The path as the route has it, without what stands in it; empty if there is none."""
        return self.url_rule.rule if self.url_rule else ""


# The request itself: `request` looks for it again at each attribute.
this_request: Callable[[], Request] = cast(Any, request)._get_current_object


@cache
def _blueprints(endpoint: str) -> list[str]:
    parts = endpoint.split(".")[:-1]
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
