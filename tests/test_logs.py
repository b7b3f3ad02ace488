"""Where log lines go."""

import json
import logging
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


@pytest.mark.usefixtures("restored")
def test_nobody_fails_because_there_is_no_room_for_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    went_on = False
    # It says so only when it closes.
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        logs.configure(read(UNIX))
        structlog.get_logger().info("lost")
        went_on = True
    assert went_on


@pytest.mark.usefixtures("restored")
def test_what_libraries_say_comes_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(read(UNIX | {"MAIL_PASSWORD": "difference engine no. 2"}))
    try:
        raise LookupError("difference engine no. 2")
    except LookupError:
        logging.getLogger("somebody.else").exception("could not use %s", "difference engine no. 2")
    logging.getLogger("somebody.else").log(35, "in between")
    said, in_between = map(json.loads, capsys.readouterr().out.splitlines())
    assert (said["event"], said["level"]) == ("could not use [masked]", "error")
    assert said["exception"][0]["exc_value"] == "[masked]"
    assert in_between["level"] == "warning"


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("two\nlines", "two\nlines"),
        ("Ünïcödé\u2028\x85", "Ünïcödé\u2028\x85"),
        ("\ud800", "\ud800"),
        (ValueError("an object"), "ValueError('an object')"),
        ({1: ["x", {"y"}]}, {"1": ["x", "{'y'}"]}),
        (b"bytes", "b'bytes'"),
    ],
)
def test_whatever_is_said_is_one_line_of_ascii(capsys: pytest.CaptureFixture[str], said: object, text: object) -> None:
    logs.configure(read(UNIX))
    structlog.get_logger().info("said", what=said)
    line = capsys.readouterr().out
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["what"] == text
