"""What command lines are made of: dates, numbers, names and texts, each refused by name."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import click

from api.commands.bilingual import option
from ledger.errors import Malformed, Wording

LONGEST_NUMBER: Final = 18


@dataclass(eq=False)
class NumberMalformed(Malformed):
    """The text is not a whole number that a book could count to."""

    code = "number_malformed"
    wording = Wording("“{text}” bukan bilangan bulat.", "“{text}” is not a whole number.")
    hint = Wording("Tulis angka saja, misalnya 120.", "Write digits only, for instance 120.")
    text: str


@dataclass(eq=False)
class TextMalformed(Malformed):
    """A text on the command line is empty, too long, or has letters that cannot be kept."""

    code = "text_malformed"
    wording = Wording(
        "{what} kosong, terlalu panjang, atau berisi huruf yang tidak sah: “{text}”.",
        "{what} is empty, too long, or has invalid letters: “{text}”.",
    )
    hint = Wording(
        "Gunakan teks UTF-8 dalam satu baris, paling banyak {longest} huruf.",
        "Use UTF-8 text in one line, at most {longest} letters.",
    )
    what: str
    text: str
    longest: int

    def advice(self, language: Any = "en") -> str | None:
        """Say how long it may be."""
        return self.hint.in_language(language).format(longest=self.longest)


@dataclass(eq=False)
class InstantMalformed(Malformed):
    """The text is no instant, or does not say its offset from UTC."""

    code = "instant_malformed"
    wording = Wording("“{text}” bukan waktu dengan zonanya.", "“{text}” is no time with its zone.")
    hint = Wording(
        "Misalnya 2026-11-24T08:00+07:00, atau …Z untuk UTC.",
        "For instance 2026-11-24T08:00+07:00, or …Z for UTC.",
    )
    text: str


class Instant(click.ParamType[datetime]):
    """An instant, ISO 8601 with its offset from UTC."""

    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        """Read it strictly.

        Raises: InstantMalformed.
        """
        from ledger.dates import MAX_DATE, MIN_DATE

        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError as error:
            raise InstantMalformed(value) from error
        if found.tzinfo is None or not MIN_DATE <= found.date() <= MAX_DATE:
            raise InstantMalformed(value)
        return found.astimezone(UTC)


class Day(click.ParamType[date]):
    """A date, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """Read it strictly.

        Raises: DateMalformed, DateOutOfRange.
        """
        from ledger.dates import parse_date

        return value if isinstance(value, date) else parse_date(value)


class Number(click.ParamType[int]):
    """A whole number, zero or more."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Read it strictly.

        Raises: NumberMalformed.
        """
        if isinstance(value, int):
            return value
        if re.fullmatch(r"[0-9]{1,18}", value) is None:
            raise NumberMalformed(value)
        return int(value)


class Text(click.ParamType[str]):
    """A text in one line: a name, a reference, a code."""

    name = "text"

    def __init__(self, longest: int = 200) -> None:
        """Say how long it may be."""
        self.longest = longest

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Refuse what could not be stored, or not be shown again.

        Raises: TextMalformed.
        """
        text = str(value)
        if not 0 < len(text) <= self.longest or not text.isprintable():
            what = "" if param is None else (param.metavar or param.name or "").upper()
            raise TextMalformed(what, text, self.longest)
        return text


DAY: Final = Day()
INSTANT: Final = Instant()
NUMBER: Final = Number()
NAME: Final = Text()

book_argument = click.argument("book", metavar="BOOK", type=NAME)
person_argument = click.argument("person", metavar="PERSON", type=NAME)
tenant_argument = click.argument("tenant", metavar="TENANT", type=NAME)
account_argument = click.argument("account", metavar="ACCOUNT", type=NAME)
format_option = option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    id="Bentuk keluaran.",
    en="Form of the output.",
)
means_option = option(
    "--means",
    type=click.Choice(["app", "paper", "voice"]),
    default="paper",
    show_default=True,
    id="Bagaimana disampaikan.",
    en="How it was said.",
)
on_option = option(
    "--on",
    type=DAY,
    metavar="DATE",
    id="Menurut tanggal efektif sampai hari ini (YYYY-MM-DD).",
    en="Effective by this day (YYYY-MM-DD).",
)
known_at_option = option(
    "--known-at",
    type=NUMBER,
    metavar="SEQ",
    id="Menurut yang tercatat sampai entri nomor ini.",
    en="As the book knew it at this entry number.",
)
