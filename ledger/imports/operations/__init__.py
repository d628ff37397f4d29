"""Import a statement: `import_statement` is the one door, for a real run and for a trial."""

from ledger.imports.operations.currency import CurrencyUnclear, known_currency
from ledger.imports.operations.run import (
    AccountMalformed,
    AccountUnnamed,
    StatementEmpty,
    Transact,
    import_statement,
)
from ledger.imports.operations.writing import CurrencyDiffers
from ledger.imports.settings import Report, Settings

__all__ = [
    "AccountMalformed",
    "AccountUnnamed",
    "CurrencyDiffers",
    "CurrencyUnclear",
    "Report",
    "Settings",
    "StatementEmpty",
    "Transact",
    "import_statement",
    "known_currency",
]
