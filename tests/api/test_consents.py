"""Consents, requests, breaches and facts on the command line, in both languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.api.conftest import Ended, Juang

SITI = "demo/siti"


@pytest.fixture
def people(demo: Juang) -> Juang:
    """Give the demonstration's books with Siti, who consents to evaluation and owns a book."""
    for args in (
        ("consent", "give", SITI, "evaluation", "--register"),
        ("book", "owner", "demo/siti", SITI),
    ):
        ended = demo(*args)
        assert ended.code == 0, ended
    return demo


def rows(ended: Ended) -> list[dict[str, Any]]:
    assert ended.code == 0, ended
    found: list[dict[str, Any]] = json.loads(ended.out)["rows"]
    return found


def test_consents_are_given_listed_and_withdrawn(people: Juang) -> None:
    given = people("consent", "give", SITI, "share", "--to", "demo-koperasi", "--witness", "ani")
    twice = people("consent", "give", SITI, "share", "--to", "demo-koperasi")
    listed = rows(people("consent", "list", SITI, "--format", "json"))
    withdrawn = people("consent", "withdraw", SITI, "share")
    after = people("consent", "list", SITI)

    assert (given.code, twice.code, withdrawn.code) == (0, 0, 0)
    assert [(row["purpose"], row["other"], row["given"]) for row in listed] == [
        ("evaluation", None, True),
        ("share", "demo-koperasi", True),
    ]
    assert listed[1]["witness"] == "ani"
    share = next(line for line in after.out.splitlines() if line.startswith("share"))
    assert " no " in share


def test_texts_are_shown_in_the_language_asked_for(juang: Juang) -> None:
    indonesian = juang("--language", "id", "consent", "text", "share")
    english = juang("consent", "text", "share", "--version", "1")

    assert "Saya mengizinkan" in indonesian.out
    assert "I allow Juang" in english.out
    assert len(rows(juang("consent", "texts", "--format", "json"))) == 5


def test_requests_run_and_are_answered(people: Juang) -> None:
    opened = people("request", "open", SITI, "correction", "--about", "birth_year")
    late = people("request", "open", SITI, "access", "--received", "2025-02-05T08:00+07:00")
    listed = rows(people("request", "list", "demo", "--format", "json"))
    overdue = rows(people("request", "list", "demo", "--overdue", "--format", "json"))

    assert "request number 1, due by" in opened.err
    assert "2025-02-08 01:00Z" in late.err
    assert [row["no"] for row in listed] == [2, 1]
    assert [(row["no"], row["overdue"]) for row in overdue] == [(2, True)]
    assert people("request", "refuse", SITI, "2", "endangers").code == 0
    assert people("request", "done", SITI, "1").code == 0
    assert rows(people("request", "list", "demo", "--format", "json")) == []


def test_an_objection_and_its_end(people: Juang) -> None:
    assert people("request", "open", SITI, "objection").code == 0
    refused = people("consent", "give", SITI, "scoring")
    assert people("request", "lift", SITI, "objection").code == 0

    assert (refused.code, "She objects" in refused.err) == (1, True)
    assert people("consent", "give", SITI, "scoring").code == 0


def test_her_archive_is_written_and_that_is_noted(people: Juang, place: Path) -> None:
    ended = people("request", "archive", SITI, "-o", "dokumen.json")

    assert (ended.code, ended.out) == (0, "")
    found = json.loads((place / "dokumen.json").read_text())
    texts = next(each for each in found["sections"] if each["name"] == "entry_text")
    assert any("Gaji" in row["text"] for row in texts["rows"] if row["text"])
    assert (place / "dokumen.json").stat().st_mode & 0o077 == 0
    (look,) = rows(people("request", "looks", SITI, "--format", "json"))
    assert (look["what"], look["purpose"]) == ("archive", "data_request")
    assert "Answering a data request" in people("request", "looks", SITI, "--all").out


WHEN = ("--from", "2025-02-01T00:00Z", "--until", "2199-12-01T00:00Z")


def test_a_breach_is_drilled_registered_and_told(people: Juang) -> None:
    drill = rows(
        people("breach", "affected", "demo", "--book", "demo/siti", *WHEN, "--format", "json")
    )
    reported = people(
        "breach", "report", "demo", "--what", "laptop stolen", "--data", "names",
        "--remedy", "keys revoked", "--table", "entry", *WHEN,
    )  # fmt: skip
    notices = people("breach", "notices", "demo")
    one = people("breach", "sent", "demo", "1", "siti", "--channel", "letter")
    rest = people("breach", "sent", "demo", "1", "--all", "--channel", "mail")

    assert [row["person"] for row in drill] == ["siti"]
    assert "Breach number 1: by " in reported.err
    assert "(agency)" in notices.out
    assert "siti" in notices.out
    assert (one.err, rest.err) == ("1 marked as sent.\n", "1 marked as sent.\n")
    assert rows(people("breach", "notices", "demo", "--overdue", "--format", "json")) == []
    assert [row["what"] for row in rows(people("breach", "list", "demo", "--format", "json"))] == [
        "laptop stolen"
    ]
    assert people("breach", "sent", "demo", "1", "--channel", "x").code == 2
    again = people("breach", "sent", "demo", "1", "--agency", "--channel", "x")
    assert again.err == "0 marked as sent.\n"


