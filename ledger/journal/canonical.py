"""The bytes that are hashed: requests, leaves and text commitments (docs/canonical.md).

A request is `juang/intent/1` followed by sections: one tag byte, a length of four bytes, a
value. Sections stand in ascending order of tag; one that does not apply is absent, which
differs from empty. Integers are big-endian, dates ISO text, instants microseconds since 1970 in
eight bytes, texts UTF-8 in NFC. Accounts stand by number, so that renaming a code changes no
hash. Golden vectors: tests/golden/canonical.json. Any change here is a new version of the format.
"""

import hashlib
import hmac
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from ledger.books.classes import Side
from ledger.journal import intents, shape
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code

INTENT_HEADER = b"juang/intent/1\x00"
LEAF_HEADER = b"juang/leaf/1\x00"
TEXT_HEADER = b"juang/text/1\x00"

BOOK, ID, VERB, TARGET, POSTINGS, LINES, BALANCE = range(1, 8)
EFFECTIVE_DATE, VALUE_DATE, KIND, EXCHANGE, EXPIRY, OPTIONS, BUNDLE, TEXTS, DEVICE_TIME = range(
    8, 17
)

HASH_BYTES = 32
KEEP_REST = 1
BY_LINES = 2

DIFFERENCES: Mapping[int, Code] = {
    VERB: Code.EXISTS_WITH_DIFFERENT_VERB,
    TARGET: Code.EXISTS_WITH_DIFFERENT_TARGET,
    POSTINGS: Code.EXISTS_WITH_DIFFERENT_POSTINGS,
    LINES: Code.EXISTS_WITH_DIFFERENT_POSTINGS,
    BALANCE: Code.EXISTS_WITH_DIFFERENT_POSTINGS,
    EFFECTIVE_DATE: Code.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE,
    VALUE_DATE: Code.EXISTS_WITH_DIFFERENT_VALUE_DATE,
    KIND: Code.EXISTS_WITH_DIFFERENT_KIND,
    EXCHANGE: Code.EXISTS_WITH_DIFFERENT_EXCHANGE,
    EXPIRY: Code.EXISTS_WITH_DIFFERENT_EXPIRY,
    OPTIONS: Code.EXISTS_WITH_DIFFERENT_OPTIONS,
    BUNDLE: Code.EXISTS_WITH_DIFFERENT_BUNDLE,
    TEXTS: Code.EXISTS_WITH_DIFFERENT_TEXT,
    DEVICE_TIME: Code.EXISTS_WITH_DIFFERENT_DEVICE_TIME,
}
"""What to answer when a section differs, in the order in which sections are compared."""

