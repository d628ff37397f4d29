"""`juang person`: personal data comes in by files and pipes, is shown masked, and can be erased."""

import json
import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.parties.erasures import read
from tests.api.conftest import Ended, Juang
from tests.api.office import office_of
from tests.ledger.parties.test_canary import CANARY, HEIRS, found
from tests.ledger.parties.test_devices import public_key

SPOKEN = (
    '{"id":"0198a000-0000-7000-8000-000000000001","book":"demo/siti","effective_date":"2026-11-20",'
    '"narration":"untuk kenari","subject":"person-%s","postings":[{"account":"expenses:food",'
    '"debit":{"amount":"5","currency":"IDR"}},{"account":"assets:cash","credit":'
    '{"amount":"5","currency":"IDR"}}]}'
)


def dump(place: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in place.glob("juang.db*"))


def rows(ended: Ended) -> list[dict[str, object]]:
    assert ended.code == 0, ended
    return json.loads(ended.out)["rows"]  # type: ignore[no-any-return]


@pytest.fixture
def siti(juang: Juang) -> str:
    """Register Siti with every field, and give her id."""
    assert juang("book", "open", "demo/siti").code == 0
    assert juang("person", "register", "demo/siti").code == 0
    for field, value in CANARY.items():
        assert juang("person", "set", "siti", field.value, input=value.encode() + b"\n").code == 0
    for no, heir in enumerate(HEIRS, start=1):
        said = juang("person", "set", "siti", "heir", "--no", str(no), input=heir.encode())
        assert said.code == 0
    return str(json.loads(juang("person", "show", "siti", "--format", "json").out)["id"])


def test_data_is_shown_masked_and_kept_sealed(juang: Juang, siti: str, place: Path) -> None:
    shown = juang("person", "show", "demo/siti")

    assert shown.out.splitlines() == [
        "Person",
        "Person  demo/siti",
        f"Id      {siti}",
        "State   active",
        "",
        "Field         Masked     Version",
        "────────────────────────────────",
        "NIK           •••7317          1",
        "Name          S••• A•••        1",
        "Telephone     •••317           1",
        "Address       •••              1",
        "Heir 1        •••              1",
        "Heir 2        •••              1",
        "Safe contact  •••              1",
    ]
    assert juang("--language", "id", "person", "show", siti).code == 0
    assert found(dump(place)) == []
    assert stat.S_IMODE((place / "juang.key").stat().st_mode) == 0o600


def test_no_answer_repeats_what_was_written(juang: Juang, siti: str) -> None:
    answers = [
        juang(*asked, input=value)
        for asked, value in (
            (("person", "set", "siti", "nik"), b"730901540695731"),
            (("person", "set", "siti", "phone"), b"081273177317 kenari"),
            (("person", "set", "siti", "name"), b"enari\x00"),
            (("person", "set", "siti", "name"), b"enari\xff"),
            (("person", "set", "siti", "address"), b"enari " * 1_000),
            (("person", "set", "siti", "name", "--no", "1"), b"enari"),
            (("person", "clear", "siti", "heir", "--no", "9"), b""),
            (("person", "events", "siti"), b""),
            (("person", "events", "siti", "--format", "json"), b""),
            (("person", "show", "siti", "--format", "csv"), b""),
        )
    ]

    assert [answer.code for answer in answers] == [1] * 7 + [0] * 3
    assert [found((a.out + a.err).encode()) for a in answers] == [[]] * len(answers)
    assert "16 digits" in answers[0].err


def test_a_nik_of_somebody_elses_leads_to_a_merge(juang: Juang, siti: str) -> None:
    juang("person", "register", "demo/s-2")
    nik = next(iter(CANARY.values())).encode()

    taken = juang("person", "set", "s-2", "nik", input=nik)
    merged = juang("person", "merge", "s-2", "siti", "--reason", "same_nik")
    again = juang("person", "set", "s-2", "address", input=b"Maros")

    assert taken.code == 1
    assert f"Person “{siti}” has this NIK already." in taken.err
    assert "juang person merge" in taken.err
    assert merged.err == "s-2 is merged into siti.\n"
    assert "version 2" in again.err
    assert rows(juang("person", "find", "demo", "nik", "--format", "json", input=nik)) == [
        {"person": "demo/siti", "id": siti, "state": "active"}
    ]
    assert (
        rows(juang("person", "find", "demo", "phone", "--format", "json", input=b"081234567890"))
        == []
    )


def test_a_file_a_field_and_relations(juang: Juang, siti: str, place: Path) -> None:
    (place / "nama.txt").write_text("Siti Aminah\n")
    juang("person", "register", "demo/ani")

    assert (
        "version 2: S••• A•••" in juang("person", "set", "siti", "name", "--file", "nama.txt").err
    )
    assert juang("person", "clear", "siti", "heir").code == 0
    assert juang("person", "relate", "siti", "ani").err == "siti and ani are related: family.\n"
    assert "Related  demo/ani: family" in juang("person", "show", "siti").out
    assert juang("person", "relate", "ani", "siti", "--end").code == 0
    assert "Related" not in juang("person", "show", "siti").out
    told = [row["what"] for row in rows(juang("person", "events", "siti", "--format", "json"))]
    assert told[-4:] == ["set:name", "cleared:heir:1", "related:family", "unrelated:family"]


