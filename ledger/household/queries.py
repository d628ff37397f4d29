"""What the feed of a household can tell: a reader for each kind of thing.

A room of the household that takes part in the feed adds its kind and reader here.
"""

from collections.abc import Mapping
from typing import Final

from ledger.household.books.queries import categories_say, settings_says
from ledger.household.budgets.queries import budgets_say
from ledger.household.feed.items import Kind
from ledger.household.feed.queries import Reader
from ledger.household.notes.queries import notes_say
from ledger.household.recurring.queries import recurring_say
from ledger.household.rules.queries import rules_say

READERS: Final[Mapping[Kind, Reader]] = {
    Kind.SETTINGS: settings_says,
    Kind.CATEGORY: categories_say,
    Kind.NOTE: notes_say,
    Kind.RULE: rules_say,
    Kind.RECURRING: recurring_say,
    Kind.BUDGET: budgets_say,
}
"""Handed to `feed.queries.changes`."""
