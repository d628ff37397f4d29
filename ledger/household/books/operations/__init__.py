"""Open households, change their settings, make and change categories and pockets."""

from ledger.household.books.operations.categories import change_categories, make_categories
from ledger.household.books.operations.households import change_settings, open_households

__all__ = ["change_categories", "change_settings", "make_categories", "open_households"]
