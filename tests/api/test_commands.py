"""Every command once in each form, on the demonstration's books; most on a server too."""

import csv
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
from sqlalchemy import Engine

from api.cli import COMMANDS
from api.cli import juang as command
from api.commands import exports
from api.commands.bilingual import Group
from ledger.errors import Wording
from tests.api.conftest import Juang

LISTS: tuple[tuple[str, ...], ...] = (
    ("books",),
    ("accounts", "demo/siti"),
    ("accounts", "demo/siti", "--tree", "--all"),
    ("balance", "demo/siti"),
    ("balance", "siti", "--tree"),
    ("balance", "siti", "assets"),
    ("balance", "siti", "1200", "--on", "2026-09-30", "--known-at", "12"),
    ("balance", "siti", "expenses:leisure"),
    ("balance", "siti", "expenses:borrowing"),
    ("balance", "siti", "--all", "--known-at", "3"),
    ("trial-balance", "demo/siti"),
    ("trial-balance", "demo-dana/dana", "--on", "2026-09-30"),
    ("trial-balance", "demo-dana/dana", "--known-at", "2"),
    ("trial-balance", "--all"),
    ("trial-balance", "--all", "--on", "2026-09-30"),
    ("statement", "siti", "assets:bank"),
    ("statement", "siti", "1200", "--from", "2026-10-01", "--until", "2026-10-31"),
    ("statement", "siti", "1200", "--order", "booked", "--from", "2026-10-01"),
    ("entries", "siti"),
    ("entries", "siti", "--after", "3", "--limit", "2"),
    ("holds", "siti"),
    ("holds", "keluarga"),
    ("funds", "demo-dana/dana"),
    ("funds", "siti"),
    ("verify",),
    ("verify", "siti", "keluarga"),
)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_a_list_comes_in_every_form(demo: Juang, args: tuple[str, ...], language: str) -> None:
    lang = ("--language", language)

    plain = demo(*lang, *args)
    as_json = demo(*lang, *args, "--format", "json")
    as_csv = demo(*lang, *args, "--format", "csv")

    assert [ended.code for ended in (plain, as_json, as_csv)] == [0, 0, 0]
    assert plain.err == as_json.err == as_csv.err == ""
    assert max(len(line) for line in plain.out.splitlines()) <= 80
    rows = json.loads(as_json.out)["rows"]
    table = list(csv.reader(io.StringIO(as_csv.out)))
    assert len(table) - 1 == sum(max(1, len(row.get("lines", ()))) for row in rows)
    assert all(len(row) == len(table[0]) for row in table)


def test_balances_say_what_is_held_and_available(demo: Juang) -> None:
    (row,) = json.loads(demo("balance", "siti", "1200", "--format", "json").out)["rows"]

    assert [row[name]["amount"] for name in ("balance", "held", "available")] == [
        "3308.50",
        "480.00",
        "2828.50",
    ]


def test_a_balance_as_it_was_known(demo: Juang) -> None:
    def cash(*options: str) -> str:
        ended = demo("balance", "siti", "assets:bank", "--format", "json", *options)
        amount: str = json.loads(ended.out)["rows"][0]["balance"]["amount"]
        return amount

    assert cash() == "3308.50"
    assert cash("--on", "2026-10-12") == "3308.50"  # the late payment counts on its own date,
    assert cash("--on", "2026-10-12", "--known-at", "22") == "3406.50"  # and was not known then
    assert cash("--on", "2026-10-11") == "3406.50"


def test_a_book_and_its_accounts_are_opened_changed_and_closed(juang: Juang) -> None:
    told = ("--actor", "ani")
    steps: tuple[tuple[str, ...], ...] = (
        ("db", "migrate"),
        ("book", "open", "rumah", "--name", "Rumah"),
        ("book", "open", "rumah", "--name", "Rumah"),
        ("book", "open", "kop/kas", "--kind", "cooperative", "--time-zone", "Asia/Makassar"),
        ("account", "open", "rumah", "assets:bank:bca", "--name", "BCA", "--currency", "HKD"),
        ("account", "open", "rumah", "dompet", "--class", "asset", "--name-en", "Purse"),
        ("account", "open", "rumah", "liabilities:teman:ani:lama", "--name", "Ani"),
        ("account", "open", "rumah", "pot", "--heading", "--ceiling", "10.5", "--floor", "-1"),
        ("account", "limits", "rumah", "assets:cash", "--floor", "0", "--daily-credit", "500"),
        ("account", "limits", "rumah", "assets:cash", "--ceiling", "9", "--floor", "none"),
        ("account", "freeze", "rumah", "assets:cash"),
        ("account", "reopen", "rumah", "1100"),
        ("account", "close", "rumah", "dompet"),
        ("period", "close", "rumah", "--through", "2026-08-31"),
    )
    for step in steps:
        ended = juang(*told, *step)
        assert (ended.code, ended.out) == (0, ""), (step, ended)
        assert ended.err.count("\n") == 1, (step, ended)

    rows = json.loads(juang("accounts", "rumah", "--format", "json").out)["rows"]
    found = {row["account"]: row for row in rows}
    assert found["assets:bank:bca"]["currency"] == "HKD"
    assert found["assets:bank:bca"]["class"] == "asset"
    assert found["liabilities:teman:ani:lama"]["class"] == "liability"
    assert found["dompet"]["state"] == "closed"
    assert found["dompet"]["name"] == {"id": "Purse", "en": "Purse"}
    assert found["pot"]["postable"] is False
    assert found["pot"]["floor"]["amount"] == "-1.00"
    assert found["assets:cash"]["floor"] is None
    assert found["assets:cash"]["ceiling"]["amount"] == "9.00"
    assert found["assets:cash"]["daily_credit_limit"]["amount"] == "500.00"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_same_commands_work_on_a_server(engine: Engine, juang: Juang) -> None:
    where = ("--db", engine.url.render_as_string(hide_password=False), "--key-file", "s.key")
    assert juang(*where, "demo").code == 0
    for args in LISTS:
        assert juang(*where, *args, "--format", "json").code == 0, args
    assert juang(*where, "db", "migrate").code == 0


