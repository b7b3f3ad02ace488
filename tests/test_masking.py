"""What nobody may read in a log or a report."""

import json
import re
import secrets
import timeit

import msgspec
import pytest
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from app.masking import MASK, SECRETS, everywhere, masking
from app.settings import Settings, read

OURS = {
    "QUART_CONFIG": "production",
    "SECRET_KEY": "correct horse battery staple, 32 and more",
    "SECRET_KEY_FALLBACKS": "an older one that was as long as that is",
    "DATABASE_URL": "postgresql://acme:p4ssw0rd@db.acme.example/app",
    "REDIS_URL": "redis://:r3d1s-p4ss@cache.acme.example:6379",
    "MAIL_PASSWORD": 'with "quotes" and \\ and ü',
    "MAIL_KEY": "key-0123456789abcdef",
    "READYZ_TOKEN": "a token of those who watch",
}
mask = masking(read(OURS))


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "MAIL_PASSWORD", "MAIL_KEY", "READYZ_TOKEN"])
def test_our_own_secrets_are_known_by_heart(name: str) -> None:
    for text in (f"because of {OURS[name]}!", json.dumps({"reason": f"because of {OURS[name]}!"})):
        assert mask(text) == text.replace(OURS[name], MASK).replace(json.dumps(OURS[name])[1:-1], MASK)
        assert MASK in mask(text)


def test_every_setting_that_is_named_like_a_secret_is_one_of_ours() -> None:
    texts = [field.name for field in msgspec.structs.fields(Settings) if field.type is str]
    assert {name for name in texts if re.search("secret|password|key|token|dsn", name)} == set(SECRETS)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_an_address_keeps_its_host_and_loses_its_password(name: str) -> None:
    masked = mask(f"cannot reach {OURS[name]}")
    assert "p4ss" not in masked
    assert "acme.example" in masked


def test_what_lets_somebody_in_is_known_by_its_shape() -> None:
    link = URLSafeSerializer("key", salt="link:reset").dumps(secrets.token_urlsafe(16))
    cookie = URLSafeTimedSerializer("key").dumps({"user": 1, "csrf": secrets.token_hex(16)})
    login = URLSafeTimedSerializer("key").dumps(secrets.token_urlsafe(32))
    for secret in (link, cookie, login):
        assert mask(f"GET /account/reset-password/{secret}?a=b") == f"GET /account/reset-password/{MASK}?a=b"


@pytest.mark.parametrize(
    "line",
    [
        "password=hunter22",
        '{"old_password": "hunter22 and more"}',
        "{'password': 'hunter22'}",
        json.dumps({"reason": json.dumps({"new_password": "hunter22"})}),
        "Authorization: Bearer hunter22",
        "/somewhere?token=hunter22&next=/",
        "X-Api-Key: hunter22",
        "Cookie: auth=hunter22",
    ],
)
def test_what_is_named_like_a_secret_is_one(line: str) -> None:
    assert "hunter22" not in mask(line)
    assert MASK in mask(line)


@pytest.mark.parametrize("text", ["token", "I-", "password ", "secret:", "://a:", "Ie."])
def test_the_time_grows_with_the_text_and_not_with_its_square(text: str) -> None:
    def seconds(times: int) -> float:
        return min(timeit.repeat(lambda: mask(text * times), number=1, repeat=5))

    assert seconds(8_000) < 10 * seconds(2_000), "four times, or sixteen if it looks back and forth"


def test_a_masked_line_is_json_as_before() -> None:
    line = {"event": "x", "password": "p", "nested": {"token": 'a "b" c', "list": ["secret: s"]}, "ms": 1.5}
    told = json.loads(mask(json.dumps(line)))
    assert (told["event"], told["password"], told["ms"]) == ("x", MASK, 1.5)


def test_a_password_that_everybody_knows_is_no_secret() -> None:
    assert masking(read({}))("GET /account/reset-password") == "GET /account/reset-password"


def test_ordinary_lines_stay_as_they_are() -> None:
    for line in (
        '{"event": "request", "route": "/account/reset-password/<token>", "status": 200, "request_id": "f00"}',
        "alembic.runtime.migration Running upgrade  -> 44fe8b76dc6e, users, roles",
        "RemoteProtocolError('Server disconnected without sending a response.')",
        "https://acme.example:8443/somewhere",
    ):
        assert mask(line) == line


def test_a_report_is_masked_to_its_leaves() -> None:
    report = {"values": [{"message": "password=hunter22"}], "number": 3, "pair": ("token: hunter22", None)}
    assert "hunter22" not in repr(everywhere(mask, report))
    assert everywhere(mask, {"number": 3, "nothing": None}) == {"number": 3, "nothing": None}
