"""While MAINTENANCE is set, only administrators come in; everybody else is asked to come back."""

from quart import Quart, request
from werkzeug.exceptions import ServiceUnavailable

from app.settings import Settings
from app.web.auth import FOR_ANYBODY, current_user

RETRY_AFTER = 300  # seconds
WAYS_IN = {"account.login", "account.logout"}  # else no administrator would come in


def init_app(app: Quart, settings: Settings) -> None:
    if settings.maintenance:
        app.before_request(_close)


async def _close() -> None:
    if request.endpoint in FOR_ANYBODY | WAYS_IN or current_user().is_admin():
        return
    raise ServiceUnavailable("We are working on this site, and will be back soon.", retry_after=RETRY_AFTER)
