"""Have I Been Pwned knows which passwords have leaked; it is told five of the forty digits of a hash."""

import asyncio
from hashlib import sha1

import httpx2
import structlog

from app.settings import settings

log = structlog.get_logger()


async def has_leaked(password: str) -> bool:
    """Whether it is known to have; when that cannot be found out in time, nobody is kept from going on."""
    digest = sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        async with asyncio.timeout(settings().hibp_timeout):
            leaked = await _ending_after(digest[:5])
    except (httpx2.HTTPError, TimeoutError) as error:
        log.warning("breaches.unknown", reason=type(error).__name__)  # its text has the digits in it
        return False
    return digest[5:] in leaked


async def _ending_after(beginning: str) -> set[str]:
    async with httpx2.AsyncClient(base_url=settings().hibp_api_base) as client:
        # Padded, the answer's length does not tell an eavesdropper what was asked for; padding has a count of 0.
        answer = await client.get(f"/range/{beginning}", headers={"Add-Padding": "true"})
        answer.raise_for_status()
    counts = (line.split(":") for line in answer.text.split() if not line.endswith(":0"))
    return {ending for ending, *_ in counts}
