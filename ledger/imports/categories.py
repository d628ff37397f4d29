"""The category of a movement, an account of the book: by rules, else by the bank's own word. Pure.

Rules are data, and the first that matches wins:

# rules.toml
[[rule]]
direction = "out"
kind = ["out_cash", "out_card"]
description = "(?i)indomaret|alfamart"
at_most = "500000"
account = "expenses:household"

A movement that no rule knows goes to an account named like its kind, below the chart's income or
expenses; one without a kind to the chart's account for what is unidentified.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from ledger.books.charts import CLASSES, Chart
from ledger.books.classes import check_code
from ledger.errors import LedgerError, Malformed, Wording
from ledger.imports.movements import IN, OUT, Movement, slug
from ledger.money import parse

UNIDENTIFIED_IN: Final = ("income:unidentified", "liabilities:suspense")
UNIDENTIFIED_OUT: Final = ("expenses:unidentified", "assets:current:suspense")
"""Where what nobody knows waits; a chart has one of the two, or gets the first."""

_REMEMBERED = 10_000
_LONGEST_REMEMBERED = 200


@dataclass(eq=False)
class RulesMalformed(Malformed):
    """A rules file says something that cannot be."""

    code = "rules_malformed"
    wording = Wording(id="Berkas aturan salah: {reason}.", en="The rules file is wrong: {reason}.")
    hint = Wording(id="Contohnya ada di docs/cli.md.", en="An example is in docs/cli.md.")
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that must all hold, and the account then; amounts in minor units."""

    account: str
    direction: str | None = None
    kinds: frozenset[str] | None = None
    description: re.Pattern[str] | None = None
    at_least: int | None = None
    at_most: int | None = None

    def matches(self, movement: Movement) -> bool:
        """Tell whether a movement fulfils every condition; kinds regardless of capitals."""
        return (
            (self.direction is None or (self.direction == IN) == movement.inward)
            and (self.kinds is None or movement.kind.casefold() in self.kinds)
            and (self.description is None or bool(self.description.search(movement.description)))
            and (self.at_least is None or movement.amount >= self.at_least)
            and (self.at_most is None or movement.amount <= self.at_most)
        )


class Categories:
    """Gives movements their accounts; remembers its answers where amounts do not matter."""

    def __init__(self, rules: tuple[Rule, ...], chart: Chart) -> None:
        """Take rules in the order in which they are tried, and the chart of the books."""
        self._rules = rules
        self._chart = chart
        self._by_amount = any(
            rule.at_least is not None or rule.at_most is not None for rule in rules
        )
        self._known: dict[tuple[bool, str, str], str] = {}

    def of(self, movement: Movement) -> str:
        """Give the code of the account a movement is booked against."""
        key = (movement.inward, movement.kind, movement.description)
        known = self._known.get(key)
        if known is None:
            known = self._find(movement)
            short = len(movement.description) <= _LONGEST_REMEMBERED
            if short and not self._by_amount and len(self._known) < _REMEMBERED:
                self._known[key] = known
        return known

    def _find(self, movement: Movement) -> str:
        for rule in self._rules:
            if rule.matches(movement):
                return rule.account
        if movement.kind:
            return self._by_kind(movement)
        codes = UNIDENTIFIED_IN if movement.inward else UNIDENTIFIED_OUT
        return next((code for code in codes if self._chart.by_code(code)), codes[0])

    def _by_kind(self, movement: Movement) -> str:
        code = f"{'income' if movement.inward else 'expenses'}:{slug(movement.kind)}"
        template = self._chart.by_code(code)
        heading = template is not None and not template.postable
        return f"{code}:unidentified" if heading else code


def name_of(code: str) -> str:
    """Name an account of a book's own after its code.

    >>> name_of("expenses:out_cash"), name_of("expenses:remittance:unidentified")
    ('Out cash', 'Remittance: unidentified')
    """
    words = code.partition(":")[2].replace("_", " ").replace(":", ": ")
    return (words[:1].upper() + words[1:])[:120] or code


_FIELDS = frozenset({"account", "direction", "kind", "description", "at_least", "at_most"})


def parse_rules(text: str, currency: str) -> tuple[Rule, ...]:
    """Read a rules file; amounts stand in major units of the statement's currency.

    Raises:
        RulesMalformed: it is no TOML, or a rule is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesMalformed(str(error)) from error
    rows = data.get("rule", [])
    if data.keys() - {"rule"} or not isinstance(rows, list):
        raise RulesMalformed(", ".join(f"“{name}”" for name in sorted(data)))
    return tuple(_rule(at, row, currency) for at, row in enumerate(rows, 1))


def _rule(at: int, row: object, currency: str) -> Rule:
    if not isinstance(row, dict) or row.keys() - _FIELDS or "account" not in row:
        raise RulesMalformed(f"rule {at}")
    kinds = row.get("kind")
    named = [kinds] if isinstance(kinds, str) else kinds
    listed = named is None or (isinstance(named, list) and all(isinstance(k, str) for k in named))
    if row.get("direction") not in {None, IN, OUT} or not listed:
        raise RulesMalformed(f"rule {at}")
    text = {name: str(value) for name, value in row.items()}
    if text["account"].partition(":")[0] not in CLASSES:
        raise RulesMalformed(f"rule {at}: {text['account']}")
    try:
        pattern = text.get("description")
        return Rule(
            check_code(text["account"]),
            text.get("direction"),
            None if named is None else frozenset(kind.casefold() for kind in named),
            None if pattern is None else re.compile(pattern),
            None if "at_least" not in text else parse(text["at_least"], currency).minor,
            None if "at_most" not in text else parse(text["at_most"], currency).minor,
        )
    except (LedgerError, re.error) as error:
        raise RulesMalformed(f"rule {at}: {error}") from error


@cache
def default_rules() -> tuple[Rule, ...]:
    """Give the rules that ship with the ledger; they need no amounts."""
    text = resources.files("ledger.imports").joinpath("rules", "default.toml").read_text("utf-8")
    return parse_rules(text, "IDR")
