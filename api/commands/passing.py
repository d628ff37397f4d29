"""Show on a terminal which table is passing, and how many rows of it have."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.commands.deployment import Deployment
from ledger.db.transfer.blocks import Block
from ledger.errors import Wording


@contextmanager
def passing(deployment: Deployment) -> Iterator[Callable[[Block], object]]:
    """Give a function that tells of each block, where somebody looks on."""
    if not sys.stderr.isatty():
        yield lambda _block: None
        return
    from rich.console import Console
    from rich.status import Status

    counts: dict[str, int] = {}
    rows = Wording("baris", "rows").in_language(deployment.language)
    with Status("", console=Console(stderr=True)) as status:

        def tell(block: Block) -> None:
            counts[block.table] = counts.get(block.table, 0) + block.rows
            status.update(f"{block.table}: {counts[block.table]} {rows}")

        yield tell
