"""`just bench` compares what it says it compares; `.ci/run` runs it whole."""

import asyncio
import json
from smtplib import SMTP
from xml.etree import ElementTree

import pytest

from bench import chart, reporting
from bench.client import Request, ask
from bench.comparing import Comparison, Quantity, Spread, interleave, percentile
from bench.rivals.hello import Canned
from bench.rivals.message import compose
from bench.sink import Sink

MAILS = Quantity("Mails", "a second", beside=("theirs",))
COMPARISON = Comparison(MAILS, {"Quart Base": [300.0, 50.0, 200.0], "theirs": [100.0, 25.0, 100.0]})


async def test_contestants_take_turns_so_that_a_slow_minute_is_everybodys() -> None:
    turns = []

    async def measure(name: str) -> dict[str, float]:
        turns.append(name)
        return {"mails": float(len(turns))}

    measures = {"ours": lambda: measure("ours"), "theirs": lambda: measure("theirs")}
    [comparison] = await interleave({"mails": MAILS}, measures, rounds=2)
    assert turns == ["ours", "theirs", "ours", "theirs"]
    assert comparison.samples == {"ours": [1, 3], "theirs": [2, 4]}


def test_a_ratio_compares_what_was_measured_in_the_same_round() -> None:
    assert COMPARISON.ratio("Quart Base", to="theirs") == Spread(median=2, low=2, high=3)
    assert COMPARISON.ratio("theirs", to="theirs") == Spread(1, 1, 1)


def test_a_percentile_is_a_sample_that_was_seen() -> None:
    assert percentile([3, 1, 2, 4], 50) == 2
    assert percentile(list(range(1, 101)), 99) == 99
    assert percentile([7], 99) == 7


def test_the_table_says_medians_ranges_and_ratios() -> None:
    heading, ours, theirs = reporting.as_table(COMPARISON).strip().splitlines()
    assert heading.split() == ["Mails,", "a", "second", "×", "theirs"]
    assert ours.split() == ["Quart", "Base", "200", "(50.0–300)", "2.00", "(2.00–3.00)"]
    assert theirs.split() == ["theirs", "100", "(25.0–100)", "1.00", "(1.00–1.00)"]


def test_the_document_keeps_every_round() -> None:
    [mails] = json.loads(reporting.as_json({"mail": [COMPARISON]}))["chapters"]["mail"]
    assert mails["contestants"]["Quart Base"]["samples"] == [300, 50, 200]
    assert mails["contestants"]["Quart Base"]["ratios"]["theirs"]["median"] == 2


def test_a_bar_is_as_long_as_its_median_and_its_line_goes_from_least_to_most() -> None:
    drawn = ElementTree.fromstring(chart.draw({"mail": [COMPARISON]}))
    ours, theirs = [float(bar.attrib["width"]) for bar in drawn.findall("{*}rect")]
    assert ours == 2 * theirs
    line = drawn.findall("{*}line")[0]
    assert float(line.attrib["x2"]) - float(line.attrib["x1"]) == pytest.approx((300 - 50) / 200 * ours)


async def test_the_client_hears_every_answer_and_insists_on_the_one_that_it_wants() -> None:
    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        answers = await ask(Request.get(url), connections=2, seconds=0.01)
        assert len(answers.latencies) >= 2
        with pytest.raises(ConnectionError, match="200"):
            await ask(Request.post(url, {"email": "ada@example.com"}, cookies=""), connections=1, seconds=0.01)


async def test_the_sink_takes_mail_and_says_when() -> None:
    def send() -> None:
        with SMTP("127.0.0.1", sink.port) as server:
            server.send_message(compose("ada@example.com", "token"))

    async with Sink() as sink:
        await asyncio.to_thread(send)
        assert await sink.take(1) - await sink.begun.get() >= 0.02
        assert b"Dear Ada Lovelace" in sink.latest
