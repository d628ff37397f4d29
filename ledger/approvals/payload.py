"""The bytes of a proposal: what is hashed, stored, shown and carried out (docs/decisions/0024).

`juang/proposal/1`, a zero byte, and one value: a mapping of tenant, id, revision, kind, content,
beneficiaries, amount, funds and expiry. A value is a tag byte, a length of four bytes big-endian,
and its content. Keys of a mapping ascend by their bytes, texts are UTF-8 in NFC, integers decimal
digits, dates ISO text, instants microseconds since 1970 in eight bytes. There is one way to write a
value, and `read` refuses every other. Golden vectors: tests/golden/proposals.json.

Content names persons, books and terms by id. It is kept for ever: personal data never stand in it.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from ledger.books.classes import Side
from ledger.errors import Malformed, Wording
from ledger.journal.intents import Posting
from ledger.money import Money

HEADER: Final = b"juang/proposal/1\x00"
LONGEST: Final = 65_536
"""Bytes of one payload: an approver has to read it."""
DEEPEST: Final = 8

Content = Mapping[str, Any]
"""None, bool, int, str, bytes, date, datetime, Decimal, and tuples or mappings of them, by name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(eq=False)
class PayloadMalformed(Malformed):
    """What is proposed cannot be written down, or is not what was written down."""

    code = "payload_malformed"
    wording = Wording(
        id="Isi usulan tidak sah: {reason}.", en="The content of the proposal is invalid: {reason}."
    )
    reason: str


