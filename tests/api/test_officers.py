"""Officers at the command line: enrolled, signed in, four eyes on a period, sessions ended."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.commands.key_files import read_key
from ledger import db
from ledger.access import factors, operations
from ledger.access.operations import Door
from ledger.books import operations as books
from ledger.books.tables import Book
from ledger.journal.keyring import Keyring
from tests.api.conftest import Ended, Juang, run
from tests.api.office import PASSPHRASE, Office, office_of


@pytest.fixture
def office(juang: Juang, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Open a cooperative's book, closed through September, with officers."""
    run("db", "migrate")
    run("book", "open", "kop/kas", "--kind", "cooperative")
    run("period", "close", "kop/kas", "--through", "2026-09-30")
    made = office_of(monkeypatch, "kop")
    made.enrol("tono", "teller")
    return made


def closed_through(place: Path) -> date | None:
    engine = db.engine(f"sqlite:///{place / 'juang.db'}")
    with db.session_factory(engine)() as session:
        found = session.scalar(select(Book.closed_through))
    engine.dispose()
    return found


def test_a_period_is_reopened_by_two_people(office: Office, place: Path) -> None:
    reopen = ("period", "reopen", "kop/kas", "--through", "2026-08-31")

    proposed = office.by("ani", *reopen)
    assert proposed.code == 0, proposed
    found = office.waiting()
    assert f"Proposed: {found['id']}." in proposed.err
    assert closed_through(place) == date(2026, 9, 30)

    def approve(by: str, hash_: str = found["hash"]) -> Ended:
        return office.by(by, "proposal", "approve", "kop", found["id"][:8], hash_)

    refusals = {
        "cannot approve it": approve("ani"),
        "may not proposal.approve": approve("tono"),
        "has changed": approve("budi", "0" * 64),
        "it is ": approve("budi", found["hash"][:15]),
        "is wrong": office.by("nobody", "proposal", "approve", "kop", found["id"], found["hash"]),
    }
    for said, ended in refusals.items():
        assert (ended.code, said in ended.err) == (1, True), (said, ended)
    assert closed_through(place) == date(2026, 9, 30)

    approved = approve("budi", found["hash"][:16])
    assert (approved.code, approved.out) == (0, "")
    assert approved.err.splitlines() == [
        "Reopening a period: approved.",
        "Reopening a period: carried out.",
    ]
    assert closed_through(place) == date(2026, 8, 31)
    again = office.by("budi", "proposal", "execute", "kop", found["id"])
    assert (again.code, "no longer waiting" in again.err) == (1, True)


@pytest.mark.parametrize("language", ["id", "en"])
def test_proposals_are_listed_shown_refused_and_withdrawn(office: Office, language: str) -> None:
    lang = ("--language", language)
    office.by("ani", "period", "reopen", "kop/kas")
    found = office.waiting()
    for form in ("text", "json", "csv"):
        for args in (("list", "kop"), ("list", "kop", "--all"), ("show", "kop", found["id"])):
            ended = office.done(*lang, "proposal", *args, "--format", form)
            assert ended.out
            assert max(map(len, ended.out.splitlines())) <= 80 or form != "text"

    assert office.by("budi", "proposal", "withdraw", "kop", found["id"]).code == 1
    refused = office.by("budi", "proposal", "refuse", "kop", found["id"], "--reason", "too_late")
    assert refused.code == 0, refused
    office.by("ani", "period", "reopen", "kop/kas")
    second = office.waiting()
    assert second["id"] != found["id"]
    assert office.by("ani", "proposal", "withdraw", "kop", second["id"]).code == 0
    assert json.loads(office.done("proposal", "list", "kop", "--format", "json").out)["rows"] == []


