"""Which rule a record's words match. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """Which of her words a rule looks at."""

    COUNTERPARTY = "counterparty"
    """Whom she paid, or who paid her; the whole of it."""
    TEXT = "text"
    """Anywhere in counterparty or note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRule:
    """A rule as she wants it, under an id of her phone's; `words` None ends it.

    Of several rules that match, the one with the smallest `rank` counts, then the smallest id.
    """

    book_id: int
    id: bytes
    words: str | None
    where: Where = Where.TEXT
    category: str = ""
    rank: int = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule opened: folded words, and the category with its role (expense or income)."""

    id: bytes
    rank: int
    where: Where
    folded: str
    category: str
    role: str


def folded(text: str) -> str:
    """Fold a text for comparing: case, width, accents' form and runs of spaces say nothing.

    >>> folded("  WELLCOME  Ltd.")
    'wellcome ltd.'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def match(
    rules: Sequence[Rule], role: str, counterparty: str | None, note: str | None
) -> Rule | None:
    """Find the first rule whose words are in hers, among those of a role.

    >>> rule = Rule(bytes(16), 1, Where.TEXT, "pasar", "expenses:food", "expense")
    >>> (
    ...     match([rule], "expense", None, "ke Pasar pagi") is rule,
    ...     match([rule], "income", None, "pasar"),
    ... )
    (True, None)
    """
    whom, said = folded(counterparty or ""), folded(note or "")
    for rule in sorted(rules, key=lambda rule: (rule.rank, rule.id)):
        exact = rule.where is Where.COUNTERPARTY
        hit = rule.folded == whom if exact else rule.folded in whom or rule.folded in said
        if hit and rule.role == role:
            return rule
    return None