@dataclass(frozen=True, slots=True)
class Funds:
    """Money that is held in a book of the tenant while a proposal waits, and moved by it."""

    book_id: int
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is proposed: the kind says who carries it out, everything else says what.

    `beneficiaries` are the persons who gain from it, `amount` decides which rule it falls under.
    """

    kind: str
    content: Content
    expires_at: datetime
    beneficiaries: frozenset[int] = frozenset()
    amount: Money | None = None
    funds: Funds | None = None


def payload(tenant: int, proposal: bytes, revision: int, terms: Terms) -> bytes:
    """Write one revision of a proposal as bytes.

    Raises:
        PayloadMalformed: a value has no canonical form, or there are too many bytes.
    """
    amount = terms.amount
    whole: Content = {
        "tenant": tenant,
        "id": proposal,
        "revision": revision,
        "kind": terms.kind,
        "content": terms.content,
        "beneficiaries": tuple(sorted(terms.beneficiaries)),
        "amount": None if amount is None else (amount.minor, amount.currency),
        "funds": None if terms.funds is None else _funds(terms.funds),
        "expires_at": terms.expires_at,
    }
    written = HEADER + _write(whole, 0)
    if len(written) > LONGEST:
        raise PayloadMalformed(f"more than {LONGEST} bytes")
    return written


def digest(content: bytes) -> bytes:
    """Hash a payload: this is what an approver approves."""
    return hashlib.sha256(content).digest()


def read(content: bytes) -> tuple[int, bytes, int, Terms]:
    """Read a payload back: tenant, id, revision, terms.

    Raises:
        PayloadMalformed: these are not the canonical bytes of a proposal.
    """
    if not content.startswith(HEADER):
        raise PayloadMalformed("unknown version")
    try:
        whole = _Reader(content, len(HEADER)).whole()
        terms = _terms(whole)
        tenant, id_, revision = whole["tenant"], whole["id"], whole["revision"]
        again = payload(tenant, id_, revision, terms)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise PayloadMalformed("unreadable") from error
    if again != content:
        raise PayloadMalformed("not canonical")
    return tenant, id_, revision, terms


def _funds(funds: Funds) -> Content:
    lines = tuple(
        (line.account, line.side.value, line.amount, line.currency) for line in funds.postings
    )
    return {"book": funds.book_id, "lines": lines}


def _terms(whole: Content) -> Terms:
    amount, funds = whole["amount"], whole["funds"]
    held = None
    if funds is not None:
        lines = (Posting(no, Side(side), much, unit) for no, side, much, unit in funds["lines"])
        held = Funds(funds["book"], tuple(lines))
    return Terms(
        kind=whole["kind"],
        content=whole["content"],
        expires_at=whole["expires_at"],
        beneficiaries=frozenset(whole["beneficiaries"]),
        amount=None if amount is None else Money(*amount),
        funds=held,
    )


# Values. A bool is an int to Python, and a datetime is a date: the finer kind comes first.


def _write(value: Any, depth: int) -> bytes:
    if depth > DEEPEST:
        raise PayloadMalformed("nested too deeply")
    match value:
        case None:
            return _section(b"n", b"")
        case bool():
            return _section(b"b", bytes([value]))
        case int():
            if not -(2**63) <= value < 2**63:
                raise PayloadMalformed("a number beyond 64 bits")
            return _section(b"i", str(int(value)).encode())
        case str():
            return _section(b"t", _text(value))
        case bytes():
            return _section(b"x", value)
        case datetime():
            if value.tzinfo is None:
                raise PayloadMalformed("an instant without an offset")
            moment = (value - _EPOCH) // _MICROSECOND
            return _section(b"m", moment.to_bytes(8, "big", signed=True))
        case date():
            return _section(b"d", value.isoformat().encode())
        case Decimal():
            return _section(b"r", _digits(value))
        case tuple():
            return _section(b"l", b"".join(_write(each, depth + 1) for each in value))
        case Mapping():
            return _section(b"o", _pairs(value, depth))
        case _:
            raise PayloadMalformed(f"a {type(value).__name__} has no canonical form")


def _pairs(value: Content, depth: int) -> bytes:
    written = sorted((_text(key), _write(each, depth + 1)) for key, each in value.items())
    keys = [key for key, _ in written]
    if len(set(keys)) != len(keys):
        raise PayloadMalformed("a name stands twice")
    return b"".join(_section(b"t", key) + each for key, each in written)


def _section(tag: bytes, content: bytes) -> bytes:
    return tag + len(content).to_bytes(4, "big") + content


def _text(value: Any) -> bytes:
    if not isinstance(value, str) or "\x00" in value:
        raise PayloadMalformed("a text that cannot be kept")
    try:
        return unicodedata.normalize("NFC", value).encode()
    except UnicodeEncodeError as error:
        raise PayloadMalformed("a text that is not Unicode") from error


def _digits(value: Decimal) -> bytes:
    if not value.is_finite():
        raise PayloadMalformed("a number that is none")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).encode()


@dataclass(slots=True)
class _Reader:
    """Reads values one after the other; anything odd raises, and `read` says so once."""

    content: bytes
    at: int

    def whole(self) -> Content:
        """Read the one mapping that a payload is."""
        value = self.value(len(self.content), 0)
        if self.at != len(self.content) or not isinstance(value, dict):
            raise ValueError
        return value

    def value(self, end: int, depth: int) -> Any:
        """Read one value that ends by `end`."""
        tag = self.content[self.at : self.at + 1]
        length = int.from_bytes(self.content[self.at + 1 : self.at + 5], "big")
        start = self.at + 5
        if start + length > end or depth > DEEPEST:
            raise ValueError
        self.at = start + length
        body = self.content[start : self.at]
        if tag in b"lo" and tag:
            return self._many(tag, start, depth)
        return _SCALARS[tag](body)

    def _many(self, tag: bytes, start: int, depth: int) -> Any:
        end, self.at = self.at, start
        found = []
        while self.at < end:
            found.append(self.value(end, depth + 1))
        if tag == b"l":
            return tuple(found)
        return dict(zip(found[::2], found[1::2], strict=True))


_SCALARS: Final[Mapping[bytes, Any]] = {
    b"n": {b"": None}.__getitem__,
    b"b": {b"\x00": False, b"\x01": True}.__getitem__,
    b"i": lambda body: int(body.decode("ascii")),
    b"t": lambda body: body.decode(),
    b"x": bytes,
    b"m": lambda body: _EPOCH + int.from_bytes(body, "big", signed=True) * _MICROSECOND,
    b"d": lambda body: date.fromisoformat(body.decode("ascii")),
    b"r": lambda body: Decimal(body.decode("ascii")),
}
