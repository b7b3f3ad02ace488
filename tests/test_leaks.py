"""After each test its secrets are looked for in the log, in Redis and in the database; this would find them."""

from quart import Quart

from tests import secrecy
from tests.conftest import SECRET_KEY, Deliver
from tests.people import Person


async def test_whatever_somebody_types_or_is_given_is_a_secret(grace: Person, deliver: Deliver) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    link = grace.link().rpartition("/")[2]
    await grace.log_in()
    cookies = {cookie.name: cookie.value or "" for cookie in grace.browser.cookie_jar or ()}
    for secret in (grace.password, link, SECRET_KEY, *cookies.values()):
        assert secrecy.found_in(f"somebody has written {secret!r} down") == [secret]


async def test_it_is_found_in_redis_under_any_key_and_as_any_key(app: Quart, grace: Person) -> None:
    await grace.log_in()
    redis = app.extensions["doorbell"]
    for key, value in (("key", grace.password), (grace.password, "value")):
        await redis.set(key, value)
        assert grace.password in secrecy.found_in(await secrecy.everything_in(redis))
        await redis.delete(key)
