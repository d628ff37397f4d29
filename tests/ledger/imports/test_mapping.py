"""A header is recognised, or a TOML file tells what it means."""

import pytest

from ledger.imports import mapping


@pytest.mark.parametrize(
    ("header", "amount", "balance", "delimiter"),
    [
        ("account_id,date,direction,kind,amount,balance", "amount", "balance", ","),
        ("account_id,date,direction,kind,amount,balance_after", "amount", "balance_after", ","),
        ("account_id,date,direction,kind,amount", "amount", None, ","),
        ("date;description;amount", "amount", None, ";"),
        ("date\tdescription\tdebit\tcredit\tbalance", None, "balance", "\t"),
    ],
)
def test_known_headers_are_recognised(
    header: str, amount: str | None, balance: str | None, delimiter: str
) -> None:
    found = mapping.recognise(header)

    assert (found.amount_column, found.balance_column, found.delimiter) == (
        amount,
        balance,
        delimiter,
    )


def test_an_unknown_header_names_what_was_found() -> None:
    with pytest.raises(mapping.HeaderUnknown) as unknown:
        mapping.recognise("tanggal,jumlah\n")

    assert unknown.value.header == "tanggal,jumlah"


def test_a_column_named_twice_is_no_column() -> None:
    with pytest.raises(mapping.HeaderUnknown):
        mapping.SIGNED.columns(["date", "description", "amount", "amount"])


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        'amount_column = "x"',
        'date_column = "d"',
        'date_column = "d"\namount_column = "a"\ndebit_column = "b"\ncredit_column = "c"',
        'date_column = "d"\namount_column = "a"\ndate_format = "yy"',
        'date_column = "d"\namount_column = "a"\ncolour = "red"',
        'date_column = "d"\namount_column = "a"\ndecimal_mark = "."\nthousands_mark = "."',
        'date_column = "d"\namount_column = "a"\ndelimiter = "ab"',
    ],
)
def test_a_mapping_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(mapping.MappingMalformed):
        mapping.parse_mapping(text)


def test_a_mapping_says_everything() -> None:
    found = mapping.parse_mapping(
        'date_column = "Tanggal"\namount_column = "Jumlah"\ndate_format = "dd/mm/yyyy"\n'
        'decimal_mark = ","\nthousands_mark = "."\ndelimiter = ";"\naccount = "bca"'
    )

    assert (found.account, found.date_format, found.decimal_mark) == ("bca", "dd/mm/yyyy", ",")
