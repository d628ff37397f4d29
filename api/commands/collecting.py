"""How often the garbage collector walks what a batch job has made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections() -> Iterator[None]:
    """Keep the garbage collector out of the way of a batch job.

    A statement or a recount makes millions of values and no circles; the collector would walk all
    of them again and again and find nothing (a fifth of the time of an import or of a verify).
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
