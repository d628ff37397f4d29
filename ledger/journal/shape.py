"""What can be said of a request without looking at the books: is every field readable?

These are the first checks in the order of precedence. A request that fails here burns no id.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from ledger.books.classes import Side
from ledger.dates import MAX_DATE, MIN_DATE
from ledger.journal import intents
from ledger.journal.intents import Intent, Posting
from ledger.journal.outcomes import Code, Facts

MAX_POSTINGS = 500
MAX_TEXT = 2_000
MAX_METADATA = 32
_INT64 = 2**63
_KIND = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}\Z")
_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}\Z")
_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}\Z")
_SUBJECT = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_.:-]{0,63})?\Z")

WITH_POSTINGS = frozenset({intents.Post, intents.Reserve, intents.Amend})
"""Verbs that name lines of their own."""

Problem = tuple[Code, Facts]


def is_placed(intent: Intent) -> bool:
    """Tell whether a request names a book and an id that can be looked up."""
    return _is_book(intent.book_id) and _is_id(intent.id)


def problem(intent: Intent, actor: str) -> Problem | None:
    """Find the first unreadable field of a request; None where all can be read."""
    if not _is_book(intent.book_id):
        return _invalid("book_id")
    if not _is_id(intent.id):
        return _invalid("id")
    if type(intent.kind) is not str or not _is_kind(intent.kind[:33]):
        return _invalid("kind")
    if type(actor) is not str or not _is_actor(actor[:65]):
        return _invalid("actor")
    if intent.bundle is not None and not _is_id(intent.bundle):
        return _invalid("bundle")
    if intent.device_time is not None and not is_instant(intent.device_time):
        return _invalid("device_time")
    if intent.narration is not None or intent.metadata is not None or intent.subject != "":
        field = _texts(intent)
        if field is not None:
            return _invalid(field)
    return _particulars(intent) or _dates(intent)


def _invalid(field: str) -> Problem:
    return Code.INVALID_REQUEST, {"field": field}


# Both are asked of every request and are nearly always the same few words. Callers cut what is
# too long one letter above the limit, so that it is refused and cannot fill the memory.
@lru_cache(maxsize=1024)
def _is_kind(text: str) -> bool:
    return _KIND.match(text) is not None


@lru_cache(maxsize=1024)
def _is_actor(text: str) -> bool:
    return _ACTOR.match(text) is not None


def _is_book(value: object) -> bool:
    return type(value) is int and -_INT64 <= value < _INT64


def _is_id(value: object) -> bool:
    return type(value) is bytes and len(value) == 16


def is_instant(value: object) -> bool:
    """Tell whether a value is a moment with an offset, in the years the ledger knows."""
    return (
        isinstance(value, datetime)
        and value.utcoffset() is not None
        and MIN_DATE.year < value.year < MAX_DATE.year
    )


def _dates(intent: Intent) -> Problem | None:
    day, value = intent.effective_date, intent.value_date
    if type(day) is not date:
        return _invalid("effective_date")
    if value is not None and type(value) is not date:
        return _invalid("value_date")
    if not MIN_DATE <= day <= MAX_DATE:
        return Code.INVALID_DATE, {"field": "effective_date", "date": day.isoformat()}
    if value is None:
        return None
    if not MIN_DATE <= value <= MAX_DATE:
        return Code.INVALID_DATE, {"field": "value_date", "date": value.isoformat()}
    return None


def is_text(value: object, limit: int = MAX_TEXT) -> bool:
    """Tell whether a text can be kept: no NUL, no half of a surrogate pair, not too long."""
    if type(value) is not str or not 0 < len(value) <= limit or "\x00" in value:
        return False
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_subject(value: object) -> bool:
    """Tell whether a value names whose a text is; the empty name is the book's own."""
    return type(value) is str and _SUBJECT.match(value) is not None


