"""Rehearsals and copies: the books arrive whole, are compared, and leave nothing behind."""

import json

import pytest

from api.operating import copying
from tests.api.conftest import Juang
from tests.api.moving import Scene, at, counted, fill, is_empty, stored
from tests.conformance import laws


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
def test_a_copy_is_the_original(juang: Juang, scene: Scene, kind: str, other: str) -> None:
    source, target = scene(kind), scene(other)
    before = fill(source)

    copied = juang(*at(source), "db", "copy", target)

    assert copied.code == 0, copied
    assert copied.out.splitlines() == [
        f"All agree: {counted(before)}, {len(before['posting'])} lines recomputed.",
        "Copied. The master key stays the same: --key-file juang.key",
    ]
    assert laws.differences(before, stored(target)) == []
    again = juang(*at(source), "db", "copy", target)
    assert "The database to fill is not empty" in again.err


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_that_arrives_otherwise_is_not_kept(
    juang: Juang, scene: Scene, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = scene("sqlite"), scene(kind)
    fill(source)
    monkeypatch.setattr(copying, "differing", lambda *_sums: ["entry"])

    copied = juang(*at(source), "db", "copy", target)

    assert copied.code == 1
    assert "The table entry arrived with other rows" in copied.err
    assert is_empty(target)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_rehearsal_restores_compares_and_cleans_up(
    juang: Juang,
    scene: Scene,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    url = scene(kind)
    before = fill(url)

    ended = juang(*at(url), "rehearse", "--every", "60", "--format", "json")

    assert ended.code == 0, ended
    said = json.loads(ended.out)
    assert said["good"] is True
    assert 3600 < float(said["rpo_s"]) < 3660
    assert float(said["rto_s"]) >= 0
    noted = 1  # when all was last verified: a row of a chore, not of the books
    assert said["compared"] == sum(len(rows) for rows in before.values()) + noted
    assert said["debits_IDR_zakat"]["amount"] == "70.00"
    assert list(scratch.iterdir()) == []
    assert stored(url) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_rehearsal_may_be_told_where(juang: Juang, scene: Scene, kind: str) -> None:
    url, scratch = scene("sqlite"), scene(kind)
    fill(url)

    first = juang(*at(url), "rehearse", "--scratch", scratch)
    second = juang("--language", "id", *at(url), "rehearse", "--scratch", scratch)
    on_itself = juang(*at(url), "rehearse", "--scratch", url)

    assert "Every row, balance and hash is that of the original." in first.out
    assert "Setiap baris, saldo dan hash sama dengan asalnya." in second.out
    assert "The database to fill is not empty" in on_itself.err
    assert not is_empty(url)


def test_a_rehearsal_says_what_differs(
    juang: Juang, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = scene("sqlite")
    fill(url)
    monkeypatch.setattr("api.operating.rehearsal.differing", lambda *_sums: ["entry"])

    ended = juang(*at(url), "rehearse")

    assert ended.code == 1
    assert "DIFFERENT: tables entry." in ended.out
