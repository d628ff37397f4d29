"""How a statement is written: its columns, dates, numbers and signs. Recognised, or told by TOML.

# mapping.toml
currency = "IDR"
account = "bca"                  # or: account_column = "No. Rekening"
date_column = "Tanggal"
date_format = "dd/mm/yyyy"
amount_column = "Jumlah"         # signed; or debit_column and credit_column
amount_sign = "in_positive"      # or "out_positive", as cards print it
direction_column = "D/K"         # if there is one; with the words for both directions
in_words = ["K", "CR"]
out_words = ["D", "DB"]
description_column = "Keterangan"
balance_column = "Saldo"
delimiter = ";"
decimal_mark = ","
thousands_mark = "."
encoding = "windows-1252"        # utf-8 unless it says so
skip_lines = 3                   # lines above the header
ignored_columns = ["No."]        # differ from file to file: no part of a line's identity
"""

import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from ledger.errors import Malformed, Wording
from ledger.journal.shape import normal

DATE_FORMATS: Map[str, str] = {
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyy/mm/dd": "%Y/%m/%d",
    "dd/mm/yyyy": "%d/%m/%Y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "dd/mm/yy": "%d/%m/%y",
    "yyyymmdd": "%Y%m%d",
}

ENCODINGS = frozenset({"utf-8", "windows-1252", "iso-8859-1"})
"""Encodings in which a line break is the byte that it is in ASCII."""

SIGNS = frozenset({"in_positive", "out_positive"})


@dataclass(eq=False)
class HeaderUnknown(Malformed):
    """The first line names no columns we know."""

    code = "header_unknown"
    wording = Wording(
        id="Baris pertama “{header}” tidak dikenali.",
        en="The first line “{header}” names no columns we know.",
    )
    hint = Wording(
        id="Jelaskan kolomnya dalam berkas TOML dan berikan dengan --map.",
        en="Describe the columns in a TOML file and name it with --map.",
    )
    header: str


@dataclass(eq=False)
class ColumnMissing(Malformed):
    """The mapping names a column that the header has not, or has twice."""

    code = "column_missing"
    wording = Wording(
        id="Tidak ada tepat satu kolom “{column}” pada baris judul “{header}”.",
        en="There is not exactly one column “{column}” in the header “{header}”.",
    )
    hint = Wording(
        id="Periksa nama kolom, delimiter, dan skip_lines dalam berkas pemetaan.",
        en="See to the column's name, delimiter and skip_lines in the mapping file.",
    )
    column: str
    header: str


