"""Requests that no browser sends, made of what the application asks for: a new route or field is in them by itself."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st
from quart import request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from wtforms import BooleanField, IntegerField, PasswordField, SelectFieldBase, SubmitField

from app.web.forms import Email, Form
from tests.fuzzing.nonsense import CONTENT_TYPES, values
from tests.people import PASSWORD, Person

PLAUSIBLE: list[tuple[type, list[str]]] = [
    (Email, ["grace@example.com", "somebody@example.com"]),
    (PasswordField, [PASSWORD, "analytical engine no. 1"]),
    (BooleanField, ["y"]),
    (SubmitField, ["y"]),
    (SelectFieldBase, ["1", "2", "main", "admin"]),
    (IntegerField, ["0", "1"]),
]
WORDS = ["1", "others", "-email", "dead", "invited", "log_in", "refused", "/admin/users", "2026-11-22", "opening-hours"]
METHODS = ["HEAD", "OPTIONS", "POST", "DELETE", "get", "BREW"]
HEADERS = (
    "host cookie origin referer sec-fetch-site sec-fetch-mode user-agent range if-range if-none-match "
    "if-modified-since accept accept-encoding accept-language accept-charset authorization content-type x-csrftoken "
    "expect upgrade connection x-forwarded-for x-forwarded-proto x-forwarded-host x-request-id last-event-id"
)
NO_HEADER = re.compile(rb"[\x00\n\x0b\x0c\r]")  # the server lets none through


@dataclass(frozen=True)
class Sent:
    """A request, as it comes over the wire."""

    method: str
    path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = field(default=b"")


@dataclass(frozen=True)
class Somebody:
    """What a browser sends along."""

    cookies: bytes = b""
    csrf_token: bytes = b""

    @classmethod
    async def like(cls, person: Person) -> Self:
        page = await person.visit("/account/logout")
        token = page.csrf_token or (await person.visit("/account/login")).csrf_token
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.browser.cookie_jar or ())
        return cls(cookies.encode(), token.encode())


@dataclass(frozen=True)
class Known:
    """What a stranger may know of the application: its routes, what each asks for, and what there is."""

    rules: list[Rule]
    asked: dict[str, set[str]]
    there: dict[str, list[str]]

    def good(self, name: str) -> st.SearchStrategy[bytes]:
        """Something that makes sense under this name."""
        return st.sampled_from([text.encode() for text in self.there.get(name) or _of_forms().get(name) or WORDS])


def listen(asked: defaultdict[str, set[str]]) -> type[ImmutableMultiDict[str, Any]]:
    """What requests keep their parameters in, so that it is heard which names a route asks for."""

    class Listening(ImmutableMultiDict[str, Any]):
        def __contains__(self, name: object) -> bool:
            asked[str(request.endpoint)].add(str(name))
            return super().__contains__(name)

        def __getitem__(self, name: str) -> Any:
            asked[str(request.endpoint)].add(name)
            return super().__getitem__(name)

        def getlist(self, name: str, *of: Any) -> list[Any]:
            asked[str(request.endpoint)].add(name)
            return super().getlist(name, *of)

    return Listening


@st.composite
def requests(draw: st.DrawFn, known: Known, by: Somebody) -> Sent:
    """A request by somebody, mostly almost right: what makes no sense at all gets nowhere."""
    rule = draw(st.sampled_from(known.rules))
    served = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}, reverse=True)  # POST before GET
    method = draw(st.sampled_from(served * 20 + METHODS))
    names = sorted(known.asked.get(rule.endpoint, set()))
    headers = {b"host": b"localhost", b"cookie": by.cookies, b"x-csrftoken": by.csrf_token}
    body = b""
    if method not in {"GET", "HEAD"}:
        headers[b"content-type"], body = draw(_bodies(known, names))
        headers[b"content-length"] = b"%d" % len(body)
    others = draw(st.lists(st.tuples(st.sampled_from(HEADERS.split()), values), max_size=2) | st.just([]))
    headers |= {name.encode(): NO_HEADER.sub(b"", value).strip() for name, value in others}
    query = draw(st.lists(st.tuples(st.sampled_from([*names, *WORDS]).map(str.encode), values), max_size=5))
    return Sent(method, draw(_paths(known, rule)), _urlencoded(query), list(headers.items()), body)


@st.composite
def _paths(draw: st.DrawFn, known: Known, rule: Rule) -> bytes:
    def argument(found: re.Match[str]) -> str:
        good = known.good(found[1])
        return quote_from_bytes(draw(good | values), safe="/" if draw(st.booleans()) else "")

    return re.sub(r"<(?:\w+:)?(\w+)>", argument, rule.rule).encode()


@st.composite
def _pairs(draw: st.DrawFn, known: Known, names: list[str]) -> list[tuple[bytes, bytes]]:
    """Each name once with something that makes sense; but for one or two: not at all, often, or with nonsense."""
    odd = draw(st.lists(st.sampled_from([*names, *WORDS]), max_size=2))
    pairs = [(name, draw(known.good(name))) for name in names if name not in odd]
    pairs += [(name, value) for name in odd for value in draw(st.lists(values, max_size=3))]
    if draw(st.sampled_from([False] * 9 + [True])):
        pairs += [(name, value) for name, value in pairs for _ in range(2)]
    return [(name.encode(), value) for name, value in pairs]


@st.composite
def _bodies(draw: st.DrawFn, known: Known, names: list[str]) -> tuple[bytes, bytes]:
    pairs = draw(_pairs(known, names))
    match draw(st.sampled_from(["form"] * 6 + ["parts", "parts", "broken", "json", "type", "anything"])):
        case "form":
            return b"application/x-www-form-urlencoded", _urlencoded(pairs)
        case "parts":
            return b"multipart/form-data; boundary=b", _parts(pairs, draw(st.sampled_from([b"", b'; filename="f"'])))
        case "broken":
            whole = _parts(pairs, b"")
            return b"multipart/form-data; boundary=b", whole[: draw(st.integers(0, len(whole)))] + draw(values)
        case "json":
            return b"application/json", json.dumps([[repr(part) for part in pair] for pair in pairs]).encode()
        case "type":
            return draw(st.sampled_from(CONTENT_TYPES)).encode("latin-1"), _urlencoded(pairs)
    return draw(st.sampled_from(CONTENT_TYPES)).encode("latin-1"), draw(values)


def _urlencoded(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


def _parts(pairs: Iterable[tuple[bytes, bytes]], more: bytes) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    return b"".join(head % (name, more, value) for name, value in pairs) + b"--b--\r\n"


@cache
def _of_forms() -> dict[str, list[str]]:
    """What makes sense in the fields of all forms that there are, by the name of the field."""
    return {each.name: _plausible(each) for form in _descendants(Form) for each in form()}


def _plausible(each: Any) -> list[str]:
    return next((texts for kind, texts in PLAUSIBLE if isinstance(each, kind)), ["Ada", "opening-hours"])


def _descendants(form: type[Form]) -> Iterator[type[Form]]:
    for child in form.__subclasses__():
        yield child
        yield from _descendants(child)
