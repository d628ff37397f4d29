"""Consent texts: their purposes, versions, and hashes, as shipped in `data/texts.toml`.

A text that was shown is never edited; the hash of each stands beside it, and a file whose texts
do not match their hashes is refused. `again_from` ends what older versions are worth.
"""

import hashlib
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from ledger.errors import Language, Malformed, NotFound, Wording


@dataclass(eq=False)
class PurposeUnknown(NotFound):
    """Nobody is asked for consent to this purpose."""

    code = "consent_purpose_unknown"
    wording = Wording(
        id="Tidak ada tujuan persetujuan “{purpose}”.",
        en="There is no purpose of consent “{purpose}”.",
    )
    hint = Wording(id="Lihat `juang consent texts`.", en="See `juang consent texts`.")
    purpose: str


@dataclass(eq=False)
class TextVersionUnknown(NotFound):
    """There is no such version of the text, or not yet on that day."""

    code = "consent_text_unknown"
    wording = Wording(
        id="Naskah “{purpose}” versi {version} tidak ada atau belum berlaku.",
        en="The text “{purpose}” has no version {version}, or it is not in force yet.",
    )
    hint = Wording(id="Lihat `juang consent texts`.", en="See `juang consent texts`.")
    purpose: str
    version: int


@dataclass(eq=False)
class TextAltered(Malformed):
    """A text is not the one its hash stands for: somebody edited what may have been shown."""

    code = "consent_text_altered"
    wording = Wording(
        id="Naskah “{purpose}” versi {version} tidak cocok dengan hash-nya.",
        en="The text “{purpose}”, version {version}, does not match its hash.",
    )
    hint = Wording(
        id="Naskah lama tidak diubah; buat versi baru.",
        en="A text is never edited; write a new version.",
    )
    purpose: str
    version: int


def text_hash(purpose: str, version: int, language: Language, text: str) -> bytes:
    """Hash a text with its place, so that no text passes for another.

    >>> text_hash("share", 1, "id", "a") == text_hash("share", 2, "id", "a")
    False
    """
    head = f"juang/consent/1\x00{purpose}\x00{version}\x00{language}\x00"
    return hashlib.sha256((head + unicodedata.normalize("NFC", text)).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a text, in both languages."""

    no: int
    valid_from: datetime
    again_from: datetime | None
    text: Wording
    hash_id: bytes
    hash_en: bytes

    def hash(self, language: Language) -> bytes:
        """Give the hash of the text in one language."""
        return self.hash_id if language == "id" else self.hash_en


@dataclass(frozen=True, slots=True)
class Purpose:
    """What consent is asked for. `names_tenant`: an answer holds for one named tenant only."""

    code: str
    title: Wording
    names_tenant: bool
    versions: tuple[Version, ...]

    def version(self, no: int, at: datetime) -> Version:
        """Give a version that was in force at an instant.

        Raises: TextVersionUnknown.
        """
        for version in self.versions:
            if version.no == no and version.valid_from <= at:
                return version
        raise TextVersionUnknown(self.code, no)

    def current(self, at: datetime) -> Version:
        """Give the newest version in force at an instant.

        Raises: TextVersionUnknown: none is yet.
        """
        in_force = [version for version in self.versions if version.valid_from <= at]
        if not in_force:
            raise TextVersionUnknown(self.code, self.versions[0].no)
        return in_force[-1]

    def oldest_counting(self, at: datetime) -> int:
        """Tell the oldest version whose answers still count at an instant."""
        asked_again = (v.no for v in self.versions if v.again_from and v.again_from <= at)
        return max(asked_again, default=0)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All purposes, in their order."""

    purposes: tuple[Purpose, ...]

    def purpose(self, code: str) -> Purpose:
        """Give a purpose by its code.

        >>> shipped().purpose("share").names_tenant
        True

        Raises: PurposeUnknown.
        """
        for purpose in self.purposes:
            if purpose.code == code:
                return purpose
        raise PurposeUnknown(code)


def read(text: str) -> Catalogue:
    """Read a catalogue from TOML.

    Raises: TextAltered: a text does not match the hash beside it.
    """
    return Catalogue(tuple(map(_purpose, tomllib.loads(text)["purpose"])))


def _purpose(found: dict[str, Any]) -> Purpose:
    versions = tuple(_version(found["code"], each) for each in found["version"])
    assert [v.no for v in versions] == list(range(1, len(versions) + 1)), found["code"]
    title = Wording(found["id"], found["en"])
    return Purpose(found["code"], title, found.get("names_tenant", False), versions)


def _version(purpose: str, found: dict[str, Any]) -> Version:
    hashes = [bytes.fromhex(found[f"sha256_{language}"]) for language in ("id", "en")]
    own = [text_hash(purpose, found["no"], lang, found[lang]) for lang in ("id", "en")]
    if hashes != own:
        raise TextAltered(purpose, found["no"])
    return Version(
        no=found["no"],
        valid_from=found["from"],
        again_from=found.get("again_from"),
        text=Wording(found["id"].strip(), found["en"].strip()),
        hash_id=hashes[0],
        hash_en=hashes[1],
    )


@cache
def shipped() -> Catalogue:
    """Give the texts that ship with the ledger."""
    file = resources.files("ledger.consents") / "data" / "texts.toml"
    return read(file.read_text(encoding="utf-8"))
