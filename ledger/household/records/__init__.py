"""Expenses, income and moves between pockets, as she records them.

A record is known by the id of its first entry for ever: amending, sorting and deleting name that
id, or the id of any later version. What she typed as an amount is read by `typed`.
"""
