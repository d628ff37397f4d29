"""Passport numbers: six to nine capital letters and digits. Kept only where it is needed.

Sources contradict each other about Indonesian numbers, so nothing narrower is asked
(docs/decisions/0016).
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import Malformed, Wording

_NUMBER: Final = re.compile(r"[A-Z0-9]{6,9}")


@dataclass(eq=False)
class PassportMalformed(Malformed):
    """The text is no passport number; the error does not repeat it."""

    code = "passport_malformed"
    wording = Wording(id="Ini bukan nomor paspor.", en="This is no passport number.")
    hint = Wording(
        id="Enam sampai sembilan huruf dan angka, misalnya X1234567.",
        en="Six to nine letters and digits, for instance X1234567.",
    )


def normal(text: str) -> str:
    """Give a passport number in capitals, without spaces.

    >>> normal("x 123 4567")
    'X1234567'

    Raises: PassportMalformed.
    """
    number = "".join(text.split(" "))
    number = number.upper() if number.isascii() else number
    if _NUMBER.fullmatch(number) is None:
        raise PassportMalformed
    return number
