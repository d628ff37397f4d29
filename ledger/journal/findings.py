"""What `verify` finds, in words of both languages: which number, where, kept and derived.

Pure. The names of numbers are the keys of `NAMES`; nothing is found that has no name there.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import Wording

NAMES: Final = {
    "account": "akun",
    "asserted balance": "saldo yang dinyatakan",
    "balance": "keseimbangan",
    "change head": "nomor perubahan terakhir buku",
    "change number": "nomor perubahan",
    "counter (pending credit)": "penghitung (kredit ditahan)",
    "counter (pending debit)": "penghitung (debit ditahan)",
    "counter (posted credit)": "penghitung (kredit dibukukan)",
    "counter (posted debit)": "penghitung (debit dibukukan)",
    "day bucket": "jumlah harian",
    "exchange": "penukaran",
    "head": "nomor terakhir buku",
    "hold": "dana ditahan",
    "intent hash": "hash permintaan",
    "last moment": "waktu pencatatan terakhir",
    "late total": "jumlah susulan",
    "latest on-time date": "tanggal urut terakhir",
    "leaf hash": "hash daun",
    "moment": "waktu pencatatan",
    "moved on the day": "mutasi hari itu",
    "next account number": "nomor akun berikutnya",
    "number of lines": "banyaknya baris",
    "posting": "baris jurnal",
    "request": "permintaan",
    "reversed amount": "jumlah yang dibatalkan",
    "row": "baris tabel",
    "running balance": "saldo berjalan",
    "sequence": "nomor urut",
    "text": "teks",
    "text commitment": "komitmen teks",
    "text key": "kunci teks",
}
"""Names of the numbers that are recounted: English, Indonesian."""

IN_PART: Final = Wording("sebagian", "in part")
WHOLE: Final = Wording("utuh", "whole")
THERE: Final = Wording("ada", "there")
MISSING: Final = Wording("tidak ada", "missing")
NOTHING: Final = Wording("tidak ada", "nothing")
NO_ACCOUNT: Final = Wording("akun tidak ada", "no such account")
NO_BOOK: Final = Wording("buku tidak ada", "no such book")
DESTROYED: Final = Wording("dihancurkan", "destroyed")
NO_ENTRY: Final = Wording("entri tidak ada", "no such entry")
READABLE: Final = Wording("terbaca", "readable")
UNREADABLE: Final = Wording("tidak terbaca", "unreadable")
BOOK: Final = Wording("buku", "book")


@dataclass(frozen=True, slots=True)
class Problem:
    """One number or hash that is not what the entries say.

    `where` names the row in words an operator can act on; `stored` and `derived` are what is
    kept and what it should be.
    """

    book_id: int
    what: Wording
    where: Wording
    stored: Wording
    derived: Wording

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"book {self.book_id}: {self.what.en} of {self.where.en} is {self.stored.en}, "
            f"entries give {self.derived.en}"
        )


def problem(book_id: int, name: str, where: Wording, stored: object, derived: object) -> Problem:
    """Name what is wrong; values other than words stand as they are in both languages."""
    what = Wording(NAMES[name], name)
    return Problem(book_id, what, where, said(stored), said(derived))


def said(value: object) -> Wording:
    """Write a value for both languages.

    >>> said(5), said(MISSING)
    (Wording(id='5', en='5'), Wording(id='tidak ada', en='missing'))
    """
    return value if isinstance(value, Wording) else Wording(str(value), str(value))


def place(*parts: Wording | str) -> Wording:
    """Name a place by its parts.

    >>> place(entry(5), line(2)).id
    'entri 5, baris 2'
    """
    told = [said(part) for part in parts]
    return Wording(", ".join(part.id for part in told), ", ".join(part.en for part in told))


def entry(seq: object) -> Wording:
    """Name an entry."""
    return Wording(f"entri {seq}", f"entry {seq}")


def line(number: object) -> Wording:
    """Name a line of an entry."""
    return Wording(f"baris {number}", f"line {number}")


def account(no: object) -> Wording:
    """Name an account by its number."""
    return Wording(f"akun {no}", f"account {no}")


def account_day(no: object, day: object) -> Wording:
    """Name an account's day."""
    return Wording(f"akun {no} pada {day}", f"account {no} on {day}")


def block(number: object, shift: object, seq: object) -> Wording:
    """Name a block of days, as it stood at an entry."""
    return Wording(
        f"blok {number} dari 2^{shift} hari pada entri {seq}",
        f"block {number} of 2^{shift} days at entry {seq}",
    )


def in_unit(where: Wording, currency: str, fund: str | None) -> Wording:
    """Name what balances at a place: a currency, and within it a fund.

    >>> in_unit(entry(5), "IDR", "zakat").en
    'entry 5 in IDR of zakat'
    """
    of = Wording("", "") if fund is None else Wording(f" dana {fund}", f" of {fund}")
    return Wording(f"{where.id} dalam {currency}{of.id}", f"{where.en} in {currency}{of.en}")


def at_least(value: object) -> Wording:
    """Say that a value may be more."""
    return Wording(f"paling sedikit {value}", f"at least {value}")


def at_most(value: object) -> Wording:
    """Say that a value may be less."""
    return Wording(f"paling banyak {value}", f"at most {value}")


def or_later(moment: object) -> Wording:
    """Say that a moment may be later."""
    return Wording(f"{moment} atau sesudahnya", f"{moment} or later")
