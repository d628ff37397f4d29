"""Outcome tables: one row per attempt, last column the outcome.

Every table starts from the same four books (tests/builders.py). Every outcome code is in at
least one row. Each table is played on all stores one by one, in batches, dry, and again.
"""

from collections.abc import Mapping

from tests.conformance.attempts import (
    bundles,
    corrections,
    holds,
    limits,
    money,
    periods,
    repeats,
    requests,
)
from tests.conformance.scene import Table

TABLES: Mapping[str, Table] = {
    f"{subject}: {name}": table
    for subject, tables in (
        ("requests", requests.TABLES),
        ("repeats", repeats.TABLES),
        ("holds", holds.TABLES),
        ("corrections", corrections.TABLES),
        ("limits", limits.TABLES),
        ("periods", periods.TABLES),
        ("money", money.TABLES),
        ("bundles", bundles.TABLES),
    )
    for name, table in tables.items()
}