@dataclass(eq=False)
class MappingMalformed(Malformed):
    """A mapping file says something that cannot be."""

    code = "mapping_malformed"
    wording = Wording(
        id="Berkas pemetaan salah: {reason}.", en="The mapping file is wrong: {reason}."
    )
    hint = Wording(
        id="Bidang dan nilainya ada di docs/cli.md.", en="Its fields and values are in docs/cli.md."
    )
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Where everything stands in a statement. Columns by name; unnamed ones are not there."""

    date_column: str
    account_column: str | None = None
    account: str | None = None
    direction_column: str | None = None
    kind_column: str | None = None
    amount_column: str | None = None
    debit_column: str | None = None
    credit_column: str | None = None
    description_column: str | None = None
    balance_column: str | None = None
    currency: str | None = None
    date_format: str = "yyyy-mm-dd"
    delimiter: str = ","
    decimal_mark: str = "."
    thousands_mark: str | None = None
    amount_sign: str = "in_positive"
    in_words: tuple[str, ...] = ("in",)
    out_words: tuple[str, ...] = ("out",)
    encoding: str = "utf-8"
    skip_lines: int = 0
    ignored_columns: tuple[str, ...] = ()

    def columns(self, header: Sequence[str]) -> dict[str, int]:
        """Find the named columns in a header; capitals make no difference.

        Raises:
            ColumnMissing: one of them is not there, or there twice.
        """
        names = _folded(header)
        found: dict[str, int] = {}
        for field in fields(self):
            name = getattr(self, field.name) if field.name.endswith("_column") else None
            if name is None:
                continue
            folded = fold(name)
            if names.count(folded) != 1:
                raise ColumnMissing(name, ", ".join(header))
            found[field.name.removesuffix("_column")] = names.index(folded)
        return found

    def ignores(self, column: str | None) -> bool:
        """Tell whether a column is no part of a line's identity: as a balance may be.

        A bank that puts a late line between others states another balance in all that follow.
        """
        return column is not None and fold(column) in _folded(self.ignored_columns)

    def rest(self, header: Sequence[str]) -> tuple[int, ...]:
        """Find the other columns, which tell lines apart though nothing else is read from them.

        They come in order of their names, so that moving a column makes no line another one.
        """
        told = {*self.columns(header).values()}
        ignored = {*_folded(self.ignored_columns)}
        names = _folded(header)
        others = [at for at, name in enumerate(names) if at not in told and name not in ignored]
        return tuple(sorted(others, key=lambda at: (names[at], at)))


def fold(word: str) -> str:
    r"""Write a word so that equal ones are alike: capitals, padding, and composed letters.

    >>> fold(" De\u0301bit ") == fold("D\u00e9bit")
    True
    """
    return normal(word.strip()).casefold()


def _folded(header: Sequence[str]) -> list[str]:
    return [fold(name) for name in header]


NEUTRAL = Mapping(
    account_column="account_id",
    date_column="date",
    direction_column="direction",
    kind_column="kind",
    amount_column="amount",
    balance_column="balance",
)
"""The neutral statement format: one line a movement, of many accounts."""

SIGNED = Mapping(date_column="date", description_column="description", amount_column="amount")
DEBIT_CREDIT = Mapping(
    date_column="date",
    description_column="description",
    debit_column="debit",
    credit_column="credit",
)
"""Plain statements of one account; a debit is money out, as banks print it."""

KNOWN = (
    NEUTRAL,
    replace(NEUTRAL, balance_column="balance_after"),
    replace(NEUTRAL, balance_column=None),
    replace(SIGNED, balance_column="balance"),
    SIGNED,
    replace(DEBIT_CREDIT, balance_column="balance"),
    DEBIT_CREDIT,
)


def recognise(header: str) -> Mapping:
    """Find the mapping whose columns a header line has, whatever it is delimited by.

    >>> recognise("Date;Description;Amount").delimiter
    ';'

    Raises:
        HeaderUnknown: there is none.
    """
    for delimiter in (",", ";", "\t", "|"):
        names = {*_folded([name.strip().strip('"') for name in header.split(delimiter)])}
        for known in KNOWN:
            wanted = {
                getattr(known, field.name)
                for field in fields(known)
                if field.name.endswith("_column")
            } - {None}
            if wanted <= names:
                return replace(known, delimiter=delimiter)
    raise HeaderUnknown(header.strip())


def parse_mapping(text: str) -> Mapping:
    """Read a mapping file.

    Raises:
        MappingMalformed: it is no TOML, a field is unknown or missing, or two contradict.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingMalformed(str(error)) from error
    values = {name: _value(name, value) for name, value in data.items()}
    if "date_column" not in values:
        raise MappingMalformed("date_column")
    made = Mapping(**values)
    split = (made.debit_column is not None, made.credit_column is not None)
    wanted = (False, False) if made.amount_column is not None else (True, True)
    rules = (
        (made.date_format in DATE_FORMATS, f"date_format: {', '.join(DATE_FORMATS)}"),
        (split == wanted, "amount_column, or debit_column + credit_column"),
        (len(made.delimiter) == 1 and made.delimiter not in '"\r\n', "delimiter"),
        (made.decimal_mark in {".", ","}, "decimal_mark"),
        (_separates(made.thousands_mark), "thousands_mark"),
        (made.thousands_mark != made.decimal_mark, "thousands_mark = decimal_mark"),
        (made.amount_sign in SIGNS, f"amount_sign: {', '.join(sorted(SIGNS))}"),
        (made.encoding in ENCODINGS, f"encoding: {', '.join(sorted(ENCODINGS))}"),
        (made.skip_lines >= 0, "skip_lines"),
        (not {*_folded(made.in_words)} & {*_folded(made.out_words)}, "in_words, out_words"),
    )
    for holds, reason in rules:
        if not holds:
            raise MappingMalformed(reason)
    return made


def _separates(mark: str | None) -> bool:
    return mark is None or (len(mark) == 1 and not mark.isalnum() and mark not in '+-()"')


_LISTS = frozenset({"in_words", "out_words", "ignored_columns"})
_NUMBERS = frozenset({"skip_lines"})


def _value(name: str, value: Any) -> Any:
    """Check the type of one field: a text, a number, or a list of texts.

    Raises: MappingMalformed.
    """
    if name in _LISTS and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    plain = {field.name for field in fields(Mapping)} - _LISTS - _NUMBERS
    number = name in _NUMBERS and type(value) is int
    if number or (name in plain and isinstance(value, str)):
        return value
    raise MappingMalformed(f"“{name}”")
