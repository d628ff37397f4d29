"""How many must approve, and in which roles: dated rules, as data.

A tenant's rule replaces the one shipped here from its first day on. Of a kind's rules those count
that began by the day and whose amount is reached; of them the one for the highest amount, and of
these the latest. What has no rule cannot be proposed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Rule:
    """From a day on, proposals of a kind need so many approvals by people in these roles.

    With a currency it is for amounts of at least `from_amount` minor units in it.
    """

    kind: str
    needed: int
    roles: frozenset[str]
    valid_from: date = date(1900, 1, 1)
    currency: str = ""
    from_amount: int = 0


_HEADS: Final = frozenset({"manager", "supervisor"})

SHIPPED: Final[tuple[Rule, ...]] = (
    Rule("period_reopening", 1, _HEADS),
    Rule("approval_rule", 1, _HEADS),
    Rule("person_erasure", 1, _HEADS),
    Rule("hold_lifting", 1, _HEADS),
    Rule("text_erasure", 1, _HEADS),
    Rule("second_factor_reset", 1, _HEADS | {"administrator"}),
    Rule("role_grant", 1, _HEADS | {"administrator"}),
    Rule("account_enabling", 1, _HEADS | {"administrator"}),
)
"""Where a tenant has said nothing: one other person, who leads or supervises."""


def choose(rules: Iterable[Rule], kind: str, day: date, amount: Money | None) -> Rule | None:
    """Choose the rule that a proposal of this kind and amount falls under on a day.

    >>> board = Rule("loan", 2, frozenset({"manager"}), currency="IDR", from_amount=500)
    >>> teller = Rule("loan", 1, frozenset({"manager", "loan_officer"}))
    >>> choose([board, teller], "loan", date(2026, 1, 1), Money(500, "IDR")).needed
    2
    >>> choose([board, teller], "loan", date(2026, 1, 1), Money(499, "IDR")).needed
    1
    """
    fitting = [
        rule
        for rule in rules
        if rule.kind == kind and rule.valid_from <= day and _reached(rule, amount)
    ]
    return max(
        fitting,
        key=lambda rule: (rule.currency != "", rule.from_amount, rule.valid_from),
        default=None,
    )


def _reached(rule: Rule, amount: Money | None) -> bool:
    if rule.currency == "":
        return True
    return (
        amount is not None and amount.currency == rule.currency and amount.minor >= rule.from_amount
    )
