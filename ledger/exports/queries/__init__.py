"""What exports are made of, read as it is asked for, in the caller's transaction."""

from ledger.exports.queries.books import chosen

__all__ = ["chosen"]