def test_verify_names_each_number_that_was_altered(demo: Juang, place: Path) -> None:
    with sqlite3.connect(place / "juang.db") as database:
        for change in (
            "account SET posted_debit = posted_debit + 1 WHERE no = 1200",
            "account_day SET credit = 5 WHERE account_no = 1200",
        ):
            database.execute(
                f"UPDATE {change} AND book_id = (SELECT id FROM book WHERE ref = 'siti')"
            )
    database.close()

    ended = demo("verify")
    chosen = demo("verify", "keluarga")
    as_json = json.loads(demo("verify", "--format", "json").out)
    indonesian = demo("--language", "id", "verify")

    assert ended.code == 1
    assert chosen.code == 0
    assert "counter (posted debit), account 1200" in ended.out
    assert "day bucket, account 1200 on 2026-09-05" in ended.out
    assert all(line.startswith("demo/siti: ") for line in ended.out.splitlines()[:-1])
    assert "DIFFERENCES" in ended.out.splitlines()[-1]
    assert "penghitung (debit dibukukan), akun 1200: tersimpan " in indonesian.out
    assert "jumlah harian, akun 1200 pada 2026-09-05: tersimpan " in indonesian.out
    assert "PERBEDAAN" in indonesian.out.splitlines()[-1]
    places = [row["where"] for row in as_json["rows"]]
    assert {"id": "akun 1200 pada 2026-09-05", "en": "account 1200 on 2026-09-05"} in places
    assert as_json["clean"] is False
    assert len(as_json["rows"]) == len(ended.out.splitlines()) - 1
    assert demo("trial-balance", "siti").code == 1


NEUTRAL = (
    "account_id,date,direction,kind,amount,balance\n"
    "1,2026-09-01,in,salary,100.00,100.00\n"
    "1,2026-09-02,out,cash,0,100.00\n"
    "1,2026-09-03,out,cash,25.50,74.50\n"
    "1,2026-09-04,sideways,cash,25.50,74.50\n"
    "2,2026-09-05,in,=cmd(),7,7\n"
)


def test_a_statement_is_tried_imported_and_repeated(juang: Juang, place: Path) -> None:
    (place / "bank.csv").write_text(NEUTRAL)

    tried = juang("import", "bank.csv", "--preview", "--source", "bca")
    done = juang("import", "bank.csv", "--source", "bca", "--problems", "p.csv")
    again = juang("import", "bank.csv", "--source", "bca", "--format", "json")

    assert (tried.code, done.code, again.code) == (0, 0, 0)
    assert tried.out.startswith("A trial: nothing was kept")
    assert done.out.splitlines()[1:5] == [
        "Lines          5",
        "Posted         3",
        "There already  0",
        "With problems  2",
    ]
    assert "line 3: The amount is zero" in done.out
    assert (place / "p.csv").read_text().splitlines()[0] == "line,code,message"
    assert len((place / "p.csv").read_text().splitlines()) == 3
    found = json.loads(again.out)
    assert (found["posted"], found["existing"], found["problems"]) == (0, 3, 2)
    assert found["worst"] == {"amount": "0.00", "currency": "IDR"}
    assert "import/bca-1" in juang("books").out
    assert juang("verify").code == 0


