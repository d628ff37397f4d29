"""What we export, beancount reads: no error, and every balance as in our books."""

from collections import defaultdict
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import pytest
from beancount import loader
from beancount.core import data
from beancount.core.data import Transaction
from hypothesis import HealthCheck, given, settings
from sqlalchemy.orm import Session

from ledger.exports import queries
from ledger.journal.keyring import Keyring
from tests import builders
from tests.builders import TODAY
from tests.conftest import NewEngine
from tests.ledger.exports import scene
from tests.ledger.exports.scene import AWKWARD, as_beancount, counters


def loaded(text: str) -> list[Any]:
    """Read text with beancount itself, and insist that it finds nothing wrong."""
    entries, errors, _options = loader.load_string(text)
    assert not errors, [f"{error.source}: {error.message}" for error in errors]
    found: list[Any] = entries
    return found


def by_kind(entries: list[Any], kind: type[Any]) -> list[Any]:
    return [entry for entry in entries if isinstance(entry, kind)]


def sums(entries: list[Any]) -> dict[tuple[str, str, str], int]:
    """Add up postings by operator, book and our own code, in minor units of two decimals."""
    codes = {opened.account: opened.meta["code"] for opened in by_kind(entries, data.Open)}
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry in by_kind(entries, Transaction):
        tenant, ref = entry.meta["book"].split("/")
        for posting in entry.postings:
            found[(tenant, ref, codes[posting.account])] += int(posting.units.number * 100)
    return {key: net for key, net in found.items() if net}


def transaction(entries: list[Any], number: int) -> Any:
    """Find an entry of the scene by its id."""
    link = builders.entry_id(number).hex()
    found = [each for each in by_kind(entries, Transaction) if link in each.links]
    return min(found, key=lambda each: (len(each.links), each.meta["seq"]))


def test_all_books_agree_with_our_counters(session: Session) -> None:
    scene.fill(session)

    entries = loaded(as_beancount(session))

    assert sums(entries) == counters(session)


def test_one_book_agrees_and_needs_no_prefix(session: Session) -> None:
    scene.fill(session)

    entries = loaded(as_beancount(session, "platform/siti"))

    ours = {key: net for key, net in counters(session).items() if key[1] == "siti"}
    assert sums(entries) == ours
    assert "Assets:Cash" in {opened.account for opened in by_kind(entries, data.Open)}


def test_every_balance_is_asserted_to_the_last_sen(session: Session) -> None:
    scene.fill(session)
    text = as_beancount(session)
    assertions = by_kind(loaded(text), data.Balance)

    assert all(each.tolerance == 0 for each in assertions)
    for sen in ("0.01", "-0.01"):
        wrong = text.replace("balance Assets:Platform:Siti:Cash  ", f"balance X{sen}")
        amount = Decimal(wrong.split(f"balance X{sen}")[1].split(" ")[0])
        wrong = wrong.replace(
            f"balance X{sen}{amount}", f"balance Assets:Platform:Siti:Cash  {amount + Decimal(sen)}"
        )
        _entries, errors, _options = loader.load_string(wrong)
        assert len(errors) == 1


def test_texts_come_through_whole(session: Session) -> None:
    scene.fill(session)
    entries = loaded(as_beancount(session))

    assert transaction(entries, 2).narration == AWKWARD
    assert transaction(entries, 1).meta["meta-slip-no"] == "8"
    assert transaction(entries, 1).meta["meta-slip-no-2"] == '7"'


def test_what_is_held_is_left_out_and_what_was_captured_is_not(session: Session) -> None:
    scene.fill(session)
    entries = loaded(as_beancount(session, "siti"))
    verbs = {each.meta["verb"] for each in by_kind(entries, Transaction)}

    assert verbs == {"post", "capture", "reverse", "amend"}
    captured = transaction(entries, 5)
    assert [posting.units.number for posting in captured.postings] == [50_000, -50_000]
    assert builders.entry_id(4).hex() in captured.links


def test_an_exchange_passes_through_the_trading_accounts(session: Session) -> None:
    scene.fill(session)
    exchanged = transaction(loaded(as_beancount(session, "siti")), 3)

    assert {posting.account: str(posting.units) for posting in exchanged.postings} == {
        "Assets:Hkd": "100.00 HKD",
        "Assets:Cash": "-207000.00 IDR",
        "Equity:Trading:Hkd": "-100.00 HKD",
        "Equity:Trading:Idr": "207000.00 IDR",
    }
    assert exchanged.meta["mid-rate"] == Decimal("0.000483")
    assert exchanged.meta["value-date"] == TODAY


