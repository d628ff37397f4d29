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
        ('"Date" ; "Description";"AMOUNT"', "amount", None, ";"),
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


@pytest.mark.parametrize(
    "header", [["date", "description", "amount", "Amount"], ["date", "description"]]
)
def test_a_column_named_twice_or_not_at_all_is_no_column(header: list[str]) -> None:
    with pytest.raises(mapping.ColumnMissing) as missing:
        mapping.SIGNED.columns(header)

    assert missing.value.column == "amount"
    assert "“amount”" in missing.value.message("id")


def test_the_rest_of_the_columns_is_told_by_name_not_by_place() -> None:
    found = mapping.parse_mapping(
        'date_column = "date"\namount_column = "amount"\nignored_columns = ["No"]'
    )
    header = ["no", "Teller", "date", "amount", "branch"]

    assert [header[at] for at in found.rest(header)] == ["branch", "Teller"]
    assert [header[::-1][at] for at in found.rest(header[::-1])] == ["branch", "Teller"]


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        'amount_column = "x"',
        'date_column = 5\namount_column = "a"',
        'date_column = "d"',
        'date_column = "d"\ndebit_column = "b"',
        'date_column = "d"\namount_column = "a"\ncredit_column = "c"',
        'date_column = "d"\namount_column = "a"\ndebit_column = "b"\ncredit_column = "c"',
        'date_column = "d"\namount_column = "a"\ndate_format = "yy"',
        'date_column = "d"\namount_column = "a"\ncolour = "red"',
        'date_column = "d"\namount_column = "a"\ndecimal_mark = "."\nthousands_mark = "."',
        'date_column = "d"\namount_column = "a"\nthousands_mark = "0"',
        'date_column = "d"\namount_column = "a"\ndelimiter = "ab"',
        'date_column = "d"\namount_column = "a"\namount_sign = "plus"',
        'date_column = "d"\namount_column = "a"\nencoding = "utf-16"',
        'date_column = "d"\namount_column = "a"\nskip_lines = -1',
        'date_column = "d"\namount_column = "a"\nskip_lines = true',
        'date_column = "d"\namount_column = "a"\nin_words = "CR"',
        'date_column = "d"\namount_column = "a"\nin_words = ["X"]\nout_words = ["x"]',
    ],
)
def test_a_mapping_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(mapping.MappingMalformed):
        mapping.parse_mapping(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('date_colum = "d"\namount_column = "a"', "“date_colum”"),
        ('amount_column = "a"', "date_column"),
        ('date_column = "d"\namount_column = "a"\nskip_lines = "3"', "“skip_lines”"),
        ('date_column = "d"\namount_column = "a"\ndate_format = "dmy"', "date_format"),
    ],
)
def test_what_is_wrong_is_named_with_a_hint(text: str, named: str) -> None:
    with pytest.raises(mapping.MappingMalformed) as malformed:
        mapping.parse_mapping(text)

    assert named in malformed.value.message("id")
    assert malformed.value.advice("id")


def test_the_example_says_everything() -> None:
    example = (mapping.__doc__ or "").partition("# mapping.toml\n")[2]

    found = mapping.parse_mapping(example)

    assert (found.account, found.date_format, found.decimal_mark) == ("bca", "dd/mm/yyyy", ",")
    assert (found.in_words, found.skip_lines, found.encoding) == (("K", "CR"), 3, "windows-1252")