FACTS = (
    "person,name,key,value,valid_from,scheme,version,valid_through\n"
    "siti,sex,,female,2026-01-01,,,\n"
    "siti,kabupaten,,73.09,2026-01-01,kemendagri,300.2.2-2138/2025,\n"
    "siti,cohort,dana,2026-1,2026-02-01,,,2026-12-31\n"
    "nobody,sex,,male,2026-01-01,,,\n"
    "siti,sex,,F,2026-01-01,,,\n"
    "siti,sex,,female,yesterday,,,\n"
)


def test_facts_are_recorded_from_a_file(people: Juang, place: Path) -> None:
    (place / "facts.csv").write_text(FACTS)

    first = people("facts", "record", "demo", "facts.csv")
    again = people("facts", "record", "demo", "facts.csv")
    on_a_day = rows(people("facts", "list", SITI, "--on", "2026-03-01", "--format", "json"))
    people("consent", "withdraw", SITI, "evaluation")

    assert (first.code, first.err) == (1, "3 recorded, 0 there already, problems: 3.\n")
    assert first.out.splitlines() == [
        "line 5: There is no person “nobody”.",
        "line 6: “F” cannot be a “sex”.",
        "line 7: “yesterday” is not a date.",
    ]
    assert again.err == "0 recorded, 3 there already, problems: 3.\n"
    assert [row["value"] for row in on_a_day] == ["2026-1", "73.09", "female"]
    assert rows(people("facts", "list", SITI, "--on", "2026-03-01", "--format", "json")) == []
    assert len(rows(people("facts", "list", SITI, "--format", "json"))) == 3


@pytest.mark.parametrize(
    "content",
    ["person,name\nsiti,sex\n", "a,b\n", "", FACTS.splitlines()[0] + "\nsiti,sex\n", "\udcff"],
)
def test_a_file_that_is_no_table_is_refused(people: Juang, place: Path, content: str) -> None:
    (place / "facts.csv").write_bytes(content.encode(errors="surrogateescape"))

    ended = people("facts", "record", "demo", "facts.csv")

    assert ended.code == 1
    assert "no table of facts" in ended.err


WRONG: tuple[tuple[tuple[str, ...], str], ...] = (
    (("consent", "give", "demo/nobody", "nudges"), "There is no person “nobody”."),
    (("consent", "give", "nowhere/siti", "nudges"), "There is no tenant “nowhere”."),
    (("consent", "give", "nobody", "nudges"), "There is no person “nobody”."),
    (("consent", "give", SITI, "spam"), "no purpose of consent"),
    (("consent", "give", SITI, "share"), "names a cooperative"),
    (("consent", "give", SITI, "nudges", "--means", "voice"), "needs a witness"),
    (("consent", "give", SITI, "nudges", "--at", "2026-01-05"), "is no time with its zone"),
    (("consent", "give", SITI, "nudges", "--at", "soon"), "is no time with its zone"),
    (("consent", "give", SITI, "nudges", "--at", "2198-01-05T00:00Z"), "has not happened yet"),
    (("consent", "give", "demo/si ti", "nudges", "--register"), "no reference of a person"),
    (("request", "done", SITI, "9"), "There is no request number 9."),
    (("breach", "affected", "demo", "--table", "tenant", *WHEN), "There is no table “tenant”"),
    (("breach", "sent", "demo", "9", "--all", "--channel", "x"), "There is no breach number 9."),
    (("book", "owner", "demo-koperasi/koperasi", SITI), "There is no book"),
)


@pytest.mark.parametrize(("args", "said"), WRONG, ids=lambda each: " ".join(each)[:40])
def test_what_goes_wrong_is_one_line_in_both_languages(
    people: Juang, args: tuple[str, ...], said: str
) -> None:
    ended = people(*args)
    indonesian = people("--language", "id", *args)

    assert (ended.code, indonesian.code) == (1, 1)
    assert said in ended.err
    assert indonesian.err.startswith("galat: ")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_same_commands_work_on_a_server(engine: Engine, juang: Juang, place: Path) -> None:
    where = ("--db", engine.url.render_as_string(hide_password=False), "--key-file", "s.key")
    (place / "facts.csv").write_text("\n".join(FACTS.splitlines()[:3]) + "\n")

    for args in (
        ("book", "open", "demo/siti"),
        ("consent", "give", SITI, "evaluation", "--register"),
        ("book", "owner", "demo/siti", SITI),
        ("consent", "list", SITI),
        ("request", "open", SITI, "access"),
        ("request", "list", "demo"),
        ("request", "archive", SITI),
        ("request", "looks", SITI),
        ("facts", "record", "demo", "facts.csv"),
        ("facts", "list", SITI),
        ("breach", "affected", "demo", *WHEN),
        ("book", "owner", "demo/siti", SITI, "--ended"),
    ):
        ended = juang(*where, *args)
        assert ended.code == 0, (args, ended)
