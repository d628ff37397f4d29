"""Her archive: one JSON document of everything that is held of a person (docs/archive.md)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from ledger.db.types import utc_text
from ledger.errors import Wording

FORMAT: Final = "juang/archive/1"


def parts(
    head: Mapping[str, Any],
    sections: Iterable[tuple[str, Wording, Iterable[Mapping[str, Any]]]],
    made_at: datetime,
) -> Iterator[str]:
    """Write the archive part by part, one row a line; its end counts the rows of each section.

    An archive without its `complete` at the end was cut off.
    """
    first = {"format": FORMAT, "made_at": utc_text(made_at).replace(" ", "T"), **head}
    yield _dumped(first)[:-1] + ', "sections": ['
    counts: dict[str, int] = {}
    for name, says, rows in sections:
        comma = "," if counts else ""
        about = _dumped({"name": name, "about": {"id": says.id, "en": says.en}})
        yield f'{comma}\n{about[:-1]}, "rows": ['
        counts[name] = 0
        for row in rows:
            yield ("," if counts[name] else "") + "\n" + _dumped(row)
            counts[name] += 1
        yield "]}"
    yield f'\n], "counts": {_dumped(counts)}, "complete": true}}\n'


def _dumped(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False)
