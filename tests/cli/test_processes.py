"""What runs until it is stopped says at once when it cannot."""

import os
import socket
import subprocess

from tests.servers import quart


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        quart(*arguments), env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_dev_says_that_the_port_is_taken_and_starts_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("dev", QUART_APP="app", QUART_CONFIG="development", PORT=port)
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken. Stop what uses it, or choose another: PORT=8123 just dev\n"


def test_dev_refuses_to_run_in_production() -> None:
    production = {
        "QUART_CONFIG": "production",
        "SECRET_KEY": "long enough to be taken for a secret",
        "DATABASE_URL": "sqlite:////tmp/never.sqlite",
    }
    done = run("dev", QUART_APP="app", **production)
    assert done.returncode == 1
    assert "This is for development" in done.stderr
