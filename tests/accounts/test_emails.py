"""One spelling per address."""

import pytest

from app.accounts.emails import normalise
from app.accounts.errors import InvalidEmail


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.Lovelace+x@Example.COM ", "ada.lovelace+x@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_address_become_one(given: str, kept: str) -> None:
    assert normalise(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example",
        "ada@localhost",
        "ada@@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "ada\x00@example.com",
        "аda@example.com",  # noqa: RUF001 (the first letter is Cyrillic)
        "a" * 250 + "@example.com",
        '"ada"@example.com',
        "ada@[127.0.0.1]",
        "=?utf-8?q?ceo=40bank.com?=@example.com",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InvalidEmail):
        normalise(given)
