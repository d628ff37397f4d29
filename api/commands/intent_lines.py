"""Read intents from JSON lines, strictly: what is not understood is refused, never ignored.

One JSON object a line. Amounts are decimal strings with their currency, dates ISO, ids 32 hex
digits (a UUID with or without hyphens). Unknown fields, repeated keys, numbers with fractions,
NaN, invalid UTF-8 and NUL are problems of their line. docs/cli.md describes every field.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Final, NoReturn

from ledger import dates, money
from ledger.books.classes import Side
from ledger.errors import LedgerError, Malformed, Wording
from ledger.journal import intents
from ledger.journal.intents import Intent

LONGEST_LINE: Final = 1_000_000
"""Bytes of a line; an entry of 500 lines takes a tenth of it."""

_ID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_RATE: Final = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?")

Fields = dict[str, Any]
FindBook = Callable[[str], int]


@dataclass(eq=False)
class LineNotJson(Malformed):
    """The line is no JSON object."""

    code = "line_not_json"
    wording = Wording("bukan objek JSON yang sah: {cause}", "not a valid JSON object: {cause}")
    cause: str


@dataclass(eq=False)
class LineTooLong(Malformed):
    """The line has more bytes than a line may have."""

    code = "line_too_long"
    wording = Wording("baris lebih dari satu juta bita", "the line has more than a million bytes")


@dataclass(eq=False)
class FieldUnknown(Malformed):
    """A field that this verb does not have: a slip of the pen must not lose money."""

    code = "field_unknown"
    wording = Wording("isian {field} tidak dikenal", "there is no field {field}")
    field: str


@dataclass(eq=False)
class FieldMissing(Malformed):
    """A field that must be there."""

    code = "field_missing"
    wording = Wording("isian {field} tidak ada", "the field {field} is missing")
    field: str


@dataclass(eq=False)
class FieldRepeated(Malformed):
    """A key that stands twice in one object."""

    code = "field_repeated"
    wording = Wording("isian {field} ditulis dua kali", "the field {field} is written twice")
    field: str


@dataclass(eq=False)
class FieldMalformed(Malformed):
    """A field whose value cannot be read."""

    code = "field_malformed"
    wording = Wording("isian {field} tidak terbaca: {value}", "cannot read {field}: {value}")
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Read:
    """One line: what it asks for, or what is wrong with it."""

    line: int
    intent: Intent | None = None
    problem: LedgerError | None = None


def read(file: BinaryIO, find_book: FindBook) -> Iterator[Read]:
    """Read a file line by line; empty lines are passed over."""
    for number, line in enumerate(_lines(file), start=1):
        if line is not None and not line.strip():
            continue
        try:
            if line is None:
                raise LineTooLong
            yield Read(number, intent_of(line, find_book))
        except LedgerError as problem:
            yield Read(number, problem=problem)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Give the lines of a file; None for one that is too long, which is never held whole."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE:
            yield line.removeprefix(b"\xef\xbb\xbf")
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield None


def intent_of(line: bytes, find_book: FindBook) -> Intent:
    """Read one intent.

    Raises: LineNotJson, the Field errors, and those of amounts, dates and books.
    """
    fields = _object(line)
    verb = _take(fields, "verb", str, "post")
    reader = _VERBS.get(verb)
    if reader is None:
        raise FieldMalformed("verb", verb)
    common = _common(fields, find_book)
    intent = reader(common, fields)
    for left in fields:
        raise FieldUnknown(left)
    return intent


def _object(line: bytes) -> Fields:
    try:
        found = json.loads(
            line.decode(),
            object_pairs_hook=_once,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise LineNotJson("UTF-8") from error
    except RecursionError as error:
        raise LineNotJson("[[[…") from error
    except ValueError as error:
        raise LineNotJson(str(error).partition(":")[0]) from error
    if not isinstance(found, dict):
        raise LineNotJson(type(found).__name__)
    return found


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    found: Fields = {}
    for key, value in pairs:
        if key in found:
            raise FieldRepeated(key)
        found[key] = value
    return found


def _no_number(text: str) -> NoReturn:
    raise LineNotJson(text)


def _take(fields: Fields, name: str, kind: type, default: Any = ...) -> Any:
    """Take a field out, of exactly this type; null is as good as absent where it may be absent."""
    value = fields.pop(name, None)
    if value is None:
        if default is ...:
            raise FieldMissing(name)
        return default
    if type(value) is not kind:
        raise FieldMalformed(name, _shown(value))
    return value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:100]


def _common(fields: Fields, find_book: FindBook) -> Fields:
    """Take what all verbs share."""
    metadata = _take(fields, "metadata", dict, None)
    for key, value in (metadata or {}).items():
        if type(value) is not str:
            raise FieldMalformed(f"metadata.{key}", _shown(value))
    common: Fields = {
        "book_id": find_book(_take(fields, "book", str)),
        "id": _id(fields, "id"),
        "effective_date": _day(fields, "effective_date"),
        "value_date": _day(fields, "value_date", None),
        "kind": _take(fields, "kind", str, "journal"),
        "narration": _take(fields, "narration", str, None),
        "metadata": metadata,
        "subject": _take(fields, "subject", str, ""),
        "bundle": _id(fields, "bundle", None),
        "device_time": _instant(fields, "device_time"),
    }
    return common


def _id(fields: Fields, name: str, default: Any = ...) -> Any:
    text = _take(fields, name, str, default)
    if text is default:
        return default
    if _ID.fullmatch(text) is None:
        raise FieldMalformed(name, text)
    return bytes.fromhex(text.replace("-", ""))


def _day(fields: Fields, name: str, default: Any = ...) -> date | None:
    text = _take(fields, name, str, default)
    return None if text is None else dates.parse_date(text)


def _instant(fields: Fields, name: str) -> datetime | None:
    text = _take(fields, name, str, None)
    if text is None:
        return None
    if _INSTANT.fullmatch(text) is None:
        raise FieldMalformed(name, text)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise FieldMalformed(name, text) from error


def _money(fields: Fields, name: str) -> money.Money:
    """Take an amount: `{"amount": "1250.00", "currency": "IDR"}`."""
    value = _take(fields, name, dict)
    amount, currency = _take(value, "amount", str), _take(value, "currency", str)
    for left in value:
        raise FieldUnknown(f"{name}.{left}")
    return money.parse(amount, currency)


def _account(fields: Fields) -> int | str:
    """Take an account: its code, or its number."""
    value = fields.pop("account", None)
    if value is None:
        raise FieldMissing("account")
    if type(value) not in {int, str}:
        raise FieldMalformed("account", _shown(value))
    found: int | str = value
    return found


def _list(fields: Fields, name: str, default: Any = ...) -> Any:
    found = _take(fields, name, list, default)
    for each in found or ():
        if type(each) is not dict:
            raise FieldMalformed(name, _shown(each))
    return found


def _postings(fields: Fields) -> tuple[intents.Posting, ...]:
    return tuple(_posting(each) for each in _list(fields, "postings"))


def _posting(line: Fields) -> intents.Posting:
    """Take a line: an account, and `debit` or `credit` with the amount."""
    account = _account(line)
    if ("debit" in line) == ("credit" in line):
        raise FieldMissing("debit | credit")
    side = Side.DEBIT if "debit" in line else Side.CREDIT
    amount = _money(line, side.value)
    for left in line:
        raise FieldUnknown(f"postings.{left}")
    return intents.Posting(account, side, amount.minor, amount.currency)


def _parts(fields: Fields) -> tuple[intents.Line, ...] | None:
    """Take parts of the lines of an earlier entry."""
    found = _list(fields, "lines", None)
    return None if found is None else tuple(_part(each) for each in found)


def _part(part: Fields) -> intents.Line:
    number, amount = _take(part, "line", int), _money(part, "amount")
    made = intents.Line(number, amount.minor, amount.currency)
    for left in part:
        raise FieldUnknown(f"lines.{left}")
    return made


def _exchange(fields: Fields) -> intents.Exchange | None:
    value = _take(fields, "exchange", dict, None)
    if value is None:
        return None
    rate = _take(value, "mid_rate", str, None)
    if rate is not None and _RATE.fullmatch(rate) is None:
        raise FieldMalformed("exchange.mid_rate", rate)
    made = intents.Exchange(
        None if rate is None else Decimal(rate),
        _take(value, "mid_source", str, None),
        _day(value, "mid_date", None),
    )
    for left in value:
        raise FieldUnknown(f"exchange.{left}")
    return made


def _post(common: Fields, fields: Fields) -> Intent:
    return intents.Post(**common, postings=_postings(fields), exchange=_exchange(fields))


def _reserve(common: Fields, fields: Fields) -> Intent:
    due = _instant(fields, "expires_at")
    return intents.Reserve(**common, postings=_postings(fields), expires_at=due)


def _capture(common: Fields, fields: Fields) -> Intent:
    return intents.Capture(
        **common,
        hold_id=_id(fields, "hold"),
        lines=_parts(fields),
        keep_rest=_take(fields, "keep_rest", bool, default=False),
    )


def _release(common: Fields, fields: Fields) -> Intent:
    return intents.Release(**common, hold_id=_id(fields, "hold"))


def _expire(common: Fields, fields: Fields) -> Intent:
    return intents.Expire(**common, hold_id=_id(fields, "hold"))


def _reverse(common: Fields, fields: Fields) -> Intent:
    return intents.Reverse(
        **common,
        entry_id=_id(fields, "entry"),
        lines=_parts(fields),
        reason=_take(fields, "reason", str, None),
    )


def _amend(common: Fields, fields: Fields) -> Intent:
    return intents.Amend(
        **common,
        entry_id=_id(fields, "entry"),
        postings=_postings(fields),
        exchange=_exchange(fields),
        reason=_take(fields, "reason", str, None),
    )


def _assert(common: Fields, fields: Fields) -> Intent:
    account, balance = _account(fields), _money(fields, "balance")
    return intents.AssertBalance(
        **common, account=account, balance=balance.minor, currency=balance.currency
    )


_VERBS: Final[Mapping[str, Callable[[Fields, Fields], Intent]]] = {
    "post": _post,
    "reserve": _reserve,
    "capture": _capture,
    "release": _release,
    "expire": _expire,
    "reverse": _reverse,
    "amend": _amend,
    "assert": _assert,
}
