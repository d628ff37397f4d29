"""Threads in which the synchronous core runs; bounded, so that waiting is told and not endured."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from api.http.problems import Problem

T = TypeVar("T")


class Workers:
    """Runs functions that block, a few at a time."""

    def __init__(self, threads: int, most: int) -> None:
        """Make the threads; one more is kept for what every request needs first."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="juang-http")
        self._first = ThreadPoolExecutor(1, thread_name_prefix="juang-door")
        self._most = most
        self._running = 0

    async def run(self, function: Callable[[], T]) -> T:
        """Run a function in a thread and wait for it.

        Raises: Problem 503 where too many wait already.
        """
        if self._running >= self._most:
            raise Problem("busy", headers={"Retry-After": "1"})
        self._running += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function)
        finally:
            self._running -= 1

    async def first(self, function: Callable[[], T]) -> T:
        """Run what others wait for, in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._first, function)

    def close(self) -> None:
        """Finish what runs."""
        self._pool.shutdown(wait=True)
        self._first.shutdown(wait=True)