def normal(text: str) -> str:
    """Bring a text into NFC, the form that is hashed and kept."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def texts(intent: Intent) -> dict[str, str]:
    """Give the texts of a request by field, in NFC; metadata keys stand as `meta:<key>`."""
    found: dict[str, str] = {}
    if intent.narration is not None:
        found["narration"] = normal(intent.narration)
    reason = getattr(intent, "reason", None)
    if reason is not None:
        found["reason"] = normal(reason)
    for key, value in (intent.metadata or {}).items():
        found[f"meta:{key}"] = normal(value)
    return found


def _texts(intent: Intent) -> str | None:
    if intent.narration is not None and not is_text(intent.narration):
        return "narration"
    if not is_subject(intent.subject):
        return "subject"
    metadata: object = {} if intent.metadata is None else intent.metadata
    if not isinstance(metadata, Mapping) or len(metadata) > MAX_METADATA:
        return "metadata"
    for key, value in metadata.items():
        if type(key) is not str or not _KEY.match(key) or not is_text(value):
            return "metadata"
    return None


def _particulars(intent: Intent) -> Problem | None:
    """Check the fields that only some verbs have."""
    kind = type(intent)
    if kind in WITH_POSTINGS:
        field = _postings(intent.postings)  # type: ignore[attr-defined]
        if field is not None:
            return _invalid(field)
        if kind is intents.Post:
            exchange = intent.exchange  # type: ignore[attr-defined]
            return None if exchange is None else _exchange(exchange)
    return _rarer(intent)


def _rarer(intent: Intent) -> Problem | None:
    if isinstance(intent, intents.AssertBalance):
        asserted = Posting(intent.account, Side.DEBIT, intent.balance, intent.currency)
        return _invalid("balance") if _postings((asserted,)) is not None else None
    if isinstance(intent, intents.Reserve):
        bad = intent.expires_at is not None and not is_instant(intent.expires_at)
        return _invalid("expires_at") if bad else None
    holds = isinstance(intent, intents.Capture | intents.Release | intents.Expire)
    if holds and not _is_id(intent.hold_id):  # type: ignore[attr-defined]
        return _invalid("hold_id")
    if isinstance(intent, intents.Capture | intents.Reverse) and not _are_lines(intent.lines):
        return _invalid("lines")
    if isinstance(intent, intents.Reverse | intents.Amend):
        if not _is_id(intent.entry_id):
            return _invalid("entry_id")
        if intent.reason is not None and not is_text(intent.reason):
            return _invalid("reason")
    if isinstance(intent, intents.Amend) and intent.exchange is not None:
        return _exchange(intent.exchange)
    return None


def _postings(postings: Sequence[Posting]) -> str | None:
    """Name the first unreadable field of the lines."""
    if type(postings) is not tuple:
        return "postings"
    for line in postings:
        if type(line) is not Posting:
            return "postings"
        account = line.account
        if type(account) is int:
            if not 0 < account < 2**31:
                return "account"
        elif (
            type(account) is not str
            or not account.isascii()
            or not 0 < len(account) <= 120
            or "\x00" in account
        ):
            return "account"
        if type(line.side) is not Side:
            return "side"
        amount, currency = line.amount, line.currency
        if type(amount) is not int or not -_INT64 < amount < _INT64:
            return "amount"
        if not _is_currency(currency):
            return "currency"
    return None


def _is_currency(value: object) -> bool:
    return type(value) is str and len(value) == 3 and value.isascii()


def _are_lines(lines: object) -> bool:
    if lines is None:
        return True
    readable = type(lines) is tuple and all(
        type(line) is intents.Line
        and type(line.line) is int
        and 0 < line.line < 2**15
        and type(line.amount) is int
        and -_INT64 < line.amount < _INT64
        and (line.currency is None or _is_currency(line.currency))
        for line in lines
    )
    return readable and _fit_together(lines)  # type: ignore[arg-type]


def _fit_together(lines: Sequence[intents.Line]) -> bool:
    """Tell whether the parts of each line, added up, fit 64 bits: so they are hashed."""
    sums: dict[int, int] = {}
    for line in lines:
        sums[line.line] = sums.get(line.line, 0) + line.amount
    return all(-_INT64 < total < _INT64 for total in sums.values())


def exchange_problem(exchange: intents.Exchange) -> str | None:
    """Name the field of a rate that has no meaning; None where it can be kept."""
    wrong = _exchange(exchange)
    return None if wrong is None else str(wrong[1]["field"])


def _exchange(exchange: intents.Exchange) -> Problem | None:
    if type(exchange) is not intents.Exchange:
        return _invalid("exchange")
    rate, source, day = exchange.mid_rate, exchange.mid_source, exchange.mid_date
    if rate is not None:
        known = type(rate) is Decimal and rate.is_finite() and 0 < rate < 10**15
        exponent = rate.as_tuple().exponent if known else None
        if not isinstance(exponent, int) or exponent < -12:
            return _invalid("mid_rate")
    if source is not None and not is_text(source, 64):
        return _invalid("mid_source")
    if day is not None and (type(day) is not date or not MIN_DATE <= day <= MAX_DATE):
        return _invalid("mid_date")
    return None
