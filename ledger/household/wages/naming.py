"""Names of employers and agencies as they are sealed. Pure."""

import json
from typing import Any

from ledger.journal import keyring


def names_place(book: int, contract: bytes, version: int) -> bytes:
    """Name where the names of a version of a contract stand, for the cipher."""
    return keyring.place(book, contract, f"contract:{version}")


def write_names(employer: str | None, agency: str | None) -> str:
    """Write names as one text.

    >>> read_names(write_names("Keluarga Chan", None))
    ('Keluarga Chan', None)
    """
    return json.dumps([employer, agency], ensure_ascii=False)


def read_names(text: str) -> tuple[str | None, str | None]:
    """Read them back."""
    found: list[Any] = json.loads(text)
    employer, agency = found
    return employer, agency
