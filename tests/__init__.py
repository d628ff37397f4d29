"""The tests: they mirror the source, and add golden tables, laws and journeys.

This file must exist: without it, `tests/ledger` would shadow `ledger`.
"""
