"""Where log lines go."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from app import logs
from app.settings import read, settings

UNIX = {
    "QUART_CONFIG": "unix",
    "SECRET_KEY": "correct horse battery staple, 32 and more",
    "DATABASE_URL": "postgresql://db/app",
}


@pytest.fixture
def restored(environment: dict[str, str]) -> Iterator[None]:
    yield
    logs.configure(settings())


@pytest.mark.usefixtures("restored")
def test_unix_tells_warnings_to_the_system_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as system:
        system.bind(str(tmp_path / "log"))
        logs.configure(read(UNIX | {"SYSLOG": str(tmp_path / "log")}))
        structlog.get_logger().info("only.to.stdout")
        structlog.get_logger().warning("to.both", mail_id=1)
        datagram = system.recv(4096).decode()
        system.setblocking(False)
        with pytest.raises(BlockingIOError):
            system.recv(1)
        logs.configure(settings())  # lets go of the socket
    priority, _, rest = datagram.partition("Quart-Base: ")
    assert priority == "<12>", "facility user, severity warning (RFC 3164)"
    assert json.loads(rest.rstrip("\0"))["event"] == "to.both"
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["only.to.stdout", "to.both"]


@pytest.mark.usefixtures("restored")
def test_a_machine_without_a_system_log_does_without(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(read(UNIX | {"SYSLOG": "/no/such/socket"}))
    structlog.get_logger().warning("to.stdout")
    assert json.loads(capsys.readouterr().out)["event"] == "to.stdout"
