"""What can be wrong with a line of a statement: a closed list, worded in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.errors import Language, Wording


class ProblemCode(StrEnum):
    """Why a line became no entry."""

    NOT_TEXT = "not_text"
    """The line is not text in the encoding of the file, or holds a NUL."""
    TOO_LONG = "too_long"
    """The line is longer than any statement's."""
    FIELD_TOO_LONG = "field_too_long"
    """A kind or a description is longer than an entry can keep; it is never cut."""
    QUOTES = "quotes"
    """A quotation mark is not closed on its line, or more than a delimiter follows it."""
    RAGGED = "ragged"
    """The line has more or fewer columns than the header."""
    BAD_ACCOUNT = "bad_account"
    """The account is missing or has characters it may not have."""
    BAD_DATE = "bad_date"
    """The date is not one, or outside the years the ledger knows."""
    BAD_AMOUNT = "bad_amount"
    """The amount is not a number as the mapping says numbers are written."""
    MIXED_MARKS = "mixed_marks"
    """The amount has both a decimal point and a decimal comma."""
    TOO_PRECISE = "too_precise"
    """The amount has more decimals than the currency."""
    TOO_LARGE = "too_large"
    """The amount is beyond 64 bits."""
    ZERO_AMOUNT = "zero_amount"
    """The line moves no money."""
    BAD_DIRECTION = "bad_direction"
    """The direction is neither in nor out."""
    BAD_BALANCE = "bad_balance"
    """The stated balance is not a number."""
    SELF_TRANSFER = "self_transfer"
    """A rule sends the money to the account it comes from."""
    REFUSED = "refused"
    """The books refused the entry; the facts name the outcome."""


WORDINGS: Mapping[ProblemCode, Wording] = {
    ProblemCode.NOT_TEXT: Wording(
        "Baris bukan teks {encoding}, atau berisi NUL.",
        "The line is not {encoding} text, or holds a NUL.",
    ),
    ProblemCode.TOO_LONG: Wording("Baris terlalu panjang.", "The line is too long."),
    ProblemCode.FIELD_TOO_LONG: Wording(
        "Kolom {column} lebih panjang dari {most} karakter.",
        "The column {column} has more than {most} characters.",
    ),
    ProblemCode.QUOTES: Wording("Tanda kutip tidak ditutup.", "A quotation mark is not closed."),
    ProblemCode.RAGGED: Wording(
        "Ada {found} kolom, seharusnya {expected}.", "There are {found} columns, not {expected}."
    ),
    ProblemCode.BAD_ACCOUNT: Wording("Rekening tidak sah.", "The account is not valid."),
    ProblemCode.BAD_DATE: Wording("Tanggal “{value}” tidak sah.", "“{value}” is no date."),
    ProblemCode.BAD_AMOUNT: Wording("Jumlah “{value}” tidak sah.", "“{value}” is no amount."),
    ProblemCode.MIXED_MARKS: Wording(
        "Titik dan koma bercampur dalam “{value}”.", "“{value}” mixes points and commas."
    ),
    ProblemCode.TOO_PRECISE: Wording(
        "“{value}” memiliki terlalu banyak desimal.", "“{value}” has too many decimals."
    ),
    ProblemCode.TOO_LARGE: Wording("“{value}” terlalu besar.", "“{value}” is too large."),
    ProblemCode.ZERO_AMOUNT: Wording(
        "Jumlahnya nol: tidak ada uang berpindah.", "The amount is zero: no money moves."
    ),
    ProblemCode.BAD_DIRECTION: Wording(
        "Arah “{value}” bukan in atau out.", "The direction “{value}” is not in or out."
    ),
    ProblemCode.BAD_BALANCE: Wording("Saldo “{value}” tidak sah.", "“{value}” is no balance."),
    ProblemCode.SELF_TRANSFER: Wording(
        "Aturan mengirim uang ke rekening itu sendiri.", "A rule sends the money to itself."
    ),
    ProblemCode.REFUSED: Wording(
        "Ditolak oleh pembukuan: {outcome}.", "Refused by the books: {outcome}."
    ),
}

HINTS: Mapping[ProblemCode, Wording] = {
    ProblemCode.NOT_TEXT: Wording(
        "Pengodean lain? Sebut dengan encoding dalam berkas --map.",
        "Another encoding? Name it by encoding in the --map file.",
    ),
    ProblemCode.RAGGED: Wording(
        "Pemisah di dalam teks harus berada di antara tanda kutip.",
        "A delimiter within a text must stand in quotation marks.",
    ),
    ProblemCode.BAD_ACCOUNT: Wording(
        "Rekening: huruf, angka dan _ . -, paling banyak 32 huruf.",
        "Accounts: letters, digits and _ . -, at most 32 letters.",
    ),
    ProblemCode.BAD_DATE: Wording(
        "Tanggal ditulis lain? Sebut date_format dalam berkas --map.",
        "Dates are written otherwise? Name date_format in the --map file.",
    ),
    ProblemCode.MIXED_MARKS: Wording(
        "Sebut decimal_mark dan thousands_mark dalam berkas --map.",
        "Name decimal_mark and thousands_mark in the --map file.",
    ),
    ProblemCode.BAD_DIRECTION: Wording(
        "Sebut in_words dan out_words dalam berkas --map.",
        "Name in_words and out_words in the --map file.",
    ),
}
"""What the reader of a statement can do about all lines of a kind."""

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that became no entry: its number in the file (the header is line 1) and why."""

    line: int
    code: ProblemCode
    facts: Mapping[str, int | str] = field(default_factory=dict)

    def message(self, language: Language = "en") -> str:
        """Say it in one sentence."""
        return WORDINGS[self.code].in_language(language).format_map(self.facts)


def about(line: int, code: ProblemCode, value: str) -> Problem:
    """Make a problem that quotes a value, tamed and shortened."""
    tamed = "".join(c if c.isprintable() else "?" for c in value[:_LONGEST_VALUE])
    return Problem(line, code, {"value": tamed})
