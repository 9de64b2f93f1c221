"""Spread independent work over processes, or do it here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


class Mapped(Protocol):
    """``map`` over jobs; results come in the order of the jobs."""

    def __call__(self, work: Callable[[Job], Done], jobs: Iterable[Job], /) -> Iterator[Done]:
        """Do the work of each job."""
        ...


@contextmanager
def in_processes(workers: int) -> Iterator[Mapped]:
    """Give a ``map`` that works in so many processes; with one, in this one."""
    if workers <= 1:
        yield map
        return
    with ProcessPoolExecutor(workers) as pool:
        yield pool.map
