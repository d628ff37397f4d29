"""The fields of the vault: what each may hold, in which form it is kept, how it is shown masked.

Pure. Errors name the field and what is wrong, never what was written.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ledger.errors import Malformed, Wording
from ledger.parties import nik, phone

LONGEST: Final = 300
"""Letters of a name, an address, an heir or a safe contact."""


class Field(StrEnum):
    """What the vault keeps of a person."""

    NIK = "nik"
    """The number of her identity card: says who she is, one person per tenant."""
    NAME = "name"
    """Her name as her papers have it."""
    PHONE = "phone"
    """Where she can be called: a contact, never who she is."""
    ADDRESS = "address"
    """Where she or her family lives."""
    HEIR = "heir"
    """An heir with the kinship; there may be several, each under a number."""
    SAFE_CONTACT = "safe_contact"
    """How to reach her without danger: channel, hour, code word."""


WORDS: Final[dict[Field, Wording]] = {
    Field.NIK: Wording("NIK", "NIK"),
    Field.NAME: Wording("Nama", "Name"),
    Field.PHONE: Wording("Telepon", "Telephone"),
    Field.ADDRESS: Wording("Alamat", "Address"),
    Field.HEIR: Wording("Ahli waris", "Heir"),
    Field.SAFE_CONTACT: Wording("Kontak aman", "Safe contact"),
}

INDEXED: Final = (Field.NIK, Field.PHONE)
"""Fields that somebody can be looked up by."""

SEVERAL: Final = (Field.HEIR,)
"""Fields of which a person may have more than one."""

MOST: Final = 20
"""Values of such a field."""


@dataclass(eq=False)
class FieldMalformed(Malformed):
    """What was written cannot stand in this field; the error does not repeat it."""

    code = "field_malformed"
    wording = Wording(
        id="Isian {field} kosong, terlalu panjang, atau berisi huruf yang tidak sah.",
        en="The field {field} is empty, too long, or has invalid letters.",
    )
    hint = Wording(
        id=f"Satu baris teks UTF-8, paling banyak {LONGEST} huruf.",
        en=f"One line of UTF-8 text, at most {LONGEST} letters.",
    )
    field: str


@dataclass(eq=False)
class SlotMalformed(Malformed):
    """The field has one value only, or not so many."""

    code = "slot_malformed"
    wording = Wording(
        id="Isian {field} tidak punya nomor {no}.", en="The field {field} has no number {no}."
    )
    field: str
    no: int


def normal(field: Field, text: str) -> str:
    """Give a value in the form that is kept, or refuse it.

    >>> normal(Field.NAME, "  Siti   Aminah ")
    'Siti Aminah'

    Raises: NikMalformed, PhoneMalformed, FieldMalformed.
    """
    match field:
        case Field.NIK:
            return nik.normal(text.strip())
        case Field.PHONE:
            return phone.normal(text)
        case _:
            kept = unicodedata.normalize("NFC", " ".join(text.split()))
            one_line = len(text.strip().splitlines()) == 1
            if not one_line or len(kept) > LONGEST or not kept.isprintable():
                raise FieldMalformed(field.value)
            return kept


def check_slot(field: Field, no: int) -> int:
    """Refuse a number that a field does not have: 0 is the only value, several count from 1.

    Raises: SlotMalformed.
    """
    allowed = range(1, MOST + 1) if field in SEVERAL else range(1)
    if no not in allowed:
        raise SlotMalformed(field.value, no)
    return no


HIDDEN: Final = "•••"


def masked(field: Field, value: str) -> str:
    """Show just enough of a value for its owner to recognise it.

    Four digits of a NIK, three of a telephone number; the first letter of a name's words. The rest
    stays hidden, its length too.

    >>> masked(Field.NIK, "7309015406950001"), masked(Field.PHONE, "+6281234567890")
    ('•••0001', '•••890')
    >>> masked(Field.NAME, "Siti Aminah"), masked(Field.ADDRESS, "Jl. Veteran 1, Maros")
    ('S••• A•••', '•••')
    """
    match field:
        case Field.NIK:
            return HIDDEN + value[-4:]
        case Field.PHONE:
            return HIDDEN + value[-3:]
        case Field.NAME:
            return " ".join(word[0] + HIDDEN for word in value.split())
        case _:
            return HIDDEN
