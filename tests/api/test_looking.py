"""Whoever looks at a person's data by a command stands in the log she reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.api.conftest import Ended, Juang
from tests.api.office import office_of
from tests.ledger.parties.test_devices import public_key

NIK = b"7309015406950001"


def rows(ended: Ended) -> list[dict[str, Any]]:
    assert ended.code == 0, ended
    found: list[dict[str, Any]] = json.loads(ended.out)["rows"]
    return found


def looks(juang: Juang, *more: str, person: str = "kop/siti") -> list[tuple[str, str, str]]:
    found = rows(juang("request", "looks", person, "--format", "json", *more))
    return [(row["what"], row["role"], row["purpose"]) for row in reversed(found)]


@pytest.fixture
def siti(juang: Juang, place: Path) -> Juang:
    """Register Siti at a cooperative and on the platform, with a NIK and a household's book."""
    (place / "1.pem").write_bytes(public_key(1, Encoding.PEM))
    for args, said in (
        (("person", "register", "kop/siti"), b""),
        (("person", "set", "kop/siti", "nik"), NIK),
        (("person", "register", "kop/ani"), b""),
        (("person", "device", "add", "kop/siti", "1.pem"), b""),
        (("book", "open", "kop/rumah"), b""),
        (("book", "owner", "kop/rumah", "kop/siti"), b""),
        (("person", "register", "lain/m-7"), b""),
    ):
        ended = juang(*args, input=said)
        assert ended.code == 0, ended
    assert looks(juang) == [], "writing is no look"
    return juang


READINGS: tuple[tuple[tuple[str, ...], bytes, str], ...] = (
    (("person", "show", "kop/siti"), b"", "person"),
    (("person", "find", "kop", "nik"), NIK, "find.nik"),
    (("person", "devices", "kop/siti"), b"", "devices"),
    (("consent", "list", "kop/siti"), b"", "consents"),
    (("facts", "list", "kop/siti"), b"", "facts"),
)


@pytest.mark.parametrize(("args", "said", "kind"), READINGS, ids=[each[2] for each in READINGS])
def test_each_reading_is_noted_once(
    siti: Juang, args: tuple[str, ...], said: bytes, kind: str
) -> None:
    assert siti(*args, input=said).code == 0
    assert siti(*args, "--purpose", "audit", input=said).code == 0

    assert looks(siti) == [(kind, "operator", "service"), (kind, "operator", "audit")]
    unknown = siti(*args, "--purpose", "curiosity", input=said)
    assert (unknown.code, unknown.out) == (1, ""), "nothing is shown that is not noted"
    assert len(looks(siti)) == 2


def test_her_archive_is_a_look_and_says_so_itself(siti: Juang) -> None:
    archive = siti("request", "archive", "kop/siti").out

    assert looks(siti) == [("archive", "operator", "data_request")]
    assert '"archive"' in archive


def test_a_look_for_her_safety_is_not_in_her_view(siti: Juang) -> None:
    assert siti("person", "show", "kop/siti", "--purpose", "protection").code == 0

    assert looks(siti) == []
    assert looks(siti, "--all") == [("person", "operator", "protection")]


def test_a_search_that_finds_nobody_is_nobodys_look(siti: Juang) -> None:
    assert (
        rows(siti("person", "find", "kop", "nik", "--format", "json", input=b"7309015406950002"))
        == []
    )

    assert looks(siti, "--all") == []
    assert looks(siti, "--all", person="kop/ani") == []


def test_being_told_whose_a_nik_is_is_a_look(siti: Juang) -> None:
    taken = siti("person", "set", "kop/ani", "nik", input=NIK)

    assert (taken.code, "has this NIK already" in taken.err) == (1, True)
    assert looks(siti) == [("find.nik", "operator", "correction")]
    assert "nik" not in siti("person", "show", "kop/ani", "--format", "json").out.lower()


def test_links_are_hers_and_looking_at_them_is_noted(siti: Juang) -> None:
    added = siti("person", "link", "add", "kop/rumah", "kop/siti", "lain/m-7")
    again = siti("person", "link", "add", "kop/rumah", "kop/siti", "lain/m-7")
    assert (added.err, again.err) == ("kop/rumah: link 1.\n",) * 2
    listed = rows(siti("person", "link", "list", "kop/rumah", "--format", "json"))
    assert listed == [{"no": 1, "member": "lain/m-7"}]
    assert looks(siti) == [("links", "operator", "service")]
    assert looks(siti, "--all", person="lain/m-7") == [], "nothing is written on their side"

    assert siti("person", "link", "remove", "kop/rumah", "1").code == 0
    assert siti("person", "link", "remove", "kop/rumah", "1").code == 1
    assert rows(siti("person", "link", "list", "kop/rumah", "--format", "json")) == []


def test_maintenance_is_no_look(siti: Juang) -> None:
    for args in (("verify",), ("keys", "check"), ("keys", "rotate"), ("person", "erasures")):
        assert siti(*args).code == 0, args

    assert looks(siti, "--all") == []