VERBS: Mapping[type[Intent], str] = {
    intents.Post: "post",
    intents.Reserve: "reserve",
    intents.Capture: "capture",
    intents.Release: "release",
    intents.Expire: "expire",
    intents.Reverse: "reverse",
    intents.Amend: "amend",
    intents.AssertBalance: "assert",
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEAD = struct.Struct(">BIqBI16s")
_AMOUNT = struct.Struct(">qBq3s")
_LINE = struct.Struct(">Hq")
_SECTION = struct.Struct(">BI")
_DEBIT = Side.DEBIT


def _section(tag: int, value: bytes) -> bytes:
    return _SECTION.pack(tag, len(value)) + value


_VERB_SECTIONS = {kind: _section(VERB, verb.encode()) for kind, verb in VERBS.items()}


@lru_cache(maxsize=4096)
def _dates_and_kind(effective_date: date, value_date: date | None, kind: str) -> bytes:
    """Write three sections that many requests of a batch have in common."""
    parts = _section(EFFECTIVE_DATE, effective_date.isoformat().encode())
    if value_date is not None:
        parts += _section(VALUE_DATE, value_date.isoformat().encode())
    return parts + _section(KIND, kind.encode())


def microseconds(instant: datetime) -> int:
    """Count whole microseconds since 1970 in UTC.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (instant - _EPOCH) // _MICROSECOND


def intent_bytes(
    intent: Intent, accounts: Sequence[int | str], commitments: Mapping[str, bytes]
) -> bytes:
    """Write a request as bytes.

    `accounts` are the numbers of the accounts of its postings, in order (a code where the book
    has no such account); `commitments` the commitments to its texts, by field.
    """
    kind = type(intent)
    parts = [
        INTENT_HEADER,
        _HEAD.pack(BOOK, 8, intent.book_id, ID, 16, intent.id),
        _VERB_SECTIONS[kind],
    ]
    plain = kind is intents.Post
    if plain:
        packed = _postings(intent.postings, accounts)  # type: ignore[attr-defined]
        parts += (_SECTION.pack(POSTINGS, len(packed)), packed)
    else:
        _append_particulars(parts, intent, accounts)
    parts.append(_dates_and_kind(intent.effective_date, intent.value_date, intent.kind))
    if not plain or intent.exchange is not None:  # type: ignore[attr-defined]
        _append_options(parts, intent)
    if intent.bundle is not None:
        parts.append(_section(BUNDLE, intent.bundle))
    if commitments:
        parts.append(_section(TEXTS, _texts(commitments)))
    if intent.device_time is not None:
        moment = microseconds(intent.device_time)
        parts.append(_section(DEVICE_TIME, moment.to_bytes(8, "big", signed=True)))
    return b"".join(parts)


def _append_options(parts: list[bytes], intent: Intent) -> None:
    """Append the sections that stand between the kind and the bundle, in order of tag."""
    if isinstance(intent, intents.Post | intents.Amend) and intent.exchange is not None:
        parts.append(_section(EXCHANGE, _exchange(intent.exchange)))
    if isinstance(intent, intents.Reserve) and intent.expires_at is not None:
        moment = microseconds(intent.expires_at)
        parts.append(_section(EXPIRY, moment.to_bytes(8, "big", signed=True)))
    if options := option_flags(intent):
        parts.append(_section(OPTIONS, bytes([options])))


def option_flags(intent: Intent) -> int:
    """Give the options of a request as bits: keep the rest (1), given line by line (2)."""
    flags = 0
    if isinstance(intent, intents.Capture | intents.Reverse) and intent.lines is not None:
        flags |= BY_LINES
    if isinstance(intent, intents.Capture) and intent.keep_rest:
        flags |= KEEP_REST
    return flags


def _append_particulars(parts: list[bytes], intent: Intent, accounts: Sequence[int | str]) -> None:
    """Append the sections that only some verbs have, in order of tag."""
    if isinstance(intent, intents.Reverse | intents.Amend):
        parts.append(_section(TARGET, intent.entry_id))
    elif isinstance(intent, intents.Capture | intents.Release | intents.Expire):
        parts.append(_section(TARGET, intent.hold_id))
    if isinstance(intent, intents.Reserve | intents.Amend):
        parts.append(_section(POSTINGS, _postings(intent.postings, accounts)))
    if isinstance(intent, intents.Capture | intents.Reverse) and intent.lines is not None:
        parts.append(_section(LINES, _lines(intent.lines)))
    if isinstance(intent, intents.AssertBalance):
        asserted = intents.Posting(intent.account, Side.DEBIT, intent.balance, intent.currency)
        parts.append(_section(BALANCE, _postings((asserted,), accounts)))


def _lines(lines: Sequence[intents.Line]) -> bytes:
    """Write parts of lines by line number, each named once: their order says nothing."""
    amounts: dict[int, int] = {}
    for line in lines:
        amounts[line.line] = amounts.get(line.line, 0) + line.amount
    return b"".join(_LINE.pack(line, amounts[line]) for line in sorted(amounts))


def _postings(postings: Sequence[intents.Posting], accounts: Sequence[int | str]) -> bytes:
    """Write lines: account number, side (1 debit, 0 credit), amount, currency; order counts."""
    packed = []
    for posting, account in zip(postings, accounts, strict=True):
        number, code = (account, None) if type(account) is int else (-1, str(account))
        currency = posting.currency.encode()
        packed.append(_AMOUNT.pack(number, posting.side is _DEBIT, posting.amount, currency))
        if code is not None:
            packed.append(_section(0, code.encode()))
    return b"".join(packed)


def _exchange(exchange: intents.Exchange) -> bytes:
    rate = "" if exchange.mid_rate is None else _digits(exchange.mid_rate)
    source = shape.normal(exchange.mid_source or "")
    day = "" if exchange.mid_date is None else exchange.mid_date.isoformat()
    return f"{rate}\x00{source}\x00{day}".encode()


def _digits(rate: Decimal) -> str:
    """Write a rate without exponent or trailing zeros: equal rates hash alike."""
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _texts(commitments: Mapping[str, bytes]) -> bytes:
    """Write commitments in order of field name."""
    return b"".join(_section(0, name.encode()) + commitments[name] for name in sorted(commitments))


def digest(content: bytes) -> bytes:
    """Hash canonical bytes."""
    return hashlib.sha256(content).digest()


def amendment_id(entry_id: bytes) -> bytes:
    """Derive the id of the reversal inside an amendment from the amendment's own id."""
    return hashlib.sha256(b"juang/amend/1" + entry_id).digest()[:16]


_LEAF = struct.Struct(">qqq10sqqB")


def leaf_hash(
    book_id: int,
    seq: int,
    recorded_at: int,
    effective_date: str,
    actor: str,
    target_seq: int | None,
    amends_seq: int | None,
    intent_hash: bytes,
) -> bytes:
    """Hash what is proved of an accepted entry: place, moment, date, links and request.

    `recorded_at` in microseconds; an absent link is zero, which is no `seq`.
    """
    name = actor.encode()
    return hashlib.sha256(
        LEAF_HEADER
        + _LEAF.pack(
            book_id,
            seq,
            recorded_at,
            effective_date.encode(),
            target_seq or 0,
            amends_seq or 0,
            len(name),
        )
        + name
        + intent_hash
    ).digest()


def commitment(salt_key: bytes, book_id: int, entry_id: bytes, field: str, text: str) -> bytes:
    """Commit to a text without revealing it, by a salt that only its subject's key gives."""
    place = TEXT_HEADER + book_id.to_bytes(8, "big", signed=True) + entry_id + field.encode()
    salt = hmac.digest(salt_key, place, "sha256")
    return hmac.digest(salt, text.encode(), "sha256")


def first_difference(stored: bytes, asked: bytes) -> Code | None:
    """Name the first section in which two requests of one id differ; None where they are the same.

    Raises:
        AssertionError: they differ in nothing that a request may choose (a bug).
    """
    if stored == asked:
        return None
    old, new = _sections(stored), _sections(asked)
    for tag, code in DIFFERENCES.items():
        if old.get(tag) == new.get(tag):
            continue
        if tag in (POSTINGS, LINES, BALANCE) and _same_but_amounts(tag, old.get(tag), new.get(tag)):
            return Code.EXISTS_WITH_DIFFERENT_AMOUNT
        return code
    raise AssertionError("two requests of one id differ in no section")


def text_commitments(content: bytes) -> dict[str, bytes]:
    """Read the commitments to texts out of a request's bytes, by field."""
    packed = _sections(content).get(TEXTS, b"")
    found: dict[str, bytes] = {}
    at = 0
    while at < len(packed):
        _tag, length = _SECTION.unpack_from(packed, at)
        at += _SECTION.size
        field = packed[at : at + length].decode()
        at += length
        found[field] = packed[at : at + HASH_BYTES]
        at += HASH_BYTES
    return found


def about(content: bytes) -> tuple[bytes | None, bytes | None, date]:
    """Read out of a request's bytes which entry it is about, its bundle and its date."""
    sections = _sections(content)
    day = date.fromisoformat(sections[EFFECTIVE_DATE].decode())
    return sections.get(TARGET), sections.get(BUNDLE), day


def _sections(content: bytes) -> dict[int, bytes]:
    """Cut canonical bytes into sections by tag."""
    found: dict[int, bytes] = {}
    at = len(INTENT_HEADER)
    while at < len(content):
        tag, length = _SECTION.unpack_from(content, at)
        at += _SECTION.size
        found[tag] = content[at : at + length]
        at += length
    return found


def _same_but_amounts(tag: int, old: bytes | None, new: bytes | None) -> bool:
    """Tell whether two sets of lines name the same accounts, sides and currencies."""
    if old is None or new is None:
        return False
    return _without_amounts(tag, old) == _without_amounts(tag, new)


def _without_amounts(tag: int, packed: bytes) -> list[tuple[object, ...]]:
    """Read lines without their amounts; an account named by code has it behind its line."""
    found: list[tuple[object, ...]] = []
    at = 0
    while at < len(packed):
        if tag == LINES:
            found.append(_LINE.unpack_from(packed, at)[:1])
            at += _LINE.size
            continue
        number, debit, _amount, currency = _AMOUNT.unpack_from(packed, at)
        at += _AMOUNT.size
        code = b""
        if number < 0:
            _tag, length = _SECTION.unpack_from(packed, at)
            at += _SECTION.size
            code = packed[at : at + length]
            at += length
        found.append((number, code, debit, currency))
    return found