def test_a_teller_does_not_propose_and_a_wrong_passphrase_is_counted(office: Office) -> None:
    teller = office.by("tono", "period", "reopen", "kop/kas")
    assert (teller.code, "may not period.propose_reopening" in teller.err) == (1, True)

    for _ in range(5):
        wrong = office.by("ani", "period", "reopen", "kop/kas", passphrase="salah salah salah")
        office.now -= timedelta(seconds=29)
        assert (wrong.code, "is wrong" in wrong.err) == (1, True)
    waits = office.by("ani", "period", "reopen", "kop/kas")
    assert (waits.code, "try again after" in waits.err) == (1, True)


def test_officers_are_listed_and_their_roles_end(office: Office) -> None:
    clash = office.by("rina", "officer", "role", "kop/budi", "teller")
    assert (clash.code, "must not hold" in clash.err) == (1, True)
    office.done("officer", "role", "kop/tono", "teller", "--end")
    office.by("rina", "officer", "role", "kop/tono", "loan_officer", "--book", "kop/kas")
    assert office.decide("budi").code == 0
    office.done("officer", "disable", "kop/tono")
    office.done("officer", "disable", "kop/tono")

    for language in ("id", "en"):
        assert "ani" in office.done("--language", language, "officer", "list", "kop").out
    rows = json.loads(office.done("officer", "list", "kop", "--format", "json").out)["rows"]
    assert [(row["officer"], row["state"], row["roles"]) for row in rows] == [
        ("ani", "active", "manager"),
        ("budi", "active", "supervisor"),
        ("rina", "active", "administrator"),
        ("sari", "active", "administrator"),
        ("tono", "disabled", ""),
    ]
    office.done("officer", "enable", "kop/tono")
    common = office.run("officer", "passphrase", "kop/ani", answers=("koperasi2026",))
    assert (common.code, "too easy" in common.err) == (1, True)


def test_a_lost_second_factor_is_reset_by_two_others(office: Office) -> None:
    assert len(set(office.codes["tono"])) == 10
    stands = office.run("officer", "totp", "kop/tono", answers=("",))
    assert (stands.code, "has a second factor" in stands.err) == (1, True)

    asked = office.by("ani", "officer", "totp", "kop/tono", "--reset")
    assert asked.code == 0, asked
    found = office.waiting()
    done = office.by("budi", "proposal", "approve", "kop", found["id"], found["hash"])
    assert done.code == 0, done

    missing = office.by("tono", "period", "reopen", "kop/kas")
    assert (missing.code, "no second factor yet" in missing.err) == (1, True)


def test_sessions_are_listed_and_ended(office: Office, place: Path) -> None:
    engine = db.engine(f"sqlite:///{place / 'juang.db'}")
    key = read_key(place / "juang.key")
    assert key is not None
    keyring = Keyring(key, lambda _book, _subject: bytes(32))
    for number in (1, 2, 3):
        office.now += timedelta(minutes=1)
        with db.session_factory(engine, keyring=keyring).begin() as session:
            attempt = operations.sign_in(
                session,
                books.tenant_id("kop"),
                "ani",
                PASSPHRASE,
                factors.code(office.keys["ani"], factors.step(office.now)),
                door=Door("192.0.2.1", agent=f"Firefox {number}"),
                token=bytes([number]) * 32,
                recorded_at=office.now,
            )
            assert attempt.acting is not None
    engine.dispose()

    def numbers() -> list[int]:
        listed = office.done("session", "list", "kop/ani", "--format", "json").out
        return [row["no"] for row in json.loads(listed)["rows"]]

    assert "Firefox 2" in office.done("session", "list", "kop/ani").out
    assert numbers() == [3, 2, 1]
    office.done("session", "revoke", "kop/ani", "2")
    assert numbers() == [3, 1]
    assert office.run("session", "revoke", "kop/ani", "2").code == 1
    assert "2 sessions ended" in office.done("session", "revoke", "kop/ani", "--all").err
    assert numbers() == []


