"""The forms of values in bodies and queries: one grammar each, and nothing is converted quietly.

All schemas are strict and closed: a number in quotes is no number, a field that is not in the
schema is a mistake, and an absent field may be null only where that is said.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, NewType

from pydantic import BaseModel, ConfigDict, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from ledger import dates, money
from ledger.errors import LedgerError

MOST_DIGITS: Final = 18
_AMOUNT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,8})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}",
    re.ASCII | re.IGNORECASE,
)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ID: Final = re.compile(r"[0-7][0-9a-f]{15}", re.ASCII)
_COUNT: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_RATE: Final = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?", re.ASCII)

Number = NewType("Number", int)
"""An id of ours inside: 63 bits."""


class Strict(BaseModel):
    """Ground of every schema."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _wrong(code: str) -> PydanticCustomError:
    return PydanticCustomError(f"juang_{code}", "")


def _text(value: Any, code: str) -> str:
    if type(value) is not str:
        raise _wrong("wrong_type")
    return _sized(value, code)


def _sized(value: str, code: str) -> str:
    if len(value) > 64:
        raise _wrong(code)
    return value


def as_money(value: Any) -> money.Money:
    """Read `{"amount": "1250.00", "currency": "IDR"}`; the amount is always text."""
    if type(value) is money.Money:
        return value
    if type(value) is not dict or value.keys() != {"amount", "currency"}:
        raise _wrong("money_malformed")
    amount, currency = value["amount"], value["currency"]
    if type(amount) is not str or type(currency) is not str:
        raise _wrong("money_malformed")
    if _AMOUNT.fullmatch(amount) is None or _CURRENCY.fullmatch(currency) is None:
        raise _wrong("money_malformed")
    try:
        return money.parse(amount, currency)
    except LedgerError:
        raise _wrong("money_malformed") from None


def as_entry_id(value: Any) -> bytes:
    """Read an id of the client's: a UUID, with hyphens or without."""
    if type(value) is bytes:
        return value
    text = _text(value, "id_malformed")
    if _UUID.fullmatch(text) is None:
        raise _wrong("id_malformed")
    return bytes.fromhex(text.replace("-", ""))


def as_instant(value: Any) -> datetime:
    """Read an instant with its offset; what has none is no instant."""
    text = _text(value, "instant_malformed")
    if _INSTANT.fullmatch(text) is None:
        raise _wrong("instant_malformed")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong("instant_malformed") from None


def as_day(value: Any) -> date:
    """Read a civil date."""
    text = _text(value, "date_malformed")
    if _DAY.fullmatch(text) is None:
        raise _wrong("date_malformed")
    try:
        return dates.parse_date(text)
    except LedgerError:
        raise _wrong("date_malformed") from None


def as_number(value: Any) -> int:
    """Read an id of ours."""
    text = _text(value, "id_malformed")
    if _ID.fullmatch(text) is None:
        raise _wrong("id_malformed")
    return int(text, 16)


def as_count(value: Any) -> int:
    """Read a whole number of a query, which is text: no sign, no point, no spaces."""
    text = _text(value, "out_of_range")
    if _COUNT.fullmatch(text) is None:
        raise _wrong("out_of_range")
    return int(text)


def as_rate(value: Any) -> Decimal:
    """Read a rate: a positive decimal as text."""
    text = _text(value, "field_malformed")
    if _RATE.fullmatch(text) is None:
        raise _wrong("field_malformed")
    return Decimal(text)


def written_id(number: int) -> str:
    """Write an id of ours as it is seen outside: sixteen hex digits.

    >>> written_id(255)
    '00000000000000ff'
    """
    return f"{number:016x}"


def written_uuid(entry_id: bytes) -> str:
    """Write an id of the client's.

    >>> written_uuid(bytes(range(16)))
    '00010203-0405-0607-0809-0a0b0c0d0e0f'
    """
    text = entry_id.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def written_instant(at: datetime) -> str:
    """Write an instant in UTC.

    >>> written_instant(datetime(2026, 11, 24, 8, tzinfo=UTC))
    '2026-11-24T08:00:00Z'
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def written_money(minor: int, currency: str) -> dict[str, str]:
    """Write money: the amount as text with the currency's own decimals.

    >>> written_money(125000, "IDR")
    {'amount': '1250.00', 'currency': 'IDR'}
    """
    return {"amount": money.format_plain(minor, currency), "currency": currency}


def _form(read: Any, schema: dict[str, Any]) -> Any:
    """Put a reader and the form it takes, for the description, on a type."""
    return PlainValidator(read), WithJsonSchema(schema)


def _like(pattern: re.Pattern[str], **more: Any) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^(?:{pattern.pattern})$", **more}


MONEY_SCHEMA: Final = {
    "type": "object",
    "properties": {"amount": _like(_AMOUNT), "currency": _like(_CURRENCY)},
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
UUID_SCHEMA: Final = {"type": "string", "format": "uuid"}
ID_SCHEMA: Final = _like(_ID)
INSTANT_SCHEMA: Final = {"type": "string", "format": "date-time"}
DAY_SCHEMA: Final = {"type": "string", "format": "date"}

AnyMoney = Annotated[money.Money, *_form(as_money, MONEY_SCHEMA)]
EntryIdField = Annotated[bytes, *_form(as_entry_id, UUID_SCHEMA)]
Instant = Annotated[datetime, *_form(as_instant, INSTANT_SCHEMA)]
Day = Annotated[date, *_form(as_day, DAY_SCHEMA)]
IdField = Annotated[int, *_form(as_number, ID_SCHEMA)]
Count = Annotated[int, *_form(as_count, {"type": "integer", "minimum": 0})]
Rate = Annotated[Decimal, *_form(as_rate, _like(_RATE))]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$", max_length=32)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(max_length=500)]
Ref = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}$", max_length=64)
]
