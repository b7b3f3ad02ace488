"""Too much of everything: passwords, slow clients, open connections, requests."""

import asyncio
import resource
from collections import Counter
from statistics import median

import psutil
import pytest

from tests.faults import rude
from tests.faults.people import Visitor, register
from tests.faults.stack import Stack, only_on
from tests.people import Page
from tests.servers import eventually

MIB = 2**20
FOR_HASHING = {
    "ARGON2_TIME_COST": "2",
    "ARGON2_MEMORY_KIB": "19456",
    "HASHING_QUEUE": "8",
}  # as in production, for fewer


@only_on("postgresql")
@pytest.mark.faults("R14a, R14b", "60 logins at once, 40 of them with wrong passwords")
async def test_a_storm_of_logins_is_refused_in_part_and_disturbs_nobody_else(stack: Stack) -> None:
    await stack.start(**FOR_HASHING)
    [grace] = await register(stack.newcomer, 1)
    storm = [stack.visitor(grace.email) for _ in range(60)]
    forms = [await visitor.visit("/account/login") for visitor in storm]
    over = asyncio.Event()
    passing_by = asyncio.create_task(_pass_by(stack.newcomer(), over))
    pages = await asyncio.gather(
        *(_log_in(*each, number) for number, each in enumerate(zip(storm, forms, strict=True)))
    )
    over.set()
    statuses = Counter(page.status for page in pages)
    assert statuses.keys() <= {302, 422, 503}
    assert statuses[503], "not all fit in"
    assert statuses[302], "some do"
    assert statuses[422], "and are told that their password is wrong"
    assert all("Retry-After" in page.headers for page in pages if page.status == 503)
    await passing_by
    assert psutil.Process(stack.web.pid).memory_info().rss < 400 * MIB
    assert (await stack.visitor(grace.email).log_in()).status == 302
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R11", "200 slow heads, 200 slow bodies and 50 slow readers")
async def test_slow_clients_are_cut_off_and_slow_down_nobody(stack: Stack) -> None:
    await stack.start(BODY_TIMEOUT="2", RESPONSE_TIMEOUT="3")
    style = (await stack.newcomer().visit("/")).soup.select_one("link[rel=stylesheet]")
    assert style is not None
    much = f"GET {style['href']} HTTP/1.1\r\nHost: 127.0.0.1:{stack.port}\r\n\r\n".encode() * 50
    slow = [
        *(rude.is_cut_off(stack.port, b"GET / HTTP/1.1\r\nHost:") for _ in range(200)),
        *(rude.is_cut_off(stack.port, rude.half_a_post(stack.port)) for _ in range(200)),
    ]
    over = asyncio.Event()
    passing_by = asyncio.create_task(_pass_by(stack.newcomer(), over))
    async with rude.never_reading(stack.port, much, 50):
        cut = asyncio.gather(*slow)
        await register(stack.newcomer, 20, at_once=2)
        await cut
        await eventually(lambda: _connections(stack) < 5, within=20)
    over.set()
    assert median(await passing_by) < 0.5
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R19", "the web may open 64 files, and 200 clients come")
async def test_without_free_file_descriptors_the_web_neither_fails_nor_spins(stack: Stack) -> None:
    await stack.start()
    await register(stack.newcomer, 5)
    web = psutil.Process(stack.web.pid)
    resource.prlimit(web.pid, resource.RLIMIT_NOFILE, (64, 64))
    crowd = [asyncio.create_task(rude.is_cut_off(stack.port, b"GET / HTTP/1.1\r\n")) for _ in range(200)]
    await asyncio.sleep(0.5)
    before = sum(web.cpu_times()[:2])
    await asyncio.sleep(2)
    assert sum(web.cpu_times()[:2]) - before < 1, "it spins"
    async with asyncio.timeout(25):
        await asyncio.gather(*crowd)
    stack.is_harmed_no_more()
    await register(stack.newcomer, 5, at_once=2)
    await stack.recovers()


@only_on("postgresql")
@pytest.mark.faults("R20", "400 requests of several kinds, three times")
async def test_memory_does_not_grow_with_the_number_of_requests(stack: Stack) -> None:
    await stack.start()
    web = psutil.Process(stack.web.pid)
    seen = []
    for _ in range(3):
        people = await register(stack.newcomer, 50)
        for path in (
            "/",
            "/account/login",
            "/about",
            "/no/such/page",
            "/admin/users",
            "/account/manage",
            "/static/logo.svg",
        ):
            await asyncio.gather(*(visitor.visit(path) for visitor in people))
        seen.append(web.memory_info().rss)
    assert seen[2] < seen[1] * 1.1, [number / MIB for number in seen]
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R17", "failures before a request, in a handler, in a template and in the background")
async def test_a_failure_is_a_page_and_the_process_lives(stack: Stack) -> None:
    await stack.start(QUART_APP="tests.faults.failing")
    pid = stack.web.pid
    ada = stack.newcomer()
    for place in ("before", "handler", "template"):
        page = await ada.visit(f"/fail/{place}")
        assert (page.status, page.heading) == (500, "Internal server error")
    assert (await ada.visit("/fail/background")).status == 200
    assert len(stack.complaints()) >= 3
    stack.ledger.answers = [answer for answer in stack.ledger.answers if "/fail/" not in answer.request]
    await register(stack.newcomer, 5)
    await stack.recovers()
    assert (stack.web.is_running, stack.web.pid) == (True, pid)


async def _log_in(visitor: Visitor, form: Page, number: int) -> Page:
    password = visitor.password if number % 3 == 0 else "not the difference engine"
    fields = {"email": visitor.email, "password": password, "csrf_token": form.csrf_token}
    return await visitor.post("/account/login", fields)


async def _pass_by(visitor: Visitor, over: asyncio.Event) -> list[float]:
    """Look at the landing page again and again, which must not fail, and say how long each look took."""
    clock, seconds = asyncio.get_running_loop().time, []
    while not over.is_set():
        began = clock()
        assert (await visitor.visit("/")).status == 200
        seconds.append(clock() - began)
        await asyncio.sleep(0.05)
    return seconds


def _connections(stack: Stack) -> int:
    """How many clients are connected to the web process."""
    connections = psutil.Process(stack.web.pid).net_connections("tcp")
    return sum(connection.laddr.port == stack.port and connection.status == "ESTABLISHED" for connection in connections)
