"""Pages: how much of what the server and Quart can do is left when a page has been made."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

from bench.client import Request, ask
from bench.comparing import OURS, Comparison, Effort, Quantity, interleave
from bench.rivals import hello
from bench.services import Services, module
from bench.web import log_in, serving

HELLO, CANNED = "Quart's hello", "a canned answer"
CONNECTIONS = 16
USERS = (1_000, 100_000)

QUANTITIES = {
    "pages": Quantity("Pages, one process", "a second", beside=(HELLO,)),
    "client": Quantity("What this client could ask of a server that does not think", "a second"),
}


async def measure(
    services: Services, effort: Effort, *, users: tuple[int, ...] = USERS, against: str | None = None
) -> list[Comparison]:
    """Ask for pages as fast as they come, here, of servers that say hello only, and of another application."""
    async with AsyncExitStack() as stack:
        requests = await _hellos(services, stack) | await _ours(services, stack, users) | _theirs(against)
        for request in requests.values():
            await ask(request, connections=CONNECTIONS, seconds=effort.seconds / 4)  # templates and connections
        measures = {name: partial(_measure, name, request, effort) for name, request in requests.items()}
        return await interleave(QUANTITIES, measures, rounds=effort.rounds)


async def _hellos(services: Services, stack: AsyncExitStack) -> dict[str, Request]:
    requests = {}
    for name, kind in ((CANNED, "canned"), ("bare ASGI hello", "asgi"), (HELLO, "quart")):
        url, _ = await stack.enter_async_context(serving(services, *module(hello.__name__, kind)))
        requests[name] = Request.get(url)
    return requests


async def _ours(services: Services, stack: AsyncExitStack, users: tuple[int, ...]) -> dict[str, Request]:
    url, _ = await stack.enter_async_context(serving(await services.with_users(0)))
    requests = {
        f"{OURS}, landing page": Request.get(url),
        f"{OURS}, login page": Request.get(f"{url}/account/login"),
        f"{OURS}, account page": Request.get(f"{url}/account/manage", cookies=await log_in(url)),
    }
    for number in users:
        url, _ = await stack.enter_async_context(serving(await services.with_users(number)))
        requests[f"{OURS}, users page, {number:,} users"] = Request.get(f"{url}/admin/users", cookies=await log_in(url))
    return requests


def _theirs(url: str | None) -> dict[str, Request]:
    if url is None:
        return {}
    pages = [url.rstrip("/") + path for path in ("/", "/account/login")]
    return {page: Request.get(page) for page in pages}


async def _measure(name: str, request: Request, effort: Effort) -> Mapping[str, float]:
    answers = await ask(request, connections=CONNECTIONS, seconds=effort.seconds)
    return {"client" if name == CANNED else "pages": answers.per_second}
