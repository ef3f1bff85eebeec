"""What a process is put together from."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, cast

from followup import bootstrap


def test_threads_that_ask_first_at_the_same_moment_share_one_reader() -> None:
    made: list[object] = []

    def make() -> Any:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    reader = bootstrap.once(make)
    together = Barrier(8)

    def ask(_: int) -> object:
        together.wait()
        return cast(object, reader())

    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(ask, range(8)))
    assert len(made) == 1
    assert got == set(made)
