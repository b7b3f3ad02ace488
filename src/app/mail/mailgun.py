"""Mailgun's HTTP API, and nothing else here knows it."""

import asyncio
from email.message import EmailMessage
from functools import cache

import httpx2
from httpx2 import codes

from app.jobs import GiveUp, Unavailable
from app.settings import settings

# What an operator can mend (the key, the bill, the domain) or time does; else a 4xx is about this very message.
MAY_PASS = {
    codes.UNAUTHORIZED,
    codes.PAYMENT_REQUIRED,
    codes.FORBIDDEN,
    codes.NOT_FOUND,
    codes.REQUEST_TIMEOUT,
    codes.TOO_MANY_REQUESTS,
}


async def send(message: EmailMessage, *, to: str) -> None:
    """Hand the message over; GiveUp when Mailgun will never take it, Unavailable when it takes none now."""
    try:
        async with asyncio.timeout(settings().mail_timeout.total_seconds()):
            answer = await _client().post(
                f"/v3/{settings().mail_domain}/messages.mime",
                data={"to": to},
                files={"message": ("m.mime", bytes(message))},
            )
    except (httpx2.TransportError, TimeoutError) as error:
        raise Unavailable(repr(error)) from error
    if answer.is_client_error and answer.status_code not in MAY_PASS:
        raise GiveUp(f"{answer.status_code} {answer.text}")
    if not answer.is_success:
        raise Unavailable(f"{answer.status_code} {answer.text}")


async def close() -> None:
    """Close the connections that are kept."""
    if _client.cache_info().currsize:
        await _client().aclose()
        _client.cache_clear()


@cache
def _client() -> httpx2.AsyncClient:
    # The timeout above bounds the whole exchange; one of the client's own would begin anew with every byte.
    return httpx2.AsyncClient(base_url=settings().mail_api_base, auth=("api", settings().mail_key), timeout=None)