def test_nobody_proposes_without_saying_who(office: Office) -> None:
    for args in (
        ("officer", "role", "kop/tono", "loan_officer"),
        ("officer", "totp", "kop/tono", "--reset"),
        ("period", "reopen", "kop/kas"),
        ("person", "erase", "kop/tono", "--reason", "own_request"),
        ("person", "hold", "kop/tono", "tax", "--lift"),
        ("person", "erase-texts", "kop/kas"),
    ):
        ended = office.run(*args)
        assert (ended.code, "--officer TENANT/HANDLE" in ended.err) == (1, True), ended


def test_the_operator_makes_two_administrators_and_no_third(office: Office) -> None:
    ended = office.run("officer", "begin", "kop", "--file", "-", answers=("tuti", PASSPHRASE))

    assert (ended.code, "has had two administrators" in ended.err) == (1, True), ended
    missing = office.run("officer", "begin", "lain", "--file", "-", answers=("tuti",))
    assert (missing.code, "does not say handle and passphrase" in missing.err) == (1, True)
    same = ("officer", "begin", "lain", "--file", "-", "--person", "p-1")
    assert office.run(*same, answers=("tuti", PASSPHRASE)).code == 0
    again = office.run(*same, answers=("tuti-2", PASSPHRASE))
    assert (again.code, "must be another person" in again.err) == (1, True)


def test_an_administrator_alone_grants_nothing(office: Office) -> None:
    """Neither to herself, nor by approving what she proposed, nor for whom she is related to."""
    themselves = office.by("rina", "officer", "role", "kop/rina", "administrator")
    assert (themselves.code, "not to this one" in themselves.err) == (1, True), themselves
    office.by("rina", "officer", "role", "kop/tono", "loan_officer")
    assert "cannot approve it" in office.decide("rina").err
    assert "may not role.approve" in office.decide("tono").err
    shown = office.by("sari", "proposal", "list", "kop")
    assert "Granting a role" in shown.out
    assert office.decide("sari").code == 0


def test_an_administrator_sees_only_proposals_about_accounts(office: Office) -> None:
    office.by("ani", "period", "reopen", "kop/kas")
    found = office.waiting()

    assert "There is nothing here" in office.by("rina", "proposal", "list", "kop").out
    hidden = office.by("rina", "proposal", "show", "kop", found["id"])
    assert (hidden.code, "There is no proposal" in hidden.err) == (1, True)
    assert "kop/kas" in office.by("budi", "proposal", "show", "kop", found["id"]).out


def test_what_is_past_due_expires_once(office: Office) -> None:
    office.by("ani", "period", "reopen", "kop/kas")
    assert office.done("proposal", "expire").err == "Proposals expired: 0.\n"

    office.now += timedelta(days=8)

    assert office.done("proposal", "expire", "kop").err == "Proposals expired: 1.\n"
    assert office.done("proposal", "expire").err == "Proposals expired: 0.\n"
    listed = office.done("proposal", "list", "kop", "--all", "--format", "json").out
    assert [row["state"] for row in json.loads(listed)["rows"] if "reopening" in row["kind"]] == [
        "expired"
    ]


def test_a_rule_of_approval_takes_two_people(office: Office) -> None:
    rule = ("proposal", "rule", "kop", "period_reopening", "--role", "supervisor", "--needed", "2")
    teller = office.by("tono", *rule)
    assert (teller.code, "approval_rule.set" in teller.err) == (1, True), teller
    assert office.by("ani", *rule, "--amount", "5").code == 2
    unknown = office.by("ani", "proposal", "rule", "kop", "spam", "--role", "manager")
    assert (unknown.code, "is unknown" in unknown.err) == (1, True)

    assert office.by("ani", *rule).code == 0
    assert "cannot approve it" in office.decide("ani").err
    assert "carried out" in office.decide("budi").err

    office.by("ani", "period", "reopen", "kop/kas")
    assert "carried out" not in office.decide("budi").err, "it takes two approvals now"
