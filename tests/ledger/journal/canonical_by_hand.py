"""A second encoder of the hashed bytes, written from their description; it imports no engine.

A request is `juang/intent/1`, a zero byte, and sections in ascending order of tag: one byte of
tag, four of length, the value. Integers are big-endian and signed, eight bytes where nothing
else is said; dates are ISO text, moments microseconds since 1970, texts UTF-8 in NFC.

     1 book            8 effective date
     2 id (16 bytes)   9 value date
     3 verb           10 kind
     4 target's id    11 exchange: rate, source and date of the mid rate, joined by zero bytes
     5 postings       12 expiry of a hold
     6 parts of lines 13 options in one byte: 1 the rest is kept, 2 given line by line
     7 balance        14 bundle's id
                      15 texts: by field name, the name as a section of tag 0, 32 bytes each
                      16 the device's moment

A posting is its account's number, one byte (1 debit, 0 credit), the amount and three letters of
currency. An account the book does not know is -1, and its code follows as a section of tag 0.
A part of a line is its number in two bytes and its amount, in order of number. A balance is
written as a debit. A rate is plain digits without trailing zeros.

Requests come as plain JSON values: see tests/golden/canonical.json.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def request_bytes(request: Json) -> bytes:
    """Write a request."""
    return b"juang/intent/1\0" + b"".join(_section(*pair) for pair in _sections(request))


def _sections(request: Json) -> Iterator[tuple[int, bytes]]:
    yield 1, _int(request["book"])
    yield 2, bytes.fromhex(request["id"])
    yield 3, request["verb"].encode()
    if "target" in request:
        yield 4, bytes.fromhex(request["target"])
    if "postings" in request:
        yield 5, b"".join(_posting(*posting) for posting in request["postings"])
    if "lines" in request:
        yield 6, b"".join(_int(line, 2) + _int(amount) for line, amount in request["lines"])
    if "balance" in request:
        account, amount, currency = request["balance"]
        yield 7, _posting(account, "debit", amount, currency)
    yield 8, request["effective_date"].encode()
    if "value_date" in request:
        yield 9, request["value_date"].encode()
    yield 10, request["kind"].encode()
    if "exchange" in request:
        yield 11, b"\0".join(part.encode() for part in request["exchange"])
    if "expires_at" in request:
        yield 12, _moment(request["expires_at"])
    if "options" in request:
        yield 13, bytes([request["options"]])
    if "bundle" in request:
        yield 14, bytes.fromhex(request["bundle"])
    if "texts" in request:
        texts = sorted(request["texts"].items())
        yield 15, b"".join(_section(0, name.encode()) + bytes.fromhex(c) for name, c in texts)
    if "device_time" in request:
        yield 16, _moment(request["device_time"])


def _section(tag: int, value: bytes) -> bytes:
    return bytes([tag]) + len(value).to_bytes(4, "big") + value


def _int(number: int, size: int = 8) -> bytes:
    return number.to_bytes(size, "big", signed=True)


def _posting(account: int | str, side: str, amount: int, currency: str) -> bytes:
    known = isinstance(account, int)
    head = _int(account if isinstance(account, int) else -1)
    tail = b"" if known else _section(0, str(account).encode())
    return head + bytes([side == "debit"]) + _int(amount) + currency.encode() + tail


def _moment(text: str) -> bytes:
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return _int(since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds)


def leaf(entry: Json) -> bytes:
    """Hash what is proved of an entry; links that are not there are zero."""
    actor = entry["actor"].encode()
    return hashlib.sha256(
        b"juang/leaf/1\0"
        + _int(entry["book"])
        + _int(entry["seq"])
        + _moment(entry["recorded_at"])
        + entry["effective_date"].encode()
        + _int(entry.get("target_seq", 0))
        + _int(entry.get("amends_seq", 0))
        + bytes([len(actor)])
        + actor
        + bytes.fromhex(entry["intent_hash"])
    ).digest()


def commitment(text: Json) -> bytes:
    """Commit to a text: HMAC under a salt, itself the HMAC of the place under the subject's key."""
    place = b"juang/text/1\0" + _int(text["book"]) + bytes.fromhex(text["id"])
    key = bytes.fromhex(text["salt_key"])
    salt = hmac.new(key, place + text["field"].encode(), "sha256").digest()
    return hmac.new(salt, text["text"].encode(), "sha256").digest()


def amendment_id(entry_id: str) -> bytes:
    """Derive the id of the reversal in an amendment."""
    return hashlib.sha256(b"juang/amend/1" + bytes.fromhex(entry_id)).digest()[:16]
