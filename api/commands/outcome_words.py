"""What each outcome means to a person, in Indonesian and English; the code stays beside it."""

from typing import Final

from ledger import money
from ledger.errors import Language, Wording
from ledger.journal.intents import AssertBalance, Intent
from ledger.journal.outcomes import Code, Facts
from ledger.reports.report import Amount
from ledger.reports.writing import with_currency

_DIFFERENT: Final = "exists_with_different_"

_FIELDS: Final = {
    "verb": Wording("perintah", "verb"),
    "target": Wording("entri yang dimaksud", "target"),
    "postings": Wording("baris", "lines"),
    "amount": Wording("jumlah", "amount"),
    "effective_date": Wording("tanggal efektif", "effective date"),
    "value_date": Wording("tanggal nilai", "value date"),
    "kind": Wording("macam", "kind"),
    "exchange": Wording("kurs", "rate"),
    "expiry": Wording("masa berlaku", "expiry"),
    "options": Wording("pilihan", "options"),
    "bundle": Wording("ikatan", "bundle"),
    "text": Wording("uraian", "text"),
    "device_time": Wording("waktu perangkat", "device time"),
}

_SENTENCES: Final = {
    Code.POSTED: Wording("dibukukan", "posted"),
    Code.EXISTS: Wording("sudah ada", "exists already"),
    Code.INVALID_REQUEST: Wording("isian tidak terbaca", "a field cannot be read"),
    Code.INVALID_DATE: Wording("tanggal di luar 1900–2199", "a date outside 1900–2199"),
    Code.BUNDLE_SCATTERED: Wording("ikatan tidak berurutan", "the bundle is scattered"),
    Code.BOOK_NOT_FOUND: Wording("tidak ada buku ini", "there is no such book"),
    Code.SUBJECT_ERASED: Wording("data orang ini sudah dihapus", "the subject was erased"),
    Code.BUNDLE_CROSSES_TENANTS: Wording(
        "ikatan melintasi pengelola", "the bundle joins books of different operators"
    ),
    Code.BUNDLE_DIFFERS: Wording(
        "sebagian ikatan sudah dibukukan", "part of the bundle was accepted before"
    ),
    Code.NO_POSTINGS: Wording("baris kurang", "too few lines"),
    Code.TOO_MANY_POSTINGS: Wording("baris terlalu banyak", "too many lines"),
    Code.AMOUNT_NOT_POSITIVE: Wording("jumlah harus lebih dari nol", "an amount is not positive"),
    Code.SELF_TRANSFER: Wording("akun yang sama di kedua sisi", "one account on both sides"),
    Code.ENTRY_NOT_FOUND: Wording("tidak ada entri ini", "there is no such entry"),
    Code.HOLD_NOT_FOUND: Wording("tidak ada penahanan ini", "there is no such hold"),
    Code.ACCOUNT_NOT_FOUND: Wording("tidak ada akun ini", "there is no such account"),
    Code.LINE_NOT_FOUND: Wording("tidak ada baris ini", "there is no such line"),
    Code.NOT_REVERSIBLE: Wording("entri ini tidak dapat dibatalkan", "it cannot be reversed"),
    Code.ALREADY_REVERSED: Wording("sudah dibatalkan seluruhnya", "it is reversed already"),
    Code.HOLD_CLOSED: Wording("penahanan sudah selesai", "nothing of the hold is left"),
    Code.HOLD_EXPIRED: Wording("penahanan sudah kedaluwarsa", "the hold is past due"),
    Code.HOLD_NOT_DUE: Wording("penahanan belum kedaluwarsa", "the hold is not past due"),
    Code.ACCOUNT_CLOSED: Wording("akun sudah ditutup", "an account is closed"),
    Code.ACCOUNT_FROZEN: Wording("akun dibekukan", "an account is frozen"),
    Code.ACCOUNT_NOT_POSTABLE: Wording("akun induk hanya menjumlah", "a heading only adds up"),
    Code.PERIOD_CLOSED: Wording("periode sudah ditutup", "the period is closed"),
    Code.DATE_TOO_FAR_AHEAD: Wording("tanggal terlalu jauh di depan", "the date is too far ahead"),
    Code.CURRENCY_MISMATCH: Wording(
        "mata uang bukan milik akun", "the currency is not the account's"
    ),
    Code.UNBALANCED: Wording("debit dan kredit berbeda", "debits and credits differ"),
    Code.EXCHANGE_NOT_TWO_CURRENCIES: Wording(
        "penukaran perlu tepat dua mata uang", "an exchange needs exactly two currencies"
    ),
    Code.EXCEEDS_ORIGINAL: Wording("melebihi sisa entri asal", "more than is left of the entry"),
    Code.EXCEEDS_HOLD: Wording("melebihi sisa penahanan", "more than is left of the hold"),
    Code.PURPOSE_NOT_ALLOWED: Wording(
        "dana ini tidak boleh untuk tujuan itu", "the fund may not pay for this purpose"
    ),
    Code.BALANCE_DIFFERS: Wording("saldo berbeda", "the balance differs"),
    Code.BELOW_FLOOR: Wording("saldo tidak cukup", "the balance would fall below its floor"),
    Code.ABOVE_CEILING: Wording("saldo melewati batas atas", "the balance would pass its ceiling"),
    Code.OVER_DAILY_LIMIT: Wording("melewati batas harian", "over the daily limit"),
    Code.COUNTER_OVERFLOW: Wording("angka terlalu besar", "a counter would pass 64 bits"),
    Code.LINKED_FAILED: Wording(
        "bagian lain dari ikatan ditolak", "another part of the bundle was refused"
    ),
}


