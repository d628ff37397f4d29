"""Passphrases: what is refused, and how they are kept."""

import pytest

from ledger.access import passphrases
from ledger.access.passphrases import PassphraseCommon, PassphraseLength
from ledger.errors import LedgerError

GOOD = (
    "panci hijau naik sepeda",
    "x9!kQ2#vLm0p",
    "a" * 10 + "bcd" * 18,
    "kata ini 64 karakter panjangnya, " + "dan tetap boleh dipakai juga ya!",
    "ꦲꦏ꧀ꦱꦫꦗꦮꦏꦸꦤꦺꦴ",
    "z" * 60 + "yxwv" * 17,
    "tidak ada huruf besar atau angka",
)
REFUSED = {
    "juang123": PassphraseLength,
    "": PassphraseLength,
    "a b c d e f": PassphraseLength,
    "x" * 129: PassphraseLength,
    "nul\0nul\0nul\0nul": PassphraseLength,
    "koperasi2026": PassphraseCommon,
    "Koperasi2026": PassphraseCommon,
    "KOPERASI-2026-!": PassphraseCommon,
    "2026koperasi!!": PassphraseCommon,
    "koperasikoperasi": PassphraseCommon,
    "juang12345678": PassphraseCommon,
    "Bismillah1234": PassphraseCommon,
    "password1234": PassphraseCommon,
    "P@ssw0rd2026": PassphraseCommon,
    "qwertyuiop123": PassphraseCommon,
    "123456789012": PassphraseCommon,
    "correct horse battery staple": PassphraseCommon,
    "aaaaaaaaaaaaaa": PassphraseCommon,
    "abababababababab": PassphraseCommon,
    "9182736450192": PassphraseCommon,
    "sitinurhaliza": PassphraseCommon,
    "SitiNurhaliza1990": PassphraseCommon,
    "ｋｏｐｅｒａｓｉ２０２６": PassphraseCommon,
}


@pytest.mark.parametrize("passphrase", GOOD)
def test_a_long_one_of_any_kind_is_taken(passphrase: str) -> None:
    passphrases.check(passphrase, "ani")


@pytest.mark.parametrize("passphrase", REFUSED)
def test_short_and_common_ones_are_refused(passphrase: str) -> None:
    with pytest.raises(LedgerError) as refused:
        passphrases.check(passphrase, "sitinurhaliza")

    assert type(refused.value) is REFUSED[passphrase]


def test_it_is_kept_by_argon2id_with_the_parameters_of_owasp() -> None:
    kept = passphrases.hashed("panci hijau naik sepeda", bytes(range(16)))

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passphrases.fits("panci hijau naik sepeda", kept)
    assert not passphrases.fits("panci hijau naik sepeda ", kept)
    assert kept != passphrases.hashed("panci hijau naik sepeda", bytes(16))


def test_what_two_keyboards_write_differently_is_one_passphrase() -> None:
    kept = passphrases.hashed("kafe\u0301 di tepi jalan", bytes(16))

    assert passphrases.fits("kaf\u00e9 di tepi jalan", kept)


@pytest.mark.parametrize("given", ["x", "x" * 10_000_000, "\ud800" * 12, ""])
@pytest.mark.parametrize("stored", [None, "", "$argon2id$nonsense", "plain"])
def test_what_cannot_fit_does_not(given: str, stored: str | None) -> None:
    assert not passphrases.fits(given, stored)


def test_the_hash_of_nobody_takes_the_work_of_a_real_one() -> None:
    real = passphrases.hashed("panci hijau naik sepeda", bytes(16))

    assert passphrases._NOBODY.split("$")[:4] == real.split("$")[:4]
    assert len(passphrases._NOBODY) == len(real)


def test_the_list_holds_what_is_tried_first() -> None:
    assert len(passphrases.common()) > 150
    assert {"koperasi", "juang", "bismillah", "password", "qwerty"} <= passphrases.common()