def test_persons_are_named_as_books_are(juang: Juang, siti: str) -> None:
    juang("person", "register", "koperasi/siti")
    juang("person", "register", "koperasi/m-1")

    assert "Write tenant/person." in juang("person", "show", "siti").err
    assert juang("person", "show", "koperasi/siti").code == 0
    assert "There is no person" in juang("person", "show", "ani").err
    for asked in (("merge", "m-1", "demo/siti", "--reason", "x"), ("relate", "m-1", "demo/siti")):
        assert "There is no person" in juang("person", *asked).err


def test_devices_come_and_go(juang: Juang, siti: str, place: Path) -> None:
    for number in (1, 2, 3):
        (place / f"{number}.pem").write_bytes(public_key(number, Encoding.PEM))
        assert juang("person", "device", "add", "siti", f"{number}.pem").code == 0

    def states() -> list[object]:
        return [
            row["state"] for row in rows(juang("person", "devices", "siti", "--format", "json"))
        ]

    first, second, third = (
        str(row["device"]) for row in rows(juang("person", "devices", "siti", "--format", "json"))
    )
    assert juang("person", "device", "lost", "siti", first).code == 0
    assert sorted(map(str, states())) == ["active", "active", "lost"]
    assert juang("person", "device", "sign-out", "siti", "--but", second).err.endswith(": 1.\n")
    assert juang("person", "device", "revoke", "siti", third).code == 0
    assert juang("person", "device", "revoke", "siti", second).code == 0
    assert "active" not in states()
    assert "There is no device" in juang("person", "device", "lost", "siti", "x").err
    (place / "no.pem").write_text("-----BEGIN PUBLIC KEY-----")
    assert "no public key" in juang("person", "device", "add", "siti", "no.pem").err
    assert "signed out" in juang("person", "devices", "siti").out


def test_erased_restored_and_erased_again(
    juang: Juang, siti: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    juang("post", "-", input=(SPOKEN % siti).encode())
    assert "untuk kenari" in juang("entries", "demo/siti").out
    shutil.copy(place / "juang.db", place / "yesterday.db")

    office = office_of(monkeypatch, "demo")
    erase = ("person", "erase", "siti", "--reason", "own_request", "--book", "demo/siti")
    assert "not this person's alone" in office.by("ani", *erase).err
    juang("book", "owner", "demo/siti", "demo/siti")
    assert office.by("ani", *erase).code == 0
    assert "State   active" in juang("person", "show", "siti").out
    assert "cannot approve it" in office.decide("ani").err
    erased = office.decide("budi")
    assert erased.code == 0, erased
    listed = juang("person", "erasures", "--format", "json").out
    (place / "erased.json").write_text(listed)

    assert [line.reason for line in read(listed)] == ["own_request", "own_request"]
    assert found(listed.encode()) == []
    assert "own_request" in juang("person", "erasures").out
    assert "State   erased" in juang("person", "show", "siti").out
    (place / "yesterday.db").replace(place / "juang.db")
    assert "untuk kenari" in juang("entries", "demo/siti").out
    assert juang("person", "reapply", "erased.json").err == "2 lines applied, 2 of them new.\n"
    assert juang("person", "reapply", "erased.json").err == "2 lines applied, 0 of them new.\n"
    assert "(erased)" in juang("entries", "demo/siti").out
    assert juang("verify").code == 0
    again = juang("post", "-", "--format", "json", input=(SPOKEN % siti).encode())
    assert '"code": "exists"' in again.out
    new = (SPOKEN % siti).replace("000000001", "000000002").encode()
    assert "subject_erased" in juang("post", "-", "--format", "json", input=new).out


def test_a_statute_is_shown_and_wins(
    juang: Juang, siti: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = juang("person", "hold", "siti", "tax", "--since", "2026-01-15")
    erase = ("person", "erase", "siti", "--reason", "own_request")
    office = office_of(monkeypatch, "demo")

    refused = office.by("ani", *erase)

    assert held.err == "The data of siti is kept until 2036-01-15: tax.\n"
    assert refused.code == 1
    assert "must be kept until 2036-01-15 (tax: UU 28/2007" in refused.err
    assert "Held    2036-01-15 (UU 28/2007 (KUP)" in juang("person", "show", "siti").out
    assert juang("person", "hold", "siti", "tax").code == 2
    assert juang("person", "hold", "siti", "tax", "--since", "2026-01-01", "--lift").code == 2
    lifted = office.by("ani", "person", "hold", "siti", "tax", "--lift")
    assert lifted.code == 0, lifted
    assert "must be kept" in office.by("ani", *erase).err
    assert office.decide("budi").code == 0
    assert office.by("ani", *erase).code == 0
    assert office.decide("budi").code == 0
    assert "State   erased" in juang("person", "show", "siti").out


def test_a_missing_key_is_never_replaced(juang: Juang, siti: str, place: Path) -> None:
    (place / "juang.key").rename(place / "away.key")

    written = juang("person", "set", "siti", "name", input=b"Ani")

    assert written.code == 1
    assert "The key file juang.key is missing" in written.err
    assert not (place / "juang.key").exists()
    assert "This session has no keyring" in juang("person", "show", "siti").err


@pytest.mark.parametrize("document", [b"", b"{}", b'{"rows": [{"subject": "person-7"}]}', b"\xff"])
def test_what_is_no_erasure_list_is_not_applied(juang: Juang, siti: str, document: bytes) -> None:
    ended = juang("person", "reapply", "-", input=document)

    assert ended.code == 1
    assert "erasures --format json" in ended.err


@pytest.mark.parametrize("language", ["id", "en"])
def test_help_is_there_in_both_languages(juang: Juang, language: str) -> None:
    told = juang("--language", language, "person", "--help").out

    assert {"register", "erasures", "device"} < set(told.split())
