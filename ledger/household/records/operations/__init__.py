"""Record, amend, sort and delete, in bulk, over the one door for money."""

from ledger.household.records.operations.recording import record_many

__all__ = ["record_many"]