def test_corrections_and_bundles_are_linked(session: Session) -> None:
    scene.fill(session)
    entries = loaded(as_beancount(session))
    reversal, amended = transaction(entries, 7), transaction(entries, 8)

    assert builders.entry_id(2).hex() in reversal.links
    assert reversal.narration == "kembali"
    assert builders.entry_id(1).hex() in amended.links
    assert f"bundle-{builders.entry_id(90).hex()}" in transaction(entries, 9).links


def test_an_erased_text_is_shown_as_erased(session: Session) -> None:
    scene.fill(session)
    scene.erase(session, "ibu")

    text = as_beancount(session)

    assert transaction(loaded(text), 6).narration == "(erased)"
    assert "rahasia" not in text


@pytest.mark.parametrize("names", [(), ("a:b/c@d.e_f-g",)])
@pytest.mark.parametrize("erased", [False, True])
def test_odd_names_and_currencies_are_read_and_their_balances_checked(
    session: Session, names: tuple[str, ...], *, erased: bool
) -> None:
    scene.fill(session)
    scene.fill_oddly(session)
    if erased:
        for subject in ("", "ibu"):
            scene.erase(session, subject)

    entries = loaded(as_beancount(session, *names))

    odd = [each for each in by_kind(entries, data.Open) if each.meta["name"] == scene.ODD]
    assert len(odd) == 6
    asserted = {(each.account, each.amount.currency) for each in by_kind(entries, data.Balance)}
    assert {(each.account, each.currencies[0]) for each in odd} <= asserted
    told = {each.narration for each in by_kind(entries, Transaction)}
    assert (scene.ODD in told, "(erased)" in told) == (not erased, erased)


def test_without_a_keyring_texts_are_locked(session: Session) -> None:
    scene.fill(session)
    session.info.pop("keyring")

    text = as_beancount(session)

    assert transaction(loaded(text), 2).narration == "(locked)"
    assert "Pandan" not in text


def test_with_another_key_texts_are_locked(session: Session) -> None:
    scene.fill(session)
    session.info["keyring"] = Keyring(bytes(32), lambda _book, _subject: bytes(32))

    assert transaction(loaded(as_beancount(session)), 2).narration == "(locked)"


def test_entries_stand_by_date_and_then_as_booked(session: Session) -> None:
    scene.fill(session)
    lines = as_beancount(session, "siti").splitlines()
    days = [line[:10] for line in lines if " * " in line and line[:4].isdigit()]
    numbers = [int(line.split(": ")[1]) for line in lines if line.startswith("  seq: ")]

    assert list(zip(days, numbers, strict=True)) == sorted(zip(days, numbers, strict=True))


def test_a_book_without_entries_is_a_valid_file(session: Session) -> None:
    builders.open_books(session)

    assert not by_kind(loaded(as_beancount(session)), Transaction)
    assert "Koperasi-maros:Kas:Cash" in as_beancount(session)


def test_books_may_be_passed_over(session: Session) -> None:
    scene.fill(session)

    whole = {book.ref: len(list(book.entries)) for book in queries.chosen(session).books}
    last = {book.ref: book.entries for book in queries.chosen(session).books}

    assert whole == {"siti": 10, "ibu": 1, "kas": 0, "dana": 2}
    assert len(list(last["siti"])) == 10


@pytest.mark.parametrize("at_once", [1, 3])
def test_the_size_of_a_page_changes_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    scene.fill(session)
    whole = as_beancount(session)

    monkeypatch.setattr("ledger.exports.queries.books.ENTRIES_AT_ONCE", at_once)
    monkeypatch.setattr("ledger.exports.queries.books.BOOKS_AT_ONCE", at_once)

    assert as_beancount(session) == whole


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=scene.MOVES)
def test_what_is_exported_parses_back_to_the_same_balances(
    new_engine: NewEngine, moves: list[Any]
) -> None:
    with Session(new_engine(), info={"keyring": builders.keyring()}) as session:
        scene.move(session, moves)
        entries = loaded(as_beancount(session))

        assert sums(entries) == counters(session)
        told = {each.narration for each in by_kind(entries, Transaction)}
        assert told == {normalize("NFC", said) for *_move, said in moves}
