"""Answers that are compressed on their way."""

import gzip

import brotli
import pytest
import zstandard

from tests.people import Person

UNPACK = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed),
}


@pytest.mark.parametrize("encoding", UNPACK)
async def test_pages_and_files_are_the_same_once_they_are_unpacked(ada: Person, encoding: str) -> None:
    [style] = (await ada.visit("/")).soup.select("link[rel=stylesheet]")
    for path in ("/", "/no/such/page", str(style["href"])):
        plain = await ada.visit(path)
        answer = await ada.browser.get(path, headers={"Accept-Encoding": f"{encoding}, x-other"})
        body = await answer.get_data(as_text=False)
        assert answer.headers["Content-Encoding"] == encoding
        assert UNPACK[encoding](body).decode() == plain.text
        assert len(body) < len(plain.text) / 2
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"], "else a cache would give it to everybody"


async def test_whoever_takes_nothing_compressed_gets_it_plain(ada: Person) -> None:
    page = await ada.visit("/", headers={"Accept-Encoding": "identity, br;q=0"})
    assert "Content-Encoding" not in page.headers
    assert "</html>" in page.text


@pytest.mark.parametrize("path", ["/healthz", "/static/logo.svg"])
async def test_a_short_answer_stays_as_it_is(ada: Person, path: str) -> None:
    page = await ada.visit(path, headers={"Accept-Encoding": "zstd, br, gzip"})
    assert "Content-Encoding" not in page.headers
    assert page.headers["Content-Length"] == str(len(page.text))


async def test_a_file_has_one_mark_whether_it_comes_compressed_or_not(ada: Person) -> None:
    [style] = (await ada.visit("/")).soup.select("link[rel=stylesheet]")
    plain = await ada.visit(str(style["href"]))
    answer = await ada.browser.get(str(style["href"]), headers={"Accept-Encoding": "br"})
    assert answer.headers["ETag"] == plain.headers["ETag"]
    assert plain.headers["ETag"].startswith("W/")
