"""What a process counts by itself."""

import time

from app.web.counting import Memory
from tests.servers import eventually


async def test_a_count_begins_anew_when_its_time_is_over_and_nothing_of_it_stays() -> None:
    memory = Memory()
    assert [await memory.incr("ada", 1) for _ in range(3)] == [1, 2, 3]
    assert await memory.incr("eve", 60) == 1
    over = await memory.get_expiry("ada")
    await eventually(lambda: time.time() >= over)
    assert await memory.incr("eve", 60) == 2
    assert set(memory.storage) == set(memory.expirations) == {"eve"}
    assert await memory.incr("ada", 60) == 1


async def test_what_is_taken_back_leaves_the_rest() -> None:
    memory = Memory()
    assert [await memory.incr("ada", 60, amount) for amount in (1, 1, -1, 1)] == [1, 2, 1, 2]
