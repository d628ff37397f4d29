"""Consent texts are versioned, in both languages, and never edited."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.consents import law, texts, trail
from ledger.consents.texts import TextAltered, TextVersionUnknown
from tests.builders import NOW


def version(no: int, text: str, since: str, again: str | None = None) -> str:
    hashes = "".join(
        f'sha256_{language} = "{texts.text_hash("nudges", no, language, text).hex()}"\n'
        for language in ("id", "en")
    )
    more = f"again_from = {again}\n" if again else ""
    head = f"[[purpose.version]]\nno = {no}\nfrom = {since}\n"
    return f'{head}{more}{hashes}id = "{text}"\nen = "{text}"\n'


NUDGES = '[[purpose]]\ncode = "nudges"\nid = "a"\nen = "b"\n' + version(
    1, "first", "2026-01-01T00:00:00Z"
)


def test_the_five_purposes_ship_in_both_languages() -> None:
    shipped = texts.shipped()

    assert [purpose.code for purpose in shipped.purposes] == [
        "share",
        "nudges",
        "scoring",
        "evaluation",
        "referral",
    ]
    for purpose in shipped.purposes:
        text = purpose.current(NOW).text
        assert text.id != text.en
        assert ("{other}" in text.id) == ("{other}" in text.en) == purpose.names_tenant
        assert max(map(len, text.id.splitlines())) < 110


def test_a_text_that_was_shown_is_never_edited() -> None:
    """These hashes stand in consents that people gave; a new wording is a new version."""
    found = {
        (purpose.code, version.no): version.hash("id").hex()[:16] + version.hash("en").hex()[:16]
        for purpose in texts.shipped().purposes
        for version in purpose.versions
    }

    assert found.items() >= FROZEN.items()


FROZEN = {
    ("share", 1): "a5420c1b364fe417ba4bc6fc9a7fd5d9",
    ("nudges", 1): "be0302e52fa46f0cdbebef54721dd911",
    ("scoring", 1): "96ab2e86196b84017a4ebbaba56d5afb",
    ("evaluation", 1): "e4fb3cad576bb91f85214930f552c239",
    ("referral", 1): "576c35a399135e56d7ff11eff4958bdc",
}


def test_an_edited_text_is_refused() -> None:
    with pytest.raises(TextAltered):
        texts.read(NUDGES.replace('en = "first"', 'en = "fist"'))


def test_versions_come_into_force_and_old_ones_end() -> None:
    second = version(2, "second", "2026-06-01T00:00:00Z", again="2026-07-01T00:00:00Z")
    purpose = texts.read(NUDGES + second).purpose("nudges")
    june = datetime(2026, 6, 1, tzinfo=UTC)
    july = datetime(2026, 7, 1, tzinfo=UTC)

    assert purpose.current(june - timedelta(seconds=1)).no == 1
    assert purpose.current(june).no == 2
    assert purpose.oldest_counting(july - timedelta(seconds=1)) == 0
    assert purpose.oldest_counting(july) == 2
    with pytest.raises(TextVersionUnknown):
        purpose.version(2, june - timedelta(seconds=1))
    with pytest.raises(TextVersionUnknown):
        purpose.current(datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(texts.PurposeUnknown):
        texts.shipped().purpose("spam")


def test_every_legal_row_names_its_source() -> None:
    shipped = law.shipped()

    sources = [row.source for row in shipped.periods] + [row.source for row in shipped.grounds]
    assert all("UU 27/2022" in source for source in sources)
    assert {row.kind for row in shipped.periods} >= {"access", "correction", "breach"}


def test_the_law_is_dated() -> None:
    before = datetime(2022, 10, 16, tzinfo=UTC)
    changed = law.Law(
        (*law.shipped().periods, law.Period("breach", 24, NOW.date(), "a later law")), ()
    )

    assert changed.due("breach", NOW)[0] == NOW + timedelta(hours=24)
    assert changed.due("breach", NOW - timedelta(days=1))[0] == NOW + timedelta(hours=48)
    with pytest.raises(law.PeriodUnknown):
        law.shipped().due("breach", before)
    with pytest.raises(law.GroundUnknown):
        law.shipped().ground("endangers", "access", before)
    with pytest.raises(law.GroundUnknown):
        law.shipped().ground("busy", "access", NOW)
    with pytest.raises(law.GroundUnfit):
        law.shipped().ground("retention", "access", NOW)


def test_what_a_look_is_for_is_one_of_a_list() -> None:
    def look(role: str = "teller", kind: str = "statement", purpose: str = "service") -> trail.Look:
        return trail.Look(person=1, actor="ani", role=role, kind=kind, purpose=purpose)

    assert trail.withheld(look()) is None
    assert trail.withheld(look(purpose="protection")) == "endangers"
    assert {p.withheld for p in trail.purposes().values()} <= {
        None,
        *(ground.code for ground in law.shipped().grounds),
    }
    with pytest.raises(trail.LookPurposeUnknown):
        trail.withheld(look(purpose="curiosity"))
    for wrong in ({"role": "Teller"}, {"kind": ""}, {"kind": "budi's phone"}):
        with pytest.raises(trail.LookMalformed):
            trail.withheld(look(**wrong))
