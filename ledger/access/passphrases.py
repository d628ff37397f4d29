"""Passphrases: which are refused, and how they are kept (Argon2id, OWASP's parameters).

From twelve to 128 characters of any kind; no rule of composition, no expiry (ASVS 6.2). Refused is
what is common (common_passphrases.txt, also with digits and signs around it), what is the handle,
and one character over and over. Texts are compared in NFKC, so that a keyboard abroad does not lock
anybody out. The salt is handed in.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from argon2 import low_level
from argon2.exceptions import InvalidHashError, VerificationError

from ledger.errors import Malformed, Wording

SHORTEST: Final = 12
LONGEST: Final = 128
SALT_BYTES: Final = 16

MEMORY_KIB: Final = 19 * 1024
ROUNDS: Final = 2
LANES: Final = 1

_NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A hash that no passphrase has: an unknown handle costs the time of a known one."""


@dataclass(eq=False)
class PassphraseLength(Malformed):
    """The passphrase is too short or too long."""

    code = "passphrase_length"
    wording = Wording(
        id="Frasa sandi harus {shortest} sampai {longest} karakter.",
        en="A passphrase has {shortest} to {longest} characters.",
    )
    hint = Wording(
        id="Beberapa kata yang tidak berhubungan mudah diingat dan sulit ditebak.",
        en="A few words that have nothing to do with each other are easy to keep, hard to guess.",
    )
    shortest: int = SHORTEST
    longest: int = LONGEST


@dataclass(eq=False)
class PassphraseCommon(Malformed):
    """The passphrase is one that is tried first."""

    code = "passphrase_common"
    wording = Wording(
        id="Frasa sandi ini terlalu mudah ditebak.", en="This passphrase is too easy to guess."
    )
    hint = PassphraseLength.hint


def check(passphrase: str, handle: str) -> None:
    """Refuse a passphrase that should not be chosen.

    Raises:
        PassphraseLength, PassphraseCommon.

    >>> check("panci hijau naik sepeda", "ani")
    >>> check("Koperasi2026!", "ani")
    Traceback (most recent call last):
        ...
    ledger.access.passphrases.PassphraseCommon: This passphrase is too easy to guess.
    """
    text = _prepared(passphrase)
    if not SHORTEST <= len(text) <= LONGEST or "\0" in text:
        raise PassphraseLength
    folded = text.casefold()
    core = folded.strip("".join({each for each in folded if not each.isalpha()}))
    easy = {*common(), handle.casefold(), ""}
    once = _without_repeats(core)
    if {folded, core, once} & easy or len(set(folded)) < 4:
        raise PassphraseCommon


def hashed(passphrase: str, salt: bytes) -> str:
    """Hash a passphrase for storage."""
    assert len(salt) == SALT_BYTES, "a salt has sixteen bytes"
    return low_level.hash_secret(
        _prepared(passphrase).encode(),
        salt,
        time_cost=ROUNDS,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=32,
        type=low_level.Type.ID,
    ).decode()


def fits(passphrase: str, stored: str | None) -> bool:
    """Tell whether a passphrase is the stored one; without one, take the same time to say no."""
    too_long = len(passphrase) > LONGEST
    try:
        low_level.verify_secret(
            (stored or _NOBODY).encode(),
            b"" if too_long else _prepared(passphrase).encode("utf-8", "replace"),
            low_level.Type.ID,
        )
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and not too_long


@cache
def common() -> frozenset[str]:
    """Read the list of what is refused."""
    text = resources.files("ledger.access").joinpath("common_passphrases.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _prepared(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase)


def _without_repeats(text: str) -> str:
    """Give what a text repeats: `sandisandisandi` is `sandi`."""
    for size in range(1, len(text) // 2 + 1):
        if text[:size] * (len(text) // size) == text:
            return text[:size]
    return text
