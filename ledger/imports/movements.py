"""Movements out of fields: one line of a statement, understood. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.dates import MAX_DATE, MIN_DATE
from ledger.imports.mapping import DATE_FORMATS, Mapping
from ledger.imports.problems import Problem, ProblemCode, about
from ledger.money import MAX_MINOR

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")
_PLAIN = re.compile(r"([+-]?)([0-9]{1,19})(?:\.([0-9]{1,12}))?\Z")
_SLUG = re.compile(r"[^a-z0-9]+")
IN, OUT = "in", "out"
MAX_DESCRIPTION = 500


@dataclass(frozen=True, slots=True)
class Movement:
    """Money in or out of an account of a statement; `amount` is positive minor units."""

    line: int
    account: str
    day: date
    inward: bool
    amount: int
    kind: str
    description: str
    balance: int | None
    raw: str


@dataclass(slots=True)
class Reader:
    """Reads the lines of one statement; remembers the dates it has seen, which repeat."""

    mapping: Mapping
    columns: dict[str, int]
    width: int
    account: str
    exponent: int
    days: dict[str, date | None]

    def movement(self, line: int, row: Sequence[str]) -> Movement | Problem:
        """Understand one line, or tell why not."""
        if len(row) != self.width:
            facts = {"found": len(row), "expected": self.width}
            return Problem(line, ProblemCode.RAGGED, facts)
        columns = self.columns
        account = row[columns["account"]].strip() if "account" in columns else self.account
        if not _ACCOUNT.match(account):
            return Problem(line, ProblemCode.BAD_ACCOUNT)
        written = row[columns["date"]].strip()
        day = self.days.get(written) or self._day(written)
        if day is None:
            return about(line, ProblemCode.BAD_DATE, written)
        signed = self._signed(line, row)
        if isinstance(signed, Problem):
            return signed
        balance = None
        if "balance" in columns and (stated := row[columns["balance"]].strip()):
            read = self.minor(stated)
            if isinstance(read, ProblemCode):
                return about(line, ProblemCode.BAD_BALANCE, stated)
            balance = read
        kind = row[columns["kind"]].strip() if "kind" in columns else ""
        description = row[columns["description"]].strip() if "description" in columns else ""
        return Movement(
            line,
            account,
            day,
            signed > 0,
            abs(signed),
            kind,
            description[:MAX_DESCRIPTION],
            balance,
            "\x1f".join(row),
        )

    def _day(self, written: str) -> date | None:
        try:
            day = datetime.strptime(written, DATE_FORMATS[self.mapping.date_format]).date()  # noqa: DTZ007
        except ValueError:
            return None
        if not MIN_DATE <= day <= MAX_DATE:
            return None
        if len(self.days) < 100_000:
            self.days[written] = day
        return day

    def _signed(self, line: int, row: Sequence[str]) -> int | Problem:
        """Give the amount, positive where money comes in."""
        columns = self.columns
        if "amount" in columns:
            written = row[columns["amount"]].strip()
            amount = self.minor(written)
        else:
            debit, credit = row[columns["debit"]].strip(), row[columns["credit"]].strip()
            written = credit or debit
            amount = self.minor(written)
            if debit and credit:
                amount = ProblemCode.BAD_AMOUNT
            elif not credit and isinstance(amount, int):
                amount = -amount
        if isinstance(amount, ProblemCode):
            return about(line, amount, written)
        if amount == 0:
            return Problem(line, ProblemCode.ZERO_AMOUNT)
        if "direction" in columns:
            direction = row[columns["direction"]].strip().lower()
            if direction not in (IN, OUT):
                return about(line, ProblemCode.BAD_DIRECTION, direction)
            if amount < 0:
                return about(line, ProblemCode.BAD_AMOUNT, written)
            return amount if direction == IN else -amount
        return amount

    def minor(self, written: str) -> int | ProblemCode:
        """Read an amount in major units as whole minor units; decimals that are zero may go on."""
        text = written
        mark, thousands = self.mapping.decimal_mark, self.mapping.thousands_mark
        if thousands is not None:
            text = text.replace(thousands, "")
        elif "." in text and "," in text:
            return ProblemCode.MIXED_MARKS
        if mark == ",":
            if "." in text:
                return ProblemCode.MIXED_MARKS
            text = text.replace(",", ".")
        matched = _PLAIN.match(text)
        if matched is None:
            return ProblemCode.BAD_AMOUNT
        sign, whole, fraction = matched.groups()
        fraction = (fraction or "").rstrip("0")
        if len(fraction) > self.exponent:
            return ProblemCode.TOO_PRECISE
        amount = int(whole + fraction.ljust(self.exponent, "0"))
        if amount > MAX_MINOR:
            return ProblemCode.TOO_LARGE
        return -amount if sign == "-" else amount


def slug(kind: str) -> str:
    """Make an entry's kind of a bank's word for it.

    >>> slug("Tarik Tunai ATM"), slug("")
    ('tarik_tunai_atm', 'statement')
    """
    return _SLUG.sub("_", kind.lower()).strip("_")[:32].strip("_") or "statement"