def sentence(code: Code) -> Wording:
    """Say what an outcome means.

    >>> sentence(Code.EXISTS_WITH_DIFFERENT_AMOUNT).id
    'id sudah dipakai dengan jumlah lain'
    """
    if code.startswith(_DIFFERENT):
        field = _FIELDS[code.removeprefix(_DIFFERENT)]
        return Wording(f"id sudah dipakai dengan {field.id} lain", f"id taken, other {field.en}")
    return _SENTENCES[code]


_AMOUNTS: Final = frozenset(
    {"short", "excess", "left", "asserted", "actual", "difference", "limit"}
)
"""Facts that are amounts in minor units."""


def told_facts(intent: Intent, facts: Facts, language: Language) -> str:
    """Write the facts of a refusal for a person: amounts in the currency they are about.

    >>> from datetime import date
    >>> asked = AssertBalance(
    ...     book_id=1, id=b"", effective_date=date.max, account="cash", balance=1, currency="IDR"
    ... )
    >>> told_facts(asked, {"account": "cash", "actual": 400000}, "id")
    'account=cash actual=IDR 4.000,00'
    """
    currency = facts.get("currency") or _currency(intent, facts)
    told = {
        name: with_currency(Amount(value, str(currency)), language)
        if name in _AMOUNTS and isinstance(value, int) and currency
        else value
        for name, value in facts.items()
    }
    return written_facts(told)


def as_money(intent: Intent, facts: Facts) -> dict[str, object]:
    """Give the facts of a refusal for a program, amounts as money where their currency is known."""
    currency = facts.get("currency") or _currency(intent, facts)
    return {
        name: {"amount": money.format_plain(value, str(currency)), "currency": currency}
        if name in _AMOUNTS and isinstance(value, int) and currency
        else value
        for name, value in facts.items()
    }


def _currency(intent: Intent, facts: Facts) -> str | None:
    """Find the currency that a fact is in: the request's only one, or that of the line it names."""
    if isinstance(intent, AssertBalance):
        return intent.currency
    postings = getattr(intent, "postings", ())
    named = [each.currency for each in postings if each.account == facts.get("account")]
    found = set(named or (each.currency for each in postings))
    return found.pop() if len(found) == 1 else None


def written_facts(facts: Facts) -> str:
    """Write the facts of a refusal in one line.

    >>> written_facts({"account": "assets:cash", "short": 400000})
    'account=assets:cash short=400000'
    """
    return " ".join(f"{name}={value}" for name, value in facts.items())