def test_a_device_is_named_and_named_anew(siti: Juang, place: Path) -> None:
    (device,) = rows(siti("person", "devices", "kop/siti", "--format", "json"))
    number = device["device"]
    for label in (b"Samsung merah\n", b"Samsung merah\n", b"HP lama"):
        assert siti("person", "device", "label", "kop/siti", number, input=label).code == 0

    (named,) = rows(siti("person", "devices", "kop/siti", "--format", "json"))
    assert named["label"] == "HP lama"
    events = rows(siti("person", "events", "kop/siti", "--format", "json"))
    assert [row["what"] for row in events].count("device_labelled") == 2
    assert b"HP lama" not in b"".join(each.read_bytes() for each in place.glob("juang.db*"))
    assert siti("person", "device", "label", "kop/ani", number, input=b"x").code == 1
    assert siti("person", "device", "label", "kop/siti", number, input=b"\x00").code == 1


def test_a_breach_turns_out_wider(siti: Juang) -> None:
    when = ("--from", "2026-01-01T00:00Z", "--until", "2100-01-01T00:00Z")
    told = ("--what", "laptop stolen", "--data", "names", "--remedy", "keys replaced")
    reported = siti("breach", "report", "kop", *told, *when, "--table", "device")
    assert "persons: 1" in reported.err, reported

    wider = siti("breach", "widen", "kop", "1", "--table", "person")
    again = siti("breach", "widen", "kop", "1", "--table", "person")

    assert "1 more persons to notify" in wider.err, wider
    assert "0 more persons to notify" in again.err
    assert siti("breach", "widen", "kop", "2", "--table", "person").code == 1


# Officers.


def test_an_officer_does_what_the_policy_grants_and_no_more(
    siti: Juang, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(monkeypatch, "kop")
    office.enrol("tono", "teller", person="tono")

    shown = office.by("tono", "person", "show", "siti")
    assert (shown.code, "•••0001" in shown.out) == (0, True), shown
    assert office.by("ani", "person", "find", "kop", "nik", more=NIK).code == 0
    assert looks(siti) == [("person", "teller", "service"), ("find.nik", "manager", "service")]
    seen = rows(siti("request", "looks", "kop/siti", "--format", "json"))
    assert [row["actor"] for row in seen] == ["ani", "tono"]

    refused = {
        ("rina", "person", "show", "siti"): "sees no money and no personal data",
        ("budi", "person", "find", "kop", "nik"): "this role may not",
        ("tono", "person", "merge", "siti", "ani", "--reason", "x"): "this role may not",
        ("ani", "person", "register", "lain/baru"): "somebody else's",
        ("ani", "person", "show", "lain/m-7"): "There is no person “lain/m-7”",
        ("ani", "person", "show", "m-7"): "There is no person “m-7”",
        ("ani", "person", "show", "kop/ani"): "not to this one",
        ("ani", "request", "archive", "kop/siti"): "this role may not",
        ("ani", "request", "looks", "kop/siti"): "a private record",
        ("ani", "consent", "give", "kop/siti", "evaluation"): "this role may not",
        ("ani", "breach", "list", "lain"): "somebody else's",
        ("ani", "officer", "disable", "kop/budi"): "this role may not",
        ("ani", "officer", "passphrase", "kop/budi"): "not to this one",
        ("ani", "verify"): "is for the operator of the machine",
        ("ani", "balance", "kop/rumah"): "is for the operator of the machine",
        ("ani", "keys", "check"): "is for the operator of the machine",
        ("ani", "person", "erasures"): "is for the operator of the machine",
        ("ani", "person", "link", "list", "kop/rumah"): "a private record",
    }
    for (handle, *args), why in refused.items():
        ended = office.by(handle, *args, more=NIK)
        assert (ended.code, ended.out) == (1, ""), (args, ended)
        assert why in ended.err, (args, ended.err)
    assert len(looks(siti)) == 2
    assert office.by("budi", "request", "looks", "kop/siti", "--all").code == 0
    assert office.by("ani", "officer", "list", "kop").code == 0
    wrong = office.run("--officer", "kop/ani", "person", "show", "siti", answers=("x", "y"))
    assert (wrong.code, "is wrong" in wrong.err) == (1, True)


def test_every_command_is_somebodys() -> None:
    """What is asked for exists: no row of the table names a command that is not there."""
    from api.cli import COMMANDS, juang
    from api.commands.permissions import ASKS, THEMSELVES

    for path in {*ASKS, *THEMSELVES}:
        found: Any = juang
        for name in path.split():
            found = found.get_command(None, name)
            assert found is not None, path
    assert {path.split()[0] for path in ASKS} <= set(COMMANDS)


def test_an_officer_decides_nothing_of_another_tenant(
    siti: Juang, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(monkeypatch, "kop")
    siti("book", "open", "lain/kas", "--kind", "cooperative")
    siti("period", "close", "lain/kas", "--through", "2026-09-30")
    for args in (
        ("period", "reopen", "lain/kas"),
        ("person", "erase-texts", "lain/kas"),
    ):
        ended = office.by("ani", *args)
        assert (ended.code, "somebody else's" in ended.err) == (1, True), (args, ended)
    unknown = office.by("ani", "person", "erase-texts", "kop/rumah", "--about", "lain/m-7")
    assert (unknown.code, "There is no person" in unknown.err) == (1, True)
    mine = office.by("ani", "person", "erase-texts", "kop/rumah", "--about", "siti")
    assert mine.code == 0, mine
    shown = office.by("budi", "proposal", "show", "kop", office.waiting()["id"])
    assert "Texts about  kop/siti" in shown.out
    assert "cannot approve it" in office.decide("ani").err
    assert "carried out" in office.decide("budi").err
