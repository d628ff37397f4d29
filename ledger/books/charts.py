"""Versioned chart templates: the accounts a book of one kind starts with.

A template is a TOML file in `templates/`, named family-version: `household-1`. Once a book has
been opened with it, it does not change: a correction is a new version. An account keeps its
number through all versions and a number is never given to another account, because postings
know accounts by number. Templates use 1 to 9999; what a book opens itself starts at 10000.

A file has `title_id`, `title_en` and `accounts`, a list of tables such as

    { no = 5400, code = "expenses:food", id = "Makanan", en = "Food" }

An account's parent is the code less its last segment; its class follows from the first one
(`assets`, `liabilities`, `equity`, `income`, `expenses`). An account with others below it is a
heading and takes no postings; `postable = false` makes one of an account that has none yet.
Also allowed are `floor` and `ceiling` (minor units, on the normal side), `purpose` (what spending
there is for, or `holding`; checked where money is restricted) and `currency` (else the book's base
currency).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final, NoReturn

from ledger import money
from ledger.books.classes import (
    AccountClass,
    AccountCodeMalformed,
    check_code,
    parent_code,
    tree_order,
)
from ledger.errors import Malformed, NotFound, Wording

NUMBERS: Final = range(1, 10_000)
"""Account numbers of templates; larger ones belong to the accounts a book opens itself."""

CLASSES: Final = {
    "assets": AccountClass.ASSET,
    "liabilities": AccountClass.LIABILITY,
    "equity": AccountClass.EQUITY,
    "income": AccountClass.INCOME,
    "expenses": AccountClass.EXPENSE,
}
"""Class of a template's account by the first segment of its code."""

_NAME: Final = re.compile(r"[a-z]{1,24}-[1-9][0-9]{0,3}")
_PURPOSE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TOP_KEYS: Final = frozenset({"title_id", "title_en", "accounts"})
_ACCOUNT_KEYS: Final = frozenset(
    {"no", "code", "id", "en", "postable", "floor", "ceiling", "purpose", "currency"}
)
_LONGEST_NAME: Final = 120


@dataclass(eq=False)
class ChartUnknown(NotFound):
    """No chart template has this name."""

    code = "chart_unknown"
    wording = Wording(
        id="Tidak ada bagan akun “{chart}”.", en="There is no chart of accounts “{chart}”."
    )
    hint = Wording(
        id="Misalnya household-1, cooperative-1 atau fund-1.",
        en="For instance household-1, cooperative-1 or fund-1.",
    )
    chart: str


@dataclass(eq=False)
class ChartMalformed(Malformed):
    """A chart template breaks a rule of its format; the place is an account's code, mostly."""

    code = "chart_malformed"
    wording = Wording(
        id="Bagan akun {chart}, {place}: {problem}.", en="Chart {chart}, {place}: {problem}."
    )
    chart: str
    place: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateAccount:
    """An account as a template describes it; a book's own row is made from it on first use.

    Floor and ceiling bound the balance on the normal side, in minor units. Without a currency it
    is the book's base currency.
    """

    no: int
    code: str
    name_id: str
    name_en: str
    account_class: AccountClass
    parent: str | None
    postable: bool
    floor: int | None
    ceiling: int | None
    purpose: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart template; its accounts come in tree order, siblings by number."""

    name: str
    title: Wording
    accounts: tuple[TemplateAccount, ...]
    _codes: Mapping[str, TemplateAccount] = field(init=False, repr=False, compare=False)
    _numbers: Mapping[int, TemplateAccount] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the two look-ups."""
        object.__setattr__(self, "_codes", {a.code: a for a in self.accounts})
        object.__setattr__(self, "_numbers", {a.no: a for a in self.accounts})

    def by_code(self, code: str) -> TemplateAccount | None:
        """Give the account of a code, or None where the template has no such account.

        >>> cash = chart("household-1").by_code("assets:cash")
        >>> cash and cash.name_id
        'Uang tunai'
        """
        return self._codes.get(code)

    def by_no(self, no: int) -> TemplateAccount | None:
        """Give the account of a number, or None where the template has no such account.

        >>> cash = chart("cooperative-1").by_no(1101)
        >>> cash and cash.code
        'assets:current:cash'
        """
        return self._numbers.get(no)


