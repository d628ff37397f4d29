"""Errors that every room shares: what a caller may expect, with a stable code and both languages.

An error is a dataclass: its fields are its facts, its `code` is the contract (the same in the
library, over HTTP and in the documentation), and its `wording` is filled from the facts. Each
error is a class in the module that raises it, below one of the three kinds here:

- `NotFound`: what the caller names is not there, or is not hers to see;
- `Refused`: understood, and against a rule or the state of the books;
- `Malformed`: a value that cannot exist, whatever the state of the books.

Refusals of money commands are outcomes, not errors (design.md §3). A mistake in our own code is
neither: it fails an assertion, or raises what Python raises.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Literal, NamedTuple

Language = Literal["id", "en"]
"""Bahasa Indonesia or English, as ISO 639-1 writes them."""

_LONGEST_FACT = 80
"""Characters of a text fact that a sentence quotes; input from outside may be megabytes."""


class Wording(NamedTuple):
    """One text in both languages of the house."""

    id: str
    en: str

    def in_language(self, language: Language) -> str:
        """Give the text in one language.

        >>> Wording(id="kas", en="cash").in_language("id")
        'kas'
        """
        return self.id if language == "id" else self.en


@dataclass(eq=False)
class LedgerError(Exception):
    """Ground of every failure a caller may expect; a subclass is a dataclass too.

    >>> @dataclass(eq=False)
    ... class NoSuchBook(NotFound):
    ...     code = "book_not_found"
    ...     wording = Wording(id="Tidak ada buku {book}.", en="There is no book {book}.")
    ...     book: str
    >>> error = NoSuchBook("household-7")
    >>> error.code, error.facts, str(error)
    ('book_not_found', {'book': 'household-7'}, 'There is no book household-7.')
    >>> error.message("id")
    'Tidak ada buku household-7.'
    """

    code: ClassVar[str] = "ledger_error"
    wording: ClassVar[Wording] = Wording(
        id="Buku besar tidak dapat melakukannya.", en="The ledger cannot do this."
    )
    hint: ClassVar[Wording | None] = None
    """What the caller can do about it, where there is something to say."""

    @property
    def facts(self) -> dict[str, object]:
        """What happened, by name: the values as they were given, never shortened."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def message(self, language: Language = "en") -> str:
        """Say what happened in one sentence for a person; long or unprintable facts are tamed."""
        tamed = {name: _tamed(value) for name, value in self.facts.items()}
        return self.wording.in_language(language).format_map(tamed)

    def advice(self, language: Language = "en") -> str | None:
        """Say what to do about it, or nothing."""
        return None if self.hint is None else self.hint.in_language(language)

    def __str__(self) -> str:
        """Give the sentence in English."""
        return self.message()

    def __reduce__(self) -> tuple[type["LedgerError"], tuple[object, ...]]:
        """Let the error cross a process boundary, however its facts were passed."""
        return type(self), tuple(self.facts.values())


@dataclass(eq=False)
class NotFound(LedgerError):
    """What the caller names is not there; the answer is the same if it is not hers to see."""

    code = "not_found"
    wording = Wording(id="Yang diminta tidak ada.", en="What was asked for does not exist.")


@dataclass(eq=False)
class Refused(LedgerError):
    """The request is understood, and against a rule or the state of the books."""

    code = "refused"
    wording = Wording(id="Permintaan ini tidak diperbolehkan.", en="This request is not allowed.")


@dataclass(eq=False)
class Malformed(LedgerError):
    """A value that cannot exist, whatever the state of the books."""

    code = "malformed"
    wording = Wording(id="Nilai ini tidak sah.", en="This value is not valid.")


def _tamed(value: object) -> str:
    r"""Write a fact for a sentence: one line, printable, at most eighty characters.

    >>> print(_tamed("a\x00b"), len(_tamed("9" * 10_000_000)))
    a\x00b 80
    """
    # A text is cut before it is examined: it may be huge. Digits of an enormous int would be
    # refused by Python itself, so callers keep such facts as text.
    text = value[: _LONGEST_FACT + 1] if isinstance(value, str) else str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if len(text) <= _LONGEST_FACT else text[: _LONGEST_FACT - 1] + "…"
