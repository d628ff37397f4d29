"""What an entry is asked for with: one schema per verb, and the intent it becomes."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    ConfigDict,
    Discriminator,
    RootModel,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic import Field as Of
from pydantic_core import PydanticCustomError

from api.http import reading
from api.http.fields import AnyMoney, Day, EntryIdField, Instant, Rate, Short, Strict, Text, Word
from ledger.books.classes import Side
from ledger.journal import intents
from ledger.journal.intents import Intent

MOST_ITEMS: Final = 500
_Code = Annotated[str, StringConstraints(min_length=1, max_length=120)]
_Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$", max_length=32)]
_AccountNo = Annotated[int, Of(gt=0, lt=2**31)]
AccountRef = _AccountNo | _Code


class PostingIn(Strict):
    """One line: an account by code or number, and an amount as `debit` or as `credit`."""

    account: AccountRef
    debit: AnyMoney | None = None
    credit: AnyMoney | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.debit is None) == (self.credit is None):
            raise PydanticCustomError("juang_field_missing", "debit or credit")
        return self

    def posting(self) -> intents.Posting:
        """Give the line of an intent."""
        side, money = (Side.DEBIT, self.debit) if self.debit else (Side.CREDIT, self.credit)
        assert money is not None, "one of the two is there"
        return intents.Posting(self.account, side, money.minor, money.currency)


class PartIn(Strict):
    """Part of a line of an earlier entry."""

    line: Annotated[int, Of(gt=0, lt=2**15)]
    amount: AnyMoney

    def part(self) -> intents.Line:
        """Give the part of an intent."""
        return intents.Line(self.line, self.amount.minor, self.amount.currency)


class ExchangeIn(Strict):
    """The mid rate of an exchange, where it was read, and of which day it is."""

    mid_rate: Rate | None = None
    mid_source: Short | None = None
    mid_date: Day | None = None

    def exchange(self) -> intents.Exchange:
        """Give the exchange of an intent."""
        return intents.Exchange(self.mid_rate, self.mid_source, self.mid_date)


class _Entry(Strict):
    """What all verbs share. `effective_date` is her civil date, wherever she was."""

    effective_date: Day
    value_date: Day | None = None
    kind: Word = "journal"
    narration: Text | None = None
    metadata: Annotated[dict[_Key, Text], Of(max_length=20)] | None = None
    device_time: Instant | None = None
    bundle: EntryIdField | None = None

    def common(self) -> dict[str, Any]:
        """Give what all intents share."""
        return {
            "effective_date": self.effective_date,
            "value_date": self.value_date,
            "kind": self.kind,
            "narration": self.narration,
            "metadata": self.metadata,
            "device_time": self.device_time,
            "bundle": self.bundle,
        }

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        raise NotImplementedError


_Postings = Annotated[list[PostingIn], Of(max_length=500)]
_Parts = Annotated[list[PartIn], Of(max_length=500)]


def _postings(lines: list[PostingIn]) -> tuple[intents.Posting, ...]:
    return tuple(line.posting() for line in lines)


def _parts(lines: list[PartIn] | None) -> tuple[intents.Line, ...] | None:
    return None if lines is None else tuple(line.part() for line in lines)


class PostIn(_Entry):
    """Put a balanced entry into the book."""

    verb: Literal["post"] = "post"
    postings: _Postings
    exchange: ExchangeIn | None = None

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        exchange = None if self.exchange is None else self.exchange.exchange()
        return intents.Post(
            book_id=book,
            id=entry_id,
            **self.common(),
            postings=_postings(self.postings),
            exchange=exchange,
        )


class ReserveIn(_Entry):
    """Hold amounts until they are captured, released, or past due."""

    verb: Literal["reserve"]
    postings: _Postings
    expire_time: Instant | None = None

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        return intents.Reserve(
            book_id=book,
            id=entry_id,
            **self.common(),
            postings=_postings(self.postings),
            expires_at=self.expire_time,
        )


class CaptureIn(_Entry):
    """Post what was held, whole or in part."""

    verb: Literal["capture"]
    hold: EntryIdField
    lines: _Parts | None = None
    keep_rest: bool = False

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        return intents.Capture(
            book_id=book,
            id=entry_id,
            **self.common(),
            hold_id=self.hold,
            lines=_parts(self.lines),
            keep_rest=self.keep_rest,
        )


class ReleaseIn(_Entry):
    """Give back what is left of a hold."""

    verb: Literal["release"]
    hold: EntryIdField

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        return intents.Release(book_id=book, id=entry_id, **self.common(), hold_id=self.hold)


class ReverseIn(_Entry):
    """Post the mirror image of an entry, whole or in part."""

    verb: Literal["reverse"]
    entry: EntryIdField
    lines: _Parts | None = None
    reason: Text | None = None

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        return intents.Reverse(
            book_id=book,
            id=entry_id,
            **self.common(),
            entry_id=self.entry,
            lines=_parts(self.lines),
            reason=self.reason,
        )


class AmendIn(_Entry):
    """Replace an entry by another, the first reversed."""

    verb: Literal["amend"]
    entry: EntryIdField
    postings: _Postings
    exchange: ExchangeIn | None = None
    reason: Text | None = None

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        exchange = None if self.exchange is None else self.exchange.exchange()
        return intents.Amend(
            book_id=book,
            id=entry_id,
            **self.common(),
            entry_id=self.entry,
            postings=_postings(self.postings),
            exchange=exchange,
            reason=self.reason,
        )


class AssertIn(_Entry):
    """State what an account's balance is at the end of the effective date."""

    verb: Literal["assert"]
    account: AccountRef
    balance: AnyMoney

    def made(self, book: int, entry_id: bytes) -> Intent:
        """Give the intent."""
        return intents.AssertBalance(
            book_id=book,
            id=entry_id,
            **self.common(),
            account=self.account,
            balance=self.balance.minor,
            currency=self.balance.currency,
        )


_MARK: Final = "verb:"


def _verb_of(value: Any) -> str:
    verb = value.get("verb", "post") if isinstance(value, dict) else getattr(value, "verb", "")
    return f"{_MARK}{verb}" if isinstance(verb, str) else ""


AnyEntry = Annotated[
    Annotated[PostIn, Tag("verb:post")]
    | Annotated[ReserveIn, Tag("verb:reserve")]
    | Annotated[CaptureIn, Tag("verb:capture")]
    | Annotated[ReleaseIn, Tag("verb:release")]
    | Annotated[ReverseIn, Tag("verb:reverse")]
    | Annotated[AmendIn, Tag("verb:amend")]
    | Annotated[AssertIn, Tag("verb:assert")],
    Discriminator(_verb_of),
]

VERBS: Final = ("post", "reserve", "capture", "release", "reverse", "amend", "assert")
reading.TAGS.update(f"{_MARK}{verb}" for verb in VERBS)


class EntryIn(RootModel[AnyEntry]):
    """An entry to be put under the id of the path."""

    model_config = ConfigDict(strict=True, frozen=True)


class ItemIn(Strict):
    """One entry of a batch, with its id."""

    id: EntryIdField
    entry: AnyEntry


class BatchIn(Strict):
    """Entries that are sent together, in order; with `atomic` they succeed or fail together."""

    items: Annotated[list[ItemIn], Of(min_length=1, max_length=MOST_ITEMS)]
    atomic: bool = False
