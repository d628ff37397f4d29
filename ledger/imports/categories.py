"""Rules that give a movement its category, an account of the book. Data, first match wins. Pure.

# rules.toml
[[rule]]
direction = "out"
description = "(?i)indomaret|alfamart"
at_most = "500000"
account = "expenses:household"
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ledger.books.classes import check_code
from ledger.errors import LedgerError, Malformed, Wording
from ledger.imports.movements import IN, OUT, Movement
from ledger.money import parse

UNIDENTIFIED_IN = "income:unidentified"
UNIDENTIFIED_OUT = "expenses:unidentified"
_REMEMBERED = 100_000


@dataclass(eq=False)
class RulesMalformed(Malformed):
    """A rules file says something that cannot be."""

    code = "rules_malformed"
    wording = Wording(id="Berkas aturan salah: {reason}.", en="The rules file is wrong: {reason}.")
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that must all hold, and the account then; amounts in minor units."""

    account: str
    direction: str | None = None
    kind: str | None = None
    description: re.Pattern[str] | None = None
    at_least: int | None = None
    at_most: int | None = None

    def matches(self, movement: Movement) -> bool:
        """Tell whether a movement fulfils every condition."""
        return (
            (self.direction is None or (self.direction == IN) == movement.inward)
            and (self.kind is None or self.kind == movement.kind)
            and (self.description is None or bool(self.description.search(movement.description)))
            and (self.at_least is None or movement.amount >= self.at_least)
            and (self.at_most is None or movement.amount <= self.at_most)
        )


class Categories:
    """Gives movements their accounts; remembers its answers where amounts do not matter."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Take rules in the order in which they are tried."""
        self._rules = rules
        self._by_amount = any(rule.at_least or rule.at_most for rule in rules)
        self._known: dict[tuple[bool, str, str], str] = {}

    def of(self, movement: Movement) -> str:
        """Give the account a movement is booked against."""
        key = (movement.inward, movement.kind, movement.description)
        known = self._known.get(key)
        if known is None:
            known = self._find(movement)
            if not self._by_amount and len(self._known) < _REMEMBERED:
                self._known[key] = known
        return known

    def _find(self, movement: Movement) -> str:
        for rule in self._rules:
            if rule.matches(movement):
                return rule.account
        return UNIDENTIFIED_IN if movement.inward else UNIDENTIFIED_OUT


_FIELDS = {"account", "direction", "kind", "description", "at_least", "at_most"}


def parse_rules(text: str, currency: str) -> tuple[Rule, ...]:
    """Read a rules file; amounts stand in major units of the statement's currency.

    Raises:
        RulesMalformed: it is no TOML, or a rule is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesMalformed(str(error)) from error
    if data.keys() - {"rule"}:
        raise RulesMalformed(f"“{min(data.keys() - {'rule'})}”")
    return tuple(_rule(at, row, currency) for at, row in enumerate(data.get("rule", []), 1))


def _rule(at: int, row: dict[str, object], currency: str) -> Rule:
    if row.keys() - _FIELDS or "account" not in row or row.get("direction") not in (None, IN, OUT):
        raise RulesMalformed(f"rule {at}")
    try:
        text = {name: str(value) for name, value in row.items()}
        pattern = text.get("description")
        return Rule(
            check_code(text["account"]),
            text.get("direction"),
            text.get("kind"),
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
