"""Measure what was asked for, print it, and leave it in `var/` as JSON and as a chart."""

from collections.abc import Awaitable, Callable
from functools import partial

import click
import uvloop

from app.settings import VAR
from bench import chart, listing, mail, pages, reporting, start, storm
from bench.comparing import Comparison, Effort
from bench.services import Services, start_services

Chapter = Callable[[Services, Effort], Awaitable[list[Comparison]]]

CHAPTERS: dict[str, Chapter] = {
    "mail": mail.measure,
    "pages": pages.measure,
    "storm": storm.measure,
    "start": start.measure,
    "users": partial(listing.measure, users=pages.USERS),
}


@click.command()
@click.argument("chapters", nargs=-1, type=click.Choice(list(CHAPTERS)))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1), help="How often each has its turn.")
@click.option("--seconds", default=0.5, show_default=True, help="About how long a turn takes.")
@click.option("--users", multiple=True, type=int, default=pages.USERS, show_default=True, help="How many are listed.")
@click.option("--against", metavar="URL", help="Another running application, whose / and /account/login are asked for.")
def bench(chapters: tuple[str, ...], rounds: int, seconds: float, users: tuple[int, ...], against: str | None) -> None:
    """Measure the application beside others: everything, or the chapters that are named."""
    known = CHAPTERS | {
        "pages": partial(pages.measure, users=users, against=against),
        "users": partial(listing.measure, users=users),
    }
    uvloop.run(_bench({name: known[name] for name in chapters or CHAPTERS}, Effort(rounds, seconds)))


async def _bench(chapters: dict[str, Chapter], effort: Effort) -> None:
    measured: dict[str, list[Comparison]] = {}
    async with start_services() as services:
        for name, measure in chapters.items():
            measured[name] = await measure(services, effort)
            print(*map(reporting.as_table, measured[name]), sep="\n", flush=True)
    VAR.mkdir(exist_ok=True)
    (VAR / "bench.json").write_text(reporting.as_json(measured))
    (VAR / "bench.svg").write_text(chart.draw(measured))
    print("\nEvery round is in var/bench.json, and a chart in var/bench.svg.")


if __name__ == "__main__":
    bench()
