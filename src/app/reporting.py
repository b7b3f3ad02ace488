"""Errors are told to Sentry or Raygun, with nothing that would let a reader of the report in."""

from functools import partial
from typing import Any

import structlog
from quart import Quart, has_request_context, request
from quart.globals import app_ctx
from quart.signals import got_request_exception

from app.masking import everywhere, masking
from app.settings import Settings

log = structlog.get_logger()


def init_app(app: Quart, settings: Settings) -> None:
    """Report where the settings want it; what is not wanted is not even imported."""
    if settings.sentry_dsn:
        _to_sentry(settings)
    if settings.raygun_apikey:
        _to_raygun(app, settings)


async def tell(error: Exception) -> None:
    """Tell whoever listens; Quart does this only for errors that no handler answers, and ours answers all."""
    app = app_ctx.app
    wrap: Any = app.ensure_async  # whose type differs between versions of Quart, and fits blinker's in one of them only
    try:
        await got_request_exception.send_async(app, _sync_wrapper=wrap, exception=error)
    except Exception as failure:
        # Whoever listens may be away or at fault; what was being done goes on all the same.
        log.warning("report.failed", reason=repr(failure))


def _to_sentry(settings: Settings) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.arq import ArqIntegration
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.quart import QuartIntegration

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.quart_config,
        default_integrations=False,  # others would send the command line and the log, and with them what is in those
        integrations=[QuartIntegration(), ArqIntegration(), ExcepthookIntegration(), AtexitIntegration()],
        include_local_variables=False,
        send_default_pii=False,
        auto_session_tracking=False,  # which counts requests, not errors
        before_send=_without_secrets(settings),
    )


def _without_secrets(settings: Settings) -> Any:
    mask = masking(settings)

    def masked(event: Any, _hint: Any) -> Any:
        where = {"request": _request(), "transaction": _route(), "tags": _tags()}
        return everywhere(mask, event) | where

    return masked


def _tags() -> dict[str, str]:
    return {name: str(value) for name, value in structlog.contextvars.get_contextvars().items()}


def _request() -> dict[str, str]:
    return {"method": request.method, "url": _route()} if has_request_context() else {}


def _to_raygun(app: Quart, settings: Settings) -> None:
    from raygun4py.raygunprovider import RaygunSender

    everything = ("transmit_local_variables", "transmit_global_variables", "transmit_environment_variables")
    sender = RaygunSender(settings.raygun_apikey, dict.fromkeys(everything, False) | {"http_timeout": 5})

    sender.on_before_send(partial(everywhere, masking(settings)))

    async def send(app: Quart, exception: Exception, **_: Any) -> None:
        asked = {"hostName": settings.base_url, "httpMethod": _request().get("method", ""), "url": _route()}
        app.add_background_task(  # which runs in a thread, for it waits for the answer
            sender.send_exception,
            exception,
            httpRequest=asked,
            userCustomData=_tags(),
        )

    got_request_exception.connect(send, app, weak=False)


def _route() -> str:
    """All that is told of a request besides its method: its address may hold a link, and its headers a session."""
    return str(request.url_rule or "") if has_request_context() else ""
