"""Rebuild the bytes of a request from the rows it became: what `verify` and repeats compare.

Pure. Everything a request says is kept in its rows, its texts as commitments, so its hash can
be computed again at any time, also after its texts were erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ledger.books.classes import Side
from ledger.journal import canonical, intents
from ledger.journal.state import POSTED

TRADING_LINES = 2
"""An exchange adds two lines of its own, after those asked for."""


@dataclass(slots=True)
class StoredEntry:
    """An entry as its rows tell it; legs are (line, account, side, layer, amount, currency)."""

    book_id: int
    seq: int
    id: bytes
    verb: str
    kind: str
    effective_date: date
    value_date: date | None
    requested_date: date | None
    device_time: datetime | None
    bundle: bytes | None
    flags: int
    target_id: bytes | None
    legs: list[tuple[int, int, str, int, int, str]] = field(default_factory=list)
    commitments: dict[str, bytes] = field(default_factory=dict)
    exchange: intents.Exchange | None = None
    crossed: tuple[str, int, str, int] | None = None
    expires_at: datetime | None = None
    assertion: tuple[int, int, str] | None = None


_ABOUT_ANOTHER = frozenset({"capture", "release", "expire", "reverse", "amend"})


def is_whole(entry: StoredEntry) -> bool:
    """Tell whether everything a request of this verb says is there; altered rows may lack it."""
    if entry.verb in _ABOUT_ANOTHER:
        return entry.target_id is not None
    if entry.verb == "assert":
        return entry.assertion is not None
    return entry.verb in {"post", "reserve"}


def content(entry: StoredEntry) -> bytes:
    """Write the canonical bytes of the request that became this entry."""
    legs = sorted(entry.legs)
    asked: Sequence[tuple[int, int, str, int, int, str]] = ()
    if entry.verb in ("post", "reserve", "amend"):
        asked = legs[:-TRADING_LINES] if entry.exchange is not None else legs
    postings = tuple(
        intents.Posting(no, Side.DEBIT if side == "D" else Side.CREDIT, amount, currency)
        for _line, no, side, _layer, amount, currency in asked
    )
    lines = None
    if entry.flags & canonical.BY_LINES:
        lines = tuple(intents.Line(leg[0], leg[4]) for leg in legs if leg[3] == POSTED)
    intent = _make(entry, postings, lines)
    numbers: list[int | str] = [posting.account for posting in postings]
    if entry.assertion is not None:
        numbers = [entry.assertion[0]]
    return canonical.intent_bytes(intent, numbers, entry.commitments)


def _header(entry: StoredEntry) -> dict[str, object]:
    return {
        "book_id": entry.book_id,
        "id": entry.id,
        "effective_date": entry.requested_date or entry.effective_date,
        "kind": entry.kind,
        "value_date": entry.value_date,
        "bundle": entry.bundle,
        "device_time": entry.device_time,
    }


def _make(entry: StoredEntry, postings: object, lines: object) -> intents.Intent:
    header = _header(entry)
    extra: dict[str, object]
    match entry.verb:
        case "post":
            return intents.Post(**header, postings=postings, exchange=entry.exchange)  # type: ignore[arg-type]
        case "reserve":
            return intents.Reserve(**header, postings=postings, expires_at=entry.expires_at)  # type: ignore[arg-type]
        case "capture":
            keep = bool(entry.flags & canonical.KEEP_REST)
            extra = {"hold_id": entry.target_id, "lines": lines, "keep_rest": keep}
            return intents.Capture(**header, **extra)  # type: ignore[arg-type]
        case "release":
            return intents.Release(**header, hold_id=entry.target_id)  # type: ignore[arg-type]
        case "expire":
            return intents.Expire(**header, hold_id=entry.target_id)  # type: ignore[arg-type]
        case "reverse":
            return intents.Reverse(**header, entry_id=entry.target_id, lines=lines)  # type: ignore[arg-type]
        case "amend":
            extra = {"entry_id": entry.target_id, "postings": postings}
            return intents.Amend(**header, **extra, exchange=entry.exchange)  # type: ignore[arg-type]
        case _:
            assert entry.assertion is not None
            no, balance, currency = entry.assertion
            extra = {"account": no, "balance": balance, "currency": currency}
            return intents.AssertBalance(**header, **extra)  # type: ignore[arg-type]
