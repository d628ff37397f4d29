"""The command line: run the benchmarks named, print a line for each figure, remember a miss."""

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import batch, bitemporal, http, imports, places, reads, single, verify
from .figures import Figure

ALL: dict[str, Callable[[places.Bench], Iterator[Figure]]] = {
    "batch": batch.run,
    "single": single.run,
    "bitemporal": bitemporal.run,
    "reads": reads.run,
    "verify": verify.run,
    "import": imports.run,
    "http": http.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 1 when a target is missed. A quick run only shows that the machinery works."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(ALL)}")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, figures mean nothing")
    parser.add_argument("--full", action="store_true", help="histories of 10 million postings")
    parser.add_argument("--sqlite", action="store_true", help="the long history on SQLite, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - set(ALL)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} processors,"
        f" load {os.getloadavg()[0]:.1f}{', quick' if given.quick else ''}",
        flush=True,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is stopped
    figures: list[Figure] = []
    with places.opened(quick=given.quick, full=given.full, sqlite=given.sqlite) as bench:
        for name in given.names or ALL:
            for figure in ALL[name](bench):
                print(figure.line(), flush=True)
                figures.append(figure)
    if given.json is not None:
        rows = [figure.as_json() for figure in figures]
        given.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return int(not given.quick and not all(figure.passed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
