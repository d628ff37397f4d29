"""What the journal answers: a closed list of codes, in order of precedence.

The order of the members is the order of checks: of two reasons to refuse, the earlier is
answered. Codes mean the same in the library, over HTTP and in the documents
(docs/outcomes.md is written from this module). Three families:

- *accepted*: the entry is in the books, now or since an earlier request;
- *malformed*: the request cannot be carried out whatever the state of the books; nothing is
  stored, its id stays free;
- *refused*: the state of the books forbids it; the refusal is stored with the id and answered
  again to every repeat (a new attempt needs a new id).
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

Facts = Mapping[str, int | str]
NO_FACTS: Facts = MappingProxyType({})


class Code(StrEnum):
    """One outcome of one item."""

    POSTED = "posted"
    """The entry is in the books."""
    INVALID_REQUEST = "invalid_request"
    """A field has no meaning: wrong type, wrong length, NUL or invalid text, beyond 64 bits."""
    INVALID_DATE = "invalid_date"
    """A date is outside the years the ledger knows (1900 to 2199)."""
    BUNDLE_SCATTERED = "bundle_scattered"
    """Items of one bundle do not follow each other."""
    BOOK_NOT_FOUND = "book_not_found"
    """There is no such book."""
    SUBJECT_ERASED = "subject_erased"
    """The texts are about a subject whose key was destroyed; nothing new is written about it."""
    BUNDLE_CROSSES_TENANTS = "bundle_crosses_tenants"
    """A bundle joins books of different operators."""
    EXISTS = "exists"
    """The same request was accepted before; the first result is given again."""
    EXISTS_WITH_DIFFERENT_VERB = "exists_with_different_verb"
    """The id is taken by a request of another verb."""
    EXISTS_WITH_DIFFERENT_TARGET = "exists_with_different_target"
    """The id is taken by a request about another entry or hold."""
    EXISTS_WITH_DIFFERENT_POSTINGS = "exists_with_different_postings"
    """The id is taken by a request with other lines."""
    EXISTS_WITH_DIFFERENT_AMOUNT = "exists_with_different_amount"
    """The id is taken by a request with the same lines and other amounts or currencies of parts."""
    EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE = "exists_with_different_effective_date"
    """The id is taken by a request of another effective date."""
    EXISTS_WITH_DIFFERENT_VALUE_DATE = "exists_with_different_value_date"
    """The id is taken by a request of another value date."""
    EXISTS_WITH_DIFFERENT_KIND = "exists_with_different_kind"
    """The id is taken by a request of another kind."""
    EXISTS_WITH_DIFFERENT_EXCHANGE = "exists_with_different_exchange"
    """The id is taken by a request with another rate."""
    EXISTS_WITH_DIFFERENT_EXPIRY = "exists_with_different_expiry"
    """The id is taken by a hold that expires at another time."""
    EXISTS_WITH_DIFFERENT_OPTIONS = "exists_with_different_options"
    """The id is taken by a request with other options (keep the rest, whole or by lines)."""
    EXISTS_WITH_DIFFERENT_BUNDLE = "exists_with_different_bundle"
    """The id is taken by a request in another bundle."""
    EXISTS_WITH_DIFFERENT_TEXT = "exists_with_different_text"
    """The id is taken by a request with another narration, reason or metadata."""
    EXISTS_WITH_DIFFERENT_DEVICE_TIME = "exists_with_different_device_time"
    """The id is taken by a request that another moment of the device gave rise to."""
    BUNDLE_DIFFERS = "bundle_differs"
    """Some items of the bundle were accepted before and others were not."""
    NO_POSTINGS = "no_postings"
    """An entry needs at least two lines, a partial reversal or capture at least one."""
    TOO_MANY_POSTINGS = "too_many_postings"
    """An entry has more lines than one entry may have."""
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    """An amount is zero or negative."""
    SELF_TRANSFER = "self_transfer"
    """The only accounts on both sides are one and the same: nothing would move."""
    ENTRY_NOT_FOUND = "entry_not_found"
    """The entry to reverse or amend is not in the book."""
    HOLD_NOT_FOUND = "hold_not_found"
    """The hold is not in the book."""
    ACCOUNT_NOT_FOUND = "account_not_found"
    """The book has no such account, and its chart knows none."""
    LINE_NOT_FOUND = "line_not_found"
    """The earlier entry has no such line."""
    NOT_REVERSIBLE = "not_reversible"
    """A reversal, a hold, a release or an assertion is not reversed."""
    ALREADY_REVERSED = "already_reversed"
    """Nothing of the entry is left to reverse."""
    HOLD_CLOSED = "hold_closed"
    """Nothing of the hold is left."""
    HOLD_EXPIRED = "hold_expired"
    """The hold is past due; it can be released, no longer captured."""
    HOLD_NOT_DUE = "hold_not_due"
    """The hold is not past due yet; it can be released, not expired."""
    ACCOUNT_CLOSED = "account_closed"
    """An account is closed."""
    ACCOUNT_FROZEN = "account_frozen"
    """An account is frozen."""
    ACCOUNT_NOT_POSTABLE = "account_not_postable"
    """An account only adds up the ones below it."""
    PERIOD_CLOSED = "period_closed"
    """The effective date lies in a closed period."""
    DATE_TOO_FAR_AHEAD = "date_too_far_ahead"
    """The effective date is further ahead than the book allows."""
    CURRENCY_MISMATCH = "currency_mismatch"
    """A line's currency is not its account's."""
    UNBALANCED = "unbalanced"
    """Debits and credits differ in a currency or a fund."""
    EXCHANGE_NOT_TWO_CURRENCIES = "exchange_not_two_currencies"
    """An exchange has one currency given, one received, in one fund; parts go back at its rate."""
    EXCEEDS_ORIGINAL = "exceeds_original"
    """More would be reversed than is left of the line."""
    EXCEEDS_HOLD = "exceeds_hold"
    """More would be captured than is left of the line."""
    PURPOSE_NOT_ALLOWED = "purpose_not_allowed"
    """The fund may not pay for this purpose on this day, or its money would go to no purpose."""
    BALANCE_DIFFERS = "balance_differs"
    """The balance is not the one asserted."""
    BELOW_FLOOR = "below_floor"
    """The balance would fall below the account's floor, holds counted."""
    ABOVE_CEILING = "above_ceiling"
    """The balance would rise above the account's ceiling, holds counted."""
    OVER_DAILY_LIMIT = "over_daily_limit"
    """More would move today than the account's daily limit allows."""
    COUNTER_OVERFLOW = "counter_overflow"
    """A counter would pass 64 bits."""
    LINKED_FAILED = "linked_failed"
    """Another item of the bundle was refused; this one may be sent again."""


