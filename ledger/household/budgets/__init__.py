"""Budgets from pay day to pay day, in the currency a category is used in."""
