"""Mail: from what is accepted to what a mail server has taken, by one worker process; and jobs that do nothing."""

import asyncio
import random
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter

from bench.comparing import Comparison, Effort, Quantity, interleave, percentile
from bench.rivals.message import compose
from bench.services import Services, process
from bench.sink import PATIENCE, Sink
from bench.workers import FORKING, KEPT, MAIL, Accept, Contestant, contestants

AT_ONCE = 8  # people who sign up

QUANTITIES = {
    "backlog": Quantity("Mails sent of a backlog", "a second", beside=(FORKING, KEPT)),
    "live": Quantity("Mails accepted and sent meanwhile", "a second", beside=(FORKING, KEPT)),
    "p50": Quantity("From commit to mail server, worker idle, p50", "ms", beside=(FORKING, KEPT)),
    "p95": Quantity("From commit to mail server, worker idle, p95", "ms", beside=(FORKING, KEPT)),
    "nothing": Quantity("Jobs that do nothing, of a backlog", "a second", beside=(FORKING, KEPT)),
}


async def measure(services: Services, effort: Effort) -> list[Comparison]:
    """Send the same mail, rendered from the same templates, to the same server, by different workers."""
    async with contestants(await services.with_users(0)) as everybody:
        measures = {name: partial(_measure, one, services.sink, effort) for name, one in everybody.items()}
        return await interleave(QUANTITIES, measures, rounds=effort.rounds)


async def _measure(contestant: Contestant, sink: Sink, effort: Effort) -> Mapping[str, float]:
    mails, nothings = (max(2, round(pace * effort.seconds)) for pace in (contestant.mails, contestant.nothings))
    sent, done = partial(_all_sent, contestant, sink), partial(_all_done, contestant)
    async with process(*contestant.worker, environment=contestant.environment) as worker:
        await _rate(contestant.accept_mail, mails, sent)  # until its templates are read and its connections open
        _check(sink)
        live = await _rate(contestant.accept_mail, mails, sent)
        backlog = await _rate(contestant.accept_mail, mails, sent, held_back=worker)
        nothing = await _rate(contestant.accept_nothing, nothings, done, held_back=worker)
        waits = [await _wait(contestant, sink) for _ in range(max(2, round(20 * effort.seconds)))]
        await asyncio.sleep(0.1)  # arq is still tidying up, and would complain
    p50, p95 = percentile(waits, 50), percentile(waits, 95)
    return {"live": live, "backlog": backlog, "nothing": nothing, "p50": p50, "p95": p95}


async def _rate(
    accept: Accept, number: int, finish: Callable[[int], Awaitable[None]], *, held_back: Process | None = None
) -> float:
    """How many a second, from the first that is accepted to the last that is done with, or from the release on."""
    started = perf_counter()
    with _stopped(held_back):
        await _accept(accept, number)
        started = perf_counter() if held_back else started
    await finish(number)
    return number / (perf_counter() - started)


async def _accept(accept: Accept, number: int) -> None:
    left = iter(range(number))

    async def one_after_another() -> None:
        for _ in left:
            await accept()

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


@contextmanager
def _stopped(worker: Process | None) -> Iterator[None]:
    if worker is None:
        yield
        return
    worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGCONT)


async def _wait(contestant: Contestant, sink: Sink) -> float:
    """Milliseconds from the commit of a mail until the mail server hears of it, when there is nothing else to do."""
    await asyncio.sleep(random.uniform(0.02, 0.07))  # so that nobody's poll beats time with us
    sink.forget()
    accepted = await contestant.accept_mail()
    heard = await asyncio.wait_for(sink.begun.get(), PATIENCE)
    await _all_sent(contestant, sink, 1)
    return (heard - accepted) * 1000


async def _all_sent(contestant: Contestant, sink: Sink, number: int) -> None:
    await sink.take(number)
    await _all_done(contestant)


async def _all_done(contestant: Contestant, _number: int = 0) -> None:
    async with asyncio.timeout(PATIENCE):
        while await contestant.waiting():
            await asyncio.sleep(0.02)


def _check(sink: Sink) -> None:
    """Compare only what is comparable."""
    expected, sent = len(compose(*MAIL).as_bytes()), len(sink.latest)
    if not 0.95 < sent / expected < 1.05:
        sys.exit(f"The mail has {sent} bytes and not {expected}: bench/rivals/message.py is not up to date.")