ACCEPTED = (Code.POSTED, Code.EXISTS)

NOT_STORED = frozenset(
    {
        Code.INVALID_REQUEST,
        Code.INVALID_DATE,
        Code.BUNDLE_SCATTERED,
        Code.BOOK_NOT_FOUND,
        Code.SUBJECT_ERASED,
        Code.BUNDLE_CROSSES_TENANTS,
        Code.BUNDLE_DIFFERS,
        Code.NO_POSTINGS,
        Code.TOO_MANY_POSTINGS,
        Code.AMOUNT_NOT_POSITIVE,
        Code.SELF_TRANSFER,
        Code.CURRENCY_MISMATCH,
        Code.UNBALANCED,
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
        Code.LINKED_FAILED,
        *(code for code in Code if code.startswith("exists_with_different_")),
    }
)
"""Refusals that leave the id free: the request must change, or only a sibling was at fault."""


class Outcome(NamedTuple):
    """The answer to one item, in the place where it was sent.

    For an accepted entry: its `seq`, `change_no`, `effective_date` (later than asked for where a
    late entry was moved to the first open day) and `recorded_at`, the same for the first request
    and every repeat. `facts` name what a refusal is about (an account's code, a line, an amount
    in minor units). `replayed` marks a stored refusal that is answered again.
    """

    code: Code
    book_id: int
    id: bytes
    seq: int | None = None
    change_no: int | None = None
    effective_date: date | None = None
    recorded_at: datetime | None = None
    facts: Facts = NO_FACTS
    replayed: bool = False

    @property
    def accepted(self) -> bool:
        """Tell whether the entry is in the books."""
        return self.code in ACCEPTED
