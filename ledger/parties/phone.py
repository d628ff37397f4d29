"""Telephone numbers in the one form E.164, by the numbering plans of Google's libphonenumber.

A number without a country is Indonesian: `0812…` and `812…` are `+62812…`. Numbers of the places
she works in are as good. A number is a contact and never says who somebody is: it changes at every
border, and whoever had it before is nobody's business (docs/decisions/0016).
"""

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers

from ledger.errors import Malformed, Wording

HOME: Final = "ID"
LONGEST: Final = 40
"""Letters of a number as people write it."""

_WRITTEN: Final = re.compile(r"\+?[0-9 ()./\-]+")


@dataclass(eq=False)
class PhoneMalformed(Malformed):
    """The text is no number that could be called; the error does not repeat it."""

    code = "phone_malformed"
    wording = Wording(id="Ini bukan nomor telepon.", en="This is no telephone number.")
    hint = Wording(
        id="Tulis 08… atau dengan kode negara, misalnya +852 9123 4567.",
        en="Write 08… or with the country's code, for instance +852 9123 4567.",
    )


def normal(text: str) -> str:
    """Give a telephone number in E.164.

    >>> normal("0812-3456-7890"), normal("+852 9123 4567")
    ('+6281234567890', '+85291234567')

    Raises: PhoneMalformed.
    """
    written = text.strip()
    if len(written) > LONGEST or _WRITTEN.fullmatch(written) is None:
        raise PhoneMalformed
    try:
        number = phonenumbers.parse(written, HOME)
    except phonenumbers.NumberParseException as error:
        raise PhoneMalformed from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneMalformed
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