@cache
def names() -> tuple[str, ...]:
    """List the chart templates that ship with the ledger.

    >>> names()
    ('cooperative-1', 'fund-1', 'household-1')
    """
    folder = resources.files("ledger.books") / "templates"
    files = (file.name for file in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


@cache
def _shipped(name: str) -> Chart:
    """Load a template that is known to ship."""
    file = resources.files("ledger.books") / "templates" / f"{name}.toml"
    return read_chart(name, file.read_text(encoding="utf-8"))


def chart(name: str) -> Chart:
    """Load a chart template by name and version, checked; the same value each time.

    >>> chart("household-1").title.en
    'Household of a migrant worker'

    Raises: ChartUnknown, ChartMalformed.
    """
    # Only listed names are opened or remembered: a name is never a path, and never fills memory.
    if name not in names():
        raise ChartUnknown(name)
    return _shipped(name)


def read_chart(name: str, text: str) -> Chart:
    """Read and check a template from TOML text.

    Raises: ChartMalformed, naming the account and the rule.
    """
    reader = _Reader(name)
    if _NAME.fullmatch(name) is None:
        reader.refuse("name", "it is family-version, such as household-1")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as not_toml:
        raise ChartMalformed(name, "file", f"it is not TOML, {not_toml}") from not_toml
    reader.check_keys(document, _TOP_KEYS, "file")
    title = Wording(
        id=reader.name(document, "title_id", "title"), en=reader.name(document, "title_en", "title")
    )
    tables = document.get("accounts")
    if not isinstance(tables, list) or not tables:
        reader.refuse("accounts", "it is a list with at least one account")
    return Chart(name, title, reader.accounts(tables))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the accounts of one file; every complaint names the chart and the place."""

    chart: str

    def refuse(self, place: str, problem: str) -> NoReturn:
        """Say what is wrong, and where."""
        raise ChartMalformed(self.chart, place, problem)

    def check_keys(self, table: Mapping[str, Any], allowed: frozenset[str], place: str) -> None:
        """Refuse a key that nobody would read: it is a slip of the pen."""
        for key in table:
            if key not in allowed:
                self.refuse(place, f"there is no key {key}")

    def name(self, table: Mapping[str, Any], key: str, place: str) -> str:
        """Read a name for people."""
        given = table.get(key)
        if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_NAME:
            self.refuse(place, f"{key} is missing, empty or longer than {_LONGEST_NAME}")
        return given

    def accounts(self, tables: list[Any]) -> tuple[TemplateAccount, ...]:
        """Read all accounts, check what they say about each other, put them in tree order."""
        by_code = self._by_code(tables)
        numbers = self._numbers(by_code)
        above = {code: parent_code(code) for code in by_code}
        for code, parent in above.items():
            if parent is not None and parent not in by_code:
                self.refuse(code, f"there is no account {parent} above it")
        headings = set(above.values())
        read = {
            numbers[code]: self._account(code, table, is_heading=code in headings)
            for code, table in by_code.items()
        }
        tree = {
            numbers[code]: None if parent is None else numbers[parent]
            for code, parent in above.items()
        }
        return tuple(read[no] for no in tree_order(tree))

    def _by_code(self, tables: list[Any]) -> dict[str, Mapping[str, Any]]:
        """Check each account's code, unique and of a known class."""
        found: dict[str, Mapping[str, Any]] = {}
        for line, table in enumerate(tables, start=1):
            if not isinstance(table, dict):
                self.refuse(f"account {line}", "it is not a table")
            code = str(table.get("code"))
            try:
                check_code(code)
            except AccountCodeMalformed as bad_code:
                raise ChartMalformed(
                    self.chart, f"account {line}", f"{code} is not an account code"
                ) from bad_code
            if code in found:
                self.refuse(code, "there are two of it")
            if code.partition(":")[0] not in CLASSES:
                self.refuse(code, f"it is below none of {', '.join(CLASSES)}")
            found[code] = table
        return found

    def _numbers(self, by_code: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
        """Read each account's number, unique and in the range of templates."""
        codes: dict[int, str] = {}
        for code, table in by_code.items():
            no = table.get("no")
            if type(no) is not int or no not in NUMBERS:
                self.refuse(code, f"no is not a number from 1 to {NUMBERS[-1]}")
            if no in codes:
                self.refuse(code, f"number {no} belongs to {codes[no]}")
            codes[no] = code
        return {code: no for no, code in codes.items()}

    def _account(self, code: str, table: Mapping[str, Any], *, is_heading: bool) -> TemplateAccount:
        """Read one account's own facts."""
        self.check_keys(table, _ACCOUNT_KEYS, code)
        postable = table.get("postable", not is_heading)
        if not isinstance(postable, bool) or (postable and is_heading):
            self.refuse(code, "postable is true or false, and false above other accounts")
        floor, ceiling = self._limit(code, table, "floor"), self._limit(code, table, "ceiling")
        if floor is not None and ceiling is not None and floor > ceiling:
            self.refuse(code, "the floor is above the ceiling")
        return TemplateAccount(
            no=table["no"],
            code=code,
            name_id=self.name(table, "id", code),
            name_en=self.name(table, "en", code),
            account_class=CLASSES[code.partition(":")[0]],
            parent=parent_code(code),
            postable=postable,
            floor=floor,
            ceiling=ceiling,
            purpose=self._purpose(code, table),
            currency=self._currency(code, table),
        )

    def _limit(self, code: str, table: Mapping[str, Any], key: str) -> int | None:
        """Read a floor or ceiling in whole minor units."""
        limit = table.get(key)
        if limit is not None and (type(limit) is not int or abs(limit) > money.MAX_MINOR):
            self.refuse(code, f"{key} is not a number of minor units")
        return limit

    def _purpose(self, code: str, table: Mapping[str, Any]) -> str | None:
        """Read what spending on this account is for."""
        purpose = table.get("purpose")
        if purpose is None:
            return None
        if not isinstance(purpose, str) or _PURPOSE.fullmatch(purpose) is None:
            self.refuse(code, "purpose is one word in lower case")
        return purpose

    def _currency(self, code: str, table: Mapping[str, Any]) -> str | None:
        """Read the currency of an account that is never in the book's own."""
        given = table.get("currency")
        try:
            return None if given is None else money.currency(str(given)).code
        except money.CurrencyUnknown as unknown:
            raise ChartMalformed(self.chart, code, f"there is no currency {given}") from unknown