def test_a_statement_goes_into_one_book_by_a_mapping_and_rules(demo: Juang, place: Path) -> None:
    (place / "b.csv").write_text("Tanggal;Ket;Jumlah\n01/11/2026;INDOMARET;-50.000,00\n")
    (place / "m.toml").write_text(
        'account = "bca"\ndate_column = "Tanggal"\ndate_format = "dd/mm/yyyy"\n'
        'description_column = "Ket"\namount_column = "Jumlah"\ndelimiter = ";"\n'
        'decimal_mark = ","\nthousands_mark = "."\n'
    )
    (place / "r.toml").write_text(
        '[[rule]]\ndescription = "INDOMARET"\naccount = "expenses:household"\n'
    )

    ended = demo("import", "b.csv", "--map", "m.toml", "--rules", "r.toml", "--into", "keluarga")

    assert ended.code == 0, ended
    assert "expenses:household" in ended.out
    assert "INDOMARET" in demo("entries", "keluarga", "--after", "9").out


def test_many_problems_are_cut_short_and_kept_in_a_file(juang: Juang, place: Path) -> None:
    lines = "".join(f"1,2026-09-01,in,x,0,{n}\n" for n in range(60))
    (place / "bank.csv").write_text(NEUTRAL.splitlines()[0] + "\n" + lines)

    ended = juang("import", "bank.csv")

    assert ended.out.splitlines()[-1] == "… and 30 more; --problems FILE writes them all."


def test_books_are_exported_and_read_by_beancount(demo: Juang, place: Path) -> None:
    to_file = demo("export", "beancount", "--all", "-o", "all.beancount")

    assert (to_file.code, to_file.out, to_file.err) == (0, "", "")
    assert [file.name for file in place.glob(".all*")] == []
    check = [sys.executable, "-m", "beancount.scripts.check", "all.beancount"]
    read = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_books_are_exported_and_read_by_hledger(demo: Juang, place: Path, hledger: Path) -> None:
    assert demo("export", "hledger", "siti", "keluarga", "-o", "two.journal").code == 0

    check = [str(hledger), "-f", "two.journal", "check"]
    read = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_an_export_goes_to_the_output_or_to_a_device(demo: Juang) -> None:
    assert "Gaji Agustus" in demo("export", "hledger", "siti").out
    assert demo("export", "beancount", "siti", "-o", "/dev/null").code == 0
    for args in (("export", "hledger"), ("export", "hledger", "siti", "--all")):
        assert "Name books, or say --all." in demo(*args).err
    assert "There is no book" in demo("export", "hledger", "nobody").err
    assert "there is no file" in demo("export", "hledger", "siti", "-o", "no/such/file").err


def test_an_export_that_fails_leaves_no_half_file(
    demo: Juang, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "a.txt").write_text("before")

    def broken(*_: object) -> object:
        yield "half"
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exports.WRITERS, "hledger", broken)
    ended = demo("export", "hledger", "siti", "-o", "a.txt")

    assert ended.code == 1
    assert "the disk is full" in ended.err
    assert (place / "a.txt").read_text() == "before"
    assert sorted(file.name for file in place.iterdir() if "a.txt" in file.name) == ["a.txt"]


def _help(group: Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name in group.list_commands(click.Context(group)):
        each = group.get_command(click.Context(group), name)
        found += _help(each, (*path, name)) if isinstance(each, Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", _help(command), ids=" ".join)
def test_help_exists_in_both_languages(juang: Juang, path: tuple[str, ...]) -> None:
    indonesian = juang("--language", "id", *path, "--help")
    english = juang("--language", "en", *path, "--help")

    assert indonesian.code == english.code == 0
    assert indonesian.out.startswith("Pemakaian: juang")
    assert "Tampilkan bantuan ini." in indonesian.out
    assert english.out.startswith("Usage: juang")
    assert "Show this help." in english.out
    assert max(len(line) for line in (indonesian.out + english.out).splitlines()) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    found = command.get_command(click.Context(command), name)

    summary: Wording = found.wording  # type: ignore[union-attr]
    assert Wording(*(text.partition("\n")[0] for text in summary)) == COMMANDS[name]


def test_juang_alone_shows_its_help(juang: Juang) -> None:
    assert juang() == juang("--help")


def test_the_environment_may_say_it_all(
    demo: Juang, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(place / "juang.db", place / "other.db")
    shutil.copy(place / "juang.key", place / "secret")
    monkeypatch.setenv("JUANG_DB", "sqlite:///other.db")
    monkeypatch.setenv("JUANG_KEY_FILE", "secret")
    monkeypatch.setenv("JUANG_ACTOR", "ani")

    assert "Gaji Agustus" in demo("entries", "siti", "--limit", "3").out
    assert demo("account", "freeze", "siti", "1100").code == 0
    with sqlite3.connect("other.db") as database:
        assert database.execute("SELECT actor FROM book_event ORDER BY recorded_at").fetchall()[
            -1
        ] == ("ani",)
    database.close()


def test_a_user_without_a_name_is_the_operator(
    demo: Juang, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert demo("account", "freeze", "siti", "1100").code == 0
    with sqlite3.connect(place / "juang.db") as database:
        actors = database.execute("SELECT actor FROM book_event").fetchall()
    database.close()
    assert ("operator",) in actors
