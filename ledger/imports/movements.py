"""Movements out of fields: one line of a statement, understood. Pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from ledger.dates import MAX_DATE, MIN_DATE
from ledger.imports.amounts import Amounts
from ledger.imports.mapping import DATE_FORMATS, Mapping, fold
from ledger.imports.problems import Problem, ProblemCode, about
from ledger.journal.shape import MAX_TEXT, normal

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
IN, OUT = "in", "out"
MAX_KIND = 120
_REMEMBERED = 100_000
"""Dates whose reading is remembered: they repeat."""

_DIGEST = 16


@dataclass(frozen=True, slots=True)
class Movement:
    """Money in or out of an account of a statement; `amount` is positive minor units.

    `digest` stands for all the line says: two lines of one digest are two equal movements.
    """

    line: int
    account: str
    day: date
    inward: bool
    amount: int
    kind: str
    description: str
    balance: int | None
    digest: bytes


class Reader:
    """Reads the lines of one statement under one header."""

    def __init__(
        self, mapping: Mapping, header: Sequence[str], *, source: str, account: str, exponent: int
    ) -> None:
        """Take the header; `source` and `account` are what the lines themselves do not say."""
        columns = mapping.columns(header)
        self._mapping = mapping
        self._width = len(header)
        self._own = account
        self._account = columns.get("account")
        self._date = columns["date"]
        self._direction = columns.get("direction")
        self._kind = columns.get("kind")
        self._description = columns.get("description")
        self._balance = columns.get("balance")
        self._counts_balance = not mapping.ignores(mapping.balance_column)
        self._amount = columns.get("amount")
        self._split = (columns.get("debit", -1), columns.get("credit", -1))
        self._rest = [at for at in mapping.rest(header) if header[at].strip()]
        self._unnamed = [at for at in mapping.rest(header) if not header[at].strip()]
        self._out_positive = mapping.amount_sign == "out_positive"
        self._words = {fold(word): True for word in mapping.in_words}
        self._words |= {fold(word): False for word in mapping.out_words}
        self._base = f"juang/import/1\x00{normal(source)}\x00".encode()
        self._days: dict[str, date] = {}
        self.minor = Amounts(mapping, exponent).minor

    def movement(self, line: int, row: Sequence[str]) -> Movement | Problem:
        """Understand one line, or tell the first thing that is wrong with it."""
        if len(row) != self._width and not self._fits(row):
            facts = {"found": len(row), "expected": self._width}
            return Problem(line, ProblemCode.RAGGED, facts)
        account = self._own if self._account is None else row[self._account].strip()
        if not is_account(account):
            return Problem(line, ProblemCode.BAD_ACCOUNT)
        written = row[self._date].strip()
        day = self._days.get(written) or self._day(written)
        if day is None:
            return about(line, ProblemCode.BAD_DATE, written)
        kind = "" if self._kind is None else _one_line(row[self._kind])
        described = "" if self._description is None else _one_line(row[self._description])
        if len(kind) > MAX_KIND or len(described) > MAX_TEXT:
            return _too_long(line, kind)
        amount = self._signed(line, row)
        if isinstance(amount, Problem):
            return amount
        balance = None
        if self._balance is not None and (stated := row[self._balance].strip()):
            found = self.minor(stated)
            if isinstance(found, ProblemCode):
                return about(line, ProblemCode.BAD_BALANCE, stated)
            balance = found
        if amount == 0:
            return _zero(line, account, day, balance)
        said = [account, day.isoformat(), str(amount), kind, described]
        said.append(str(balance) if self._counts_balance else "None")
        if self._rest:
            said += [_one_line(row[at]) for at in self._rest]
        if self._unnamed:  # spreadsheets put empty columns behind the last one
            said += [told for at in self._unnamed if (told := _one_line(row[at]))]
        content = self._base + "\x00".join(said).encode()
        digest = hashlib.sha256(content).digest()[:_DIGEST]
        return Movement(
            line, account, day, amount > 0, abs(amount), kind, described, balance, digest
        )

    def _fits(self, row: Sequence[str]) -> bool:
        """Tell whether a row is only followed by empty fields, as spreadsheets write them."""
        return len(row) > self._width and not any(row[self._width :])

    def _day(self, written: str) -> date | None:
        # Only digits and what stands between them: strptime would take other scripts and spaces.
        form = self._mapping.date_format
        if not written.isascii() or any(letter.isspace() for letter in written):
            return None
        if form.isalpha() and len(written) != len(form):  # 2026111: which month?
            return None
        try:
            day = datetime.strptime(written, DATE_FORMATS[form]).date()  # noqa: DTZ007
        except ValueError:
            return None
        if not MIN_DATE <= day <= MAX_DATE:
            return None
        if len(self._days) < _REMEMBERED:
            self._days[written] = day
        return day

    def _signed(self, line: int, row: Sequence[str]) -> int | Problem:
        """Give the amount, positive where money comes in."""
        if self._amount is None:
            return self._of_two(line, row)
        written = row[self._amount].strip()
        amount = self.minor(written)
        if isinstance(amount, ProblemCode):
            return about(line, amount, written)
        if self._direction is None:
            return -amount if self._out_positive else amount
        word = row[self._direction].strip()
        inward = self._words.get(word)
        if inward is None:
            inward = self._words.get(fold(word))
        if inward is None:
            return about(line, ProblemCode.BAD_DIRECTION, word)
        if amount < 0:
            return about(line, ProblemCode.BAD_AMOUNT, written)
        return amount if inward else -amount

    def _of_two(self, line: int, row: Sequence[str]) -> int | Problem:
        """Give the amount out of two columns, one of which is empty or zero."""
        amounts: list[int] = []
        both = [row[at].strip() for at in self._split]
        for written in both:
            found = self.minor(written) if written else 0
            if isinstance(found, ProblemCode):
                return about(line, found, written)
            amounts.append(found)
        debit, credit = amounts
        if not any(both) or (debit and credit):
            return about(line, ProblemCode.BAD_AMOUNT, " ".join(both).strip())
        return credit - debit


def is_account(name: str) -> bool:
    """Tell whether an account may have this name: it becomes part of references and codes."""
    return _ACCOUNT.match(name) is not None


def _one_line(text: str) -> str:
    """Bring a text into one line and one form: padding differs from export to export."""
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    return normal(" ".join(text.split()))


def _too_long(line: int, kind: str) -> Problem:
    most = MAX_KIND if len(kind) > MAX_KIND else MAX_TEXT
    column = "kind" if len(kind) > MAX_KIND else "description"
    return Problem(line, ProblemCode.FIELD_TOO_LONG, {"column": column, "most": most})


def _zero(line: int, account: str, day: date, balance: int | None) -> Problem:
    """Tell of a line that moves nothing; what it states as the balance is worth keeping."""
    facts: dict[str, int | str] = {"account": account, "date": day.isoformat()}
    if balance is not None:
        facts["balance"] = balance
    return Problem(line, ProblemCode.ZERO_AMOUNT, facts)


@lru_cache(maxsize=4096)
def slug(kind: str) -> str:
    """Make an entry's kind of a bank's word for it; a word in another script gets a fingerprint.

    >>> slug("Tarik Tunai ATM"), slug(""), slug("利息")
    ('tarik_tunai_atm', 'statement', 'kind-3dd1b22c')
    """
    if not kind:
        return "statement"
    made = _NOT_IN_SLUG.sub("_", kind.lower()).strip("_")[:32].strip("_")
    return made or f"kind-{hashlib.sha256(kind.encode()).hexdigest()[:8]}"
