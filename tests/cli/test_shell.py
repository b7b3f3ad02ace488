"""Python with the application at hand."""

import os
import pty
import subprocess

import pytest
from quart import Quart

from tests.conftest import user_of
from tests.people import Person
from tests.servers import quart
from tests.terminal import run


async def test_a_script_can_await_and_is_run_without_a_word(grace: Person) -> None:
    done = await run("shell", typed="print(await db.scalar(select(User.email)))")
    assert (done.exit_code, done.output) == (0, "grace@example.com\n")


async def test_a_script_can_change_something(app: Quart, grace: Person) -> None:
    script = "async with transaction() as db:\n    (await users.find(db, 'grace@example.com')).last_name = 'Murray'\n"
    assert (await run("shell", typed=script)).exit_code == 0
    user = await user_of(app, grace.email)
    assert user is not None
    assert user.last_name == "Murray"


async def test_somebody_adds_a_user_and_is_told_the_id(app: Quart) -> None:
    script = """
me = User(first_name="Ada", last_name="Lovelace", email="ada@example.com", role=await roles.default_role(db))
db.add(me)
await db.commit()
print(me.id)
"""
    done = await run("shell", typed=script)
    me = await user_of(app, "ada@example.com")
    assert me is not None
    assert (done.exit_code, done.output) == (0, f"{me.id}\n")


@pytest.mark.usefixtures("app")
async def test_a_script_that_fails_says_where() -> None:
    with pytest.raises(ZeroDivisionError):
        await run("shell", typed="1 / 0")


async def test_somebody_at_a_terminal_is_answered_line_by_line(app: Quart, grace: Person) -> None:
    lines = [
        "user = await users.find(db, 'grace@example.com')",
        "user.full_name()",
        "1 / 0",
        "await db.scalar(select(Role.no_such_column))",
        "user.last_name = 'Murray'",
        "await db.commit()",
        "(await users.find(db, 'grace@example.com')).full_name() + '!'",
        "async def count():",
        "    return await users.count(db)",
        "",
        "f'{await count()} in all'",
        "exit()",
    ]
    printed = _converse("\n".join(lines) + "\n")
    assert "At hand: app, db, transaction, select, User, Role" in printed
    assert "'Grace Hopper'" in printed
    assert "ZeroDivisionError: division by zero" in printed
    assert "AttributeError" in printed
    assert "'Grace Murray!'" in printed
    assert "'1 in all'" in printed
    assert "runners.py" not in printed, "a traceback begins with the line that was typed"


def _converse(typed: str) -> str:
    ours, theirs = pty.openpty()
    running = subprocess.Popen(quart("shell"), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    os.write(ours, typed.encode())
    printed = b""
    try:
        while some := os.read(ours, 4096):
            printed += some
    except OSError:  # how Linux says that the other side has hung up
        pass
    os.close(ours)
    assert running.wait(10) == 0
    return printed.decode()
