"""`juang import`: in which currency, from where, and how what is wrong is told."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from api.commands.imports import MOST_ATTEMPTS, _Transact
from ledger import db
from ledger.imports import operations
from ledger.journal.keyring import Keyring
from ledger.journal.verify import verify
from tests.api.conftest import Juang
from tests.ledger.imports import bank
from tests.ledger.imports.bank import HEADER, NOW, count

LINES = "date,description,amount\n2026-09-01,GAJI,100\n"
BANK = "account_id,date,direction,kind,amount\n{},2026-09-01,in,salary,100.00\n"
ASSUMED = "No currency is named: IDR is assumed. Name another with --currency."


def as_json(juang: Juang, *arguments: str) -> dict[str, object]:
    """Import, and give the report."""
    ended = juang("import", *arguments, "--format", "json")
    assert ended.code == 0, ended
    found: dict[str, object] = json.loads(ended.out)
    return found


# In which currency.


def test_a_currency_that_nobody_names_is_assumed_aloud(juang: Juang, place: Path) -> None:
    (place / "a.csv").write_text(LINES)

    tried = juang("import", "a.csv", "--account", "bca", "--preview")
    named = juang("import", "a.csv", "--account", "bca", "--preview", "--currency", "IDR")
    indonesian = juang("--language", "id", "import", "a.csv", "--account", "bca", "--preview")

    assert ASSUMED in tried.out
    assert "assumed" not in named.out
    assert "Mata uang tidak disebut: dianggap IDR." in indonesian.out
    assert as_json(juang, "a.csv", "--account", "bca")["currency_assumed"] is True


def test_a_file_without_a_currency_takes_that_of_its_books(juang: Juang, place: Path) -> None:
    for account in (1, 2):
        (place / f"{account}.csv").write_text(BANK.format(account))
    assert juang("import", "1.csv", "--source", "cz", "--currency", "CZK").code == 0

    again = as_json(juang, "1.csv", "--source", "cz")
    another = as_json(juang, "2.csv", "--source", "cz")
    elsewhere = as_json(juang, "1.csv", "--source", "other")

    assert (again["currency"], again["existing"]) == ("CZK", 1)
    assert (another["currency"], another["posted"]) == ("CZK", 1)
    assert "currency_assumed" not in another
    assert (elsewhere["currency"], elsewhere["currency_assumed"]) == ("IDR", True)


def test_an_account_goes_by_its_own_book_where_there_are_several_currencies(
    juang: Juang, place: Path
) -> None:
    (place / "a.csv").write_text(LINES)
    for account, currency in (("bca", "IDR"), ("hsbc", "HKD")):
        done = juang("import", "a.csv", "--account", account, "--currency", currency)
        assert done.code == 0

    unclear = juang("import", "a.csv", "--account", "third")

    assert as_json(juang, "a.csv", "--account", "hsbc")["currency"] == "HKD"
    assert unclear.err.splitlines() == [
        "error: The books of “statement” are kept in several currencies: HKD, IDR.",
        "hint: Name the currency of this file with --currency.",
    ]


def test_a_mapping_goes_before_the_books_and_the_option_before_all(
    juang: Juang, place: Path
) -> None:
    (place / "a.csv").write_text(LINES)
    (place / "m.toml").write_text(
        'date_column = "date"\namount_column = "amount"\naccount = "bca"\ncurrency = "HKD"\n'
    )

    assert as_json(juang, "a.csv", "--map", "m.toml", "--preview")["currency"] == "HKD"
    found = as_json(juang, "a.csv", "--map", "m.toml", "--preview", "--currency", "SGD")
    assert found["currency"] == "SGD"


def test_a_book_that_lines_go_into_says_the_currency(demo: Juang, place: Path) -> None:
    (place / "a.csv").write_text(LINES)

    assert as_json(demo, "a.csv", "--into", "siti", "--account", "hsbc")["currency"] == "HKD"
    ended = demo("import", "a.csv", "--into", "siti", "--account", "x", "--currency", "IDR")
    assert ended.err.splitlines() == [
        "error: The book keeps HKD, the statement IDR.",
        "hint: Without --into the account gets a book of its own.",
    ]


def test_a_currency_that_is_none_makes_no_database(juang: Juang, place: Path) -> None:
    (place / "a.csv").write_text(LINES)

    assert "There is no currency “XXQ”." in juang("import", "a.csv", "--currency", "XXQ").err
    assert not (place / "juang.db").exists()


# From where, and where to.


def test_the_standard_input_is_a_dash(program: Juang) -> None:
    ended = program("import", "-", "--account", "bca", "--format", "json", input=LINES.encode())

    assert json.loads(ended.out)["posted"] == 1


def test_problems_are_not_written_over_what_is_read(juang: Juang, place: Path) -> None:
    (place / "a.csv").write_text(LINES)

    ended = juang("import", "a.csv", "--account", "bca", "--problems", "./a.csv")

    assert ended.err.splitlines()[-2:] == [
        "error: --problems would overwrite a.csv, which is read.",
        "hint: Name another file.",
    ]
    assert (place / "a.csv").read_text() == LINES


# What is wrong, in words.


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"a,b\n1,2\n",
        LINES.encode("utf-16"),
        LINES.replace("\n", "\r").encode(),
        b"\x1f\x8b\x08\x00cut",
        b"PK\x03\x04",
        b"date,description,amount,amount\n",
        b"date,description,amount,\xff\n",
        b"date,description,amount\x00\n",
    ],
    ids=range(10),
)
@pytest.mark.parametrize(("language", "label"), [("id", "saran: "), ("en", "hint: ")])
def test_a_file_that_is_no_statement_is_one_line_and_a_hint(
    juang: Juang, place: Path, content: bytes, language: str, label: str
) -> None:
    (place / "a.csv").write_bytes(content)
    assert juang("db", "migrate").code == 0
    juang("import", "a.csv", "--account", "bca")

    ended = juang("--language", language, "import", "a.csv", "--account", "bca")

    assert (ended.code, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 2
    assert ended.err.splitlines()[1].startswith(label)


def test_kinds_of_problems_get_a_hint_each_once(juang: Juang, place: Path) -> None:
    wrong = '01/09/2026,a,5\n02/09/2026,b,5\n2026-09-01,c,"1,5"\n2199-01-01,d,5\n'
    (place / "a.csv").write_text(LINES + wrong)

    ended = juang("--language", "id", "import", "a.csv", "--account", "b", "--problems", "p.csv")

    assert ended.out.splitlines()[-6:] == [
        "baris 3: Tanggal “01/09/2026” tidak sah.",
        "baris 4: Tanggal “02/09/2026” tidak sah.",
        "baris 5: Titik dan koma bercampur dalam “1,5”.",
        "baris 6: Ditolak oleh pembukuan: tanggal terlalu jauh di depan [date_too_far_ahead].",
        "saran: Tanggal ditulis lain? Sebut date_format dalam berkas --map.",
        "saran: Sebut decimal_mark dan thousands_mark dalam berkas --map.",
    ]
    assert "tanggal terlalu jauh di depan" in (place / "p.csv").read_text()


# Two at once.


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("INSERT", None, Exception("duplicate key")),
        OperationalError("SELECT", None, Exception("deadlock detected")),
        sqlite3.OperationalError("database is locked"),
    ],
)
def test_a_chunk_that_another_import_came_into_is_tried_again(error: Exception) -> None:
    def failing(times: int) -> Callable[[Session], int]:
        calls = iter(range(100))

        def work(_session: Session) -> int:
            count = next(calls)
            if count < times:
                raise error
            return count

        return work

    transact = _Transact(sessionmaker(create_engine("sqlite://")))

    assert transact(failing(1)) == 1
    with pytest.raises(type(error)):
        transact(failing(MOST_ATTEMPTS))


def test_two_imports_at_once_post_each_line_once(engine: Engine, keyring: Keyring) -> None:
    """They open the same books and accounts, and lock them in each other's way."""
    rows = bank.made_up(400, 12)
    contents = [(HEADER + "".join(part)).encode() for part in (rows, rows[::-1], rows[100:])]
    sessions = db.session_factory(engine, keyring=keyring)
    chosen = operations.Settings(currency="IDR", chunk=25)

    def bring(content: bytes) -> operations.Report:
        transact = _Transact(sessions)
        return operations.import_statement(BytesIO(content), chosen, transact, clock=lambda: NOW)

    with ThreadPoolExecutor(len(contents)) as pool:
        reports = list(pool.map(bring, contents))

    zeros = sum(",0.00," in row for row in rows)
    assert sum(report.posted for report in reports) == len(rows) - zeros
    with Session(engine) as session:
        assert count(session, "entry") == len(rows) - zeros
        assert verify(session).clean
