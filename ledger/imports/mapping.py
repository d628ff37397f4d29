"""How a statement is written: its columns, dates, numbers and signs. Recognised, or told by TOML.

# mapping.toml
currency = "IDR"
account = "bca"                  # or: account_column = "No. Rekening"
date_column = "Tanggal"
date_format = "dd/mm/yyyy"
amount_column = "Jumlah"         # signed; or debit_column and credit_column
description_column = "Keterangan"
balance_column = "Saldo"
delimiter = ";"
decimal_mark = ","
thousands_mark = "."
"""

import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from ledger.errors import Malformed, Wording

DATE_FORMATS: Map[str, str] = {
    "yyyy-mm-dd": "%Y-%m-%d",
    "dd/mm/yyyy": "%d/%m/%Y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "yyyymmdd": "%Y%m%d",
}


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
class MappingMalformed(Malformed):
    """A mapping file says something that cannot be."""

    code = "mapping_malformed"
    wording = Wording(
        id="Berkas pemetaan salah: {reason}.", en="The mapping file is wrong: {reason}."
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

    def columns(self, header: Sequence[str]) -> dict[str, int]:
        """Find the named columns in a header.

        Raises:
            HeaderUnknown: one of them is not there.
        """
        names = [name.strip() for name in header]
        found: dict[str, int] = {}
        for field in fields(self):
            if not field.name.endswith("_column"):
                continue
            name = getattr(self, field.name)
            if name is None:
                continue
            if names.count(name) != 1:
                raise HeaderUnknown(", ".join(names))
            found[field.name.removesuffix("_column")] = names.index(name)
        return found


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

    >>> recognise("date;description;amount").delimiter
    ';'

    Raises:
        HeaderUnknown: there is none.
    """
    for delimiter in (",", ";", "\t", "|"):
        names = {name.strip().strip('"') for name in header.split(delimiter)}
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
    known = {field.name for field in fields(Mapping)}
    for name, value in data.items():
        if name not in known or not isinstance(value, str):
            raise MappingMalformed(f"“{name}”")
    if "date_column" not in data:
        raise MappingMalformed("date_column")
    made = Mapping(**data)
    if made.date_format not in DATE_FORMATS:
        raise MappingMalformed(f"date_format: {', '.join(DATE_FORMATS)}")
    split = made.debit_column is not None and made.credit_column is not None
    if (made.amount_column is not None) == split:
        raise MappingMalformed("amount_column, or debit_column + credit_column")
    if len(made.delimiter) != 1 or made.decimal_mark not in (".", ","):
        raise MappingMalformed("delimiter, decimal_mark")
    if made.thousands_mark == made.decimal_mark:
        raise MappingMalformed("thousands_mark = decimal_mark")
    return made
