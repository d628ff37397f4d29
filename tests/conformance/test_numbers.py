"""Numbers of entries, changes and accounts, dates and moments: who gets one, and who does not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from ledger.books import operations as books
from ledger.books.charts import chart
from ledger.dates import DateOutOfRange
from ledger.journal import queries
from ledger.journal.canonical import amendment_id
from ledger.journal.intents import Exchange, credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    IBU,
    KOPERASI,
    NOW,
    SITI,
    TODAY,
    YESTERDAY,
    amend,
    capture,
    counted,
    earn,
    entry_id,
    hkd,
    idr,
    in_bundle,
    open_account,
    pay,
    post,
    release,
    reserve,
)
from tests.conformance.laws import Row
from tests.conformance.scene import Scene, back, close, close_period, limit, reopen_period

RATE = Exchange(Decimal("2070.50"), "Bank Indonesia", YESTERDAY)


def _entries(scene: Scene, book: int = SITI) -> list[Row]:
    return [entry for entry in scene.stored()["entry"] if entry["book_id"] == book]


def test_only_accepted_entries_are_numbered(scene: Scene) -> None:
    limit("cash", floor=0)(scene)

    numbers = [
        (outcome.seq, outcome.change_no)
        for outcome in (
            scene.one(post(1, *earn(5))),
            scene.one(post(2, *pay(6))),
            scene.one(post(3, *pay(5)), dry_run=True),
            scene.one(post(1, *earn(5))),
            scene.one(post(3, *pay(0))),
            scene.one(post(3, *pay(5))),
        )
    ]

    assert numbers == [(1, 1), (None, None), (2, 2), (1, 1), (None, None), (2, 2)]


def test_books_are_numbered_apart(scene: Scene) -> None:
    outcomes = scene.post(post(1, *pay(5)), post(1, *earn(5), book=IBU), post(2, *pay(5)))

    assert [outcome.seq for outcome in outcomes] == [1, 1, 2]


def test_an_amendment_is_two_entries_and_one_change(scene: Scene) -> None:
    scene.post(post(1, *pay(100), day=YESTERDAY, kind="shop"))

    outcome = scene.one(amend(2, 1, *pay(90), kind="correction"))

    original, mirror, replacement = _entries(scene)
    assert (outcome.seq, outcome.change_no) == (3, 2)
    assert mirror["id"] == amendment_id(entry_id(2))
    assert [mirror[name] for name in ("verb", "effective_date", "target_seq", "amends_seq")] == [
        "reverse",
        YESTERDAY,
        1,
        None,
    ]
    assert [replacement[name] for name in ("verb", "effective_date", "amends_seq")] == [
        "amend",
        TODAY,
        1,
    ]
    assert [entry["change_no"] for entry in (original, mirror, replacement)] == [1, 2, 2]


def test_a_refused_amendment_leaves_nothing_of_its_reversal(scene: Scene) -> None:
    scene.post(post(1, *pay(100)))

    assert scene.codes(amend(2, 1, *pay(90, what="pocket"))) == [Code.ACCOUNT_NOT_POSTABLE]

    assert scene.one(post(3, *pay(5))).seq == 2
    assert scene.codes(amend(4, 1, *pay(90))) == [Code.POSTED]


def test_an_amendment_whose_derived_id_is_taken_is_an_outcome(scene: Scene) -> None:
    taken = int.from_bytes(amendment_id(entry_id(3)), "big")
    scene.post(post(1, *pay(5)), post(taken, *pay(5)))

    (code,) = scene.codes(amend(3, 1, *pay(6)))

    assert code not in {Code.POSTED, Code.EXISTS}


def test_trading_accounts_take_numbers_only_when_their_entry_is_accepted(scene: Scene) -> None:
    sold = (debit("cash", idr(2_000)), credit("hkd", hkd(1)))
    usual = scene.ask(lambda session: open_account(session, SITI, "before"))

    scene.codes(
        *in_bundle(90, post(1, *sold, exchange=RATE), post(2, *pay(5, what="purse"))),
        post(3, *sold, credit("food", idr(2_000)), exchange=RATE),
    )

    assert scene.ask(lambda session: open_account(session, SITI, "between")) == usual + 1
    assert scene.codes(post(4, *sold, exchange=RATE)) == [Code.POSTED]
    assert scene.ask(lambda session: open_account(session, SITI, "after")) == usual + 4


def test_the_rates_of_an_exchange_are_kept_with_it(scene: Scene) -> None:
    scene.post(
        post(1, debit("cash", idr(2_000_000)), credit("hkd", hkd(1_000)), exchange=RATE),
        post(2, debit("hkd", hkd(1)), credit("cash", idr(2_100)), exchange=Exchange()),
    )

    rows = [list(row.values())[2:] for row in scene.stored()["entry_exchange"]]
    assert rows == [
        ["HKD", 100_000, "IDR", 200_000_000, Decimal("2070.5"), "Bank Indonesia", YESTERDAY],
        ["IDR", 210_000, "HKD", 100, None, None, None],
    ]


def test_time_never_runs_backwards_within_a_book(scene: Scene) -> None:
    first = scene.one(post(1, *pay(5)))
    back(hours=3)(scene)

    later = scene.one(post(2, *pay(5)))
    elsewhere = scene.one(post(1, *pay(5), book=IBU))

    assert (first.recorded_at, later.recorded_at) == (NOW, NOW)
    assert elsewhere.recorded_at == NOW - timedelta(hours=3)


def test_what_a_device_says_is_kept_and_decides_nothing(scene: Scene) -> None:
    said = NOW - timedelta(days=900)

    outcome = scene.one(post(1, *pay(5), device_time=said))

    assert (outcome.effective_date, outcome.recorded_at) == (TODAY, NOW)
    assert _entries(scene)[0]["device_time"] == said


def test_a_late_entry_keeps_its_value_date_and_what_was_asked(scene: Scene) -> None:
    october, first_open = date(2026, 10, 31), date(2026, 11, 1)
    close_period(october)(scene)

    outcome = scene.one(post(1, *pay(5), day=date(2026, 10, 3), value_date=date(2026, 10, 3)))

    assert outcome.effective_date == first_open
    (entry,) = _entries(scene)
    assert [entry[f"{name}_date"] for name in ("effective", "value", "requested")] == [
        first_open,
        date(2026, 10, 3),
        date(2026, 10, 3),
    ]


def test_every_verb_lands_on_the_first_open_day_and_a_count_stays_one_of_its_day(
    scene: Scene,
) -> None:
    october, first_open = date(2026, 10, 31), date(2026, 11, 1)
    scene.post(post(1, *earn(5), day=october), reserve(2, *pay(5)), reserve(3, *pay(1)))
    close_period(october)(scene)

    outcomes = scene.post(
        post(4, *earn(2), day=october),
        counted(5, "cash", 5, day=october),
        release(6, hold=2, day=october),
        capture(7, hold=3, day=october),
    )

    assert {outcome.effective_date for outcome in outcomes} == {first_open}
    assert {entry["requested_date"] for entry in _entries(scene)[3:]} == {october}


def test_what_came_late_is_added_up_in_blocks_of_one_32_and_1024_days(scene: Scene) -> None:
    """Blocks are stored: other sizes would read the books of today wrongly (decision 0003)."""
    scene.post(post(1, *pay(5)), post(2, *pay(7), day=date(2026, 11, 1)))

    rows = [row for row in scene.stored()["late_total"] if row["account_no"] == 10_000]

    day = 739_921  # 1 November 2026, as `date.toordinal` counts
    assert [(row["shift"], row["block"], row["net_total"]) for row in rows] == [
        (0, day, -700),
        (5, day // 32, -700),
        (10, day // 1_024, -700),
    ]


def test_a_moved_entry_is_never_further_ahead_than_the_book_allows(scene: Scene) -> None:
    close_period(date(2028, 1, 1))(scene)

    assert scene.codes(post(1, *pay(5))) == [Code.DATE_TOO_FAR_AHEAD]


def test_reopening_a_period_takes_two_people(scene: Scene) -> None:
    close_period(YESTERDAY, KOPERASI)(scene)

    with pytest.raises(books.SamePerson):
        scene.ask(
            lambda session: books.reopen_period(
                session, KOPERASI, None, actor="budi", approved_by="budi", recorded_at=NOW
            )
        )
    assert scene.codes(post(1, *pay(5), book=KOPERASI, day=YESTERDAY)) == [Code.PERIOD_CLOSED]

    reopen_period(None, KOPERASI)(scene)
    assert scene.codes(post(2, *pay(5), book=KOPERASI, day=YESTERDAY)) == [Code.POSTED]


def test_a_period_closes_forwards_and_reopens_backwards(scene: Scene) -> None:
    close_period(YESTERDAY)(scene)

    with pytest.raises(books.PeriodAlreadyClosed):
        close_period(YESTERDAY)(scene)
    with pytest.raises(books.PeriodNotClosed):
        reopen_period(YESTERDAY)(scene)

    reopen_period(date(2026, 1, 1))(scene)
    close_period(TODAY)(scene)
    events = [row["what"] for row in scene.stored()["book_event"] if row["book_id"] == SITI]
    assert events == ["period_closed", "period_reopened", "period_closed"]


def test_no_period_closes_beyond_the_years_of_the_ledger(scene: Scene) -> None:
    for day in (date.min, date.max):
        with pytest.raises(DateOutOfRange):
            close_period(day)(scene)

    assert scene.codes(post(1, *pay(5))) == [Code.POSTED]


def test_only_an_empty_account_is_closed(scene: Scene) -> None:
    scene.post(post(1, *earn(5)), reserve(2, *earn(5, "bank", "debt")))

    for account in ("cash", "bank", "debt"):
        with pytest.raises(books.AccountNotEmpty):
            close(account)(scene)

    scene.post(post(3, *pay(5)), release(4, hold=2))
    for account in ("cash", "bank", "debt"):
        close(account)(scene)
    assert scene.codes(post(5, *earn(5))) == [Code.ACCOUNT_CLOSED]


def test_accounts_of_the_chart_are_opened_by_their_first_entry(scene: Scene) -> None:
    known = chart("household-1").by_code("assets:cash")
    assert known is not None
    bought = (debit("food", idr(5)), credit("assets:cash", idr(5)))
    before = len(scene.stored()["account"])

    assert scene.codes(counted(1, "assets:cash", 1)) == [Code.BALANCE_DIFFERS]
    assert scene.codes(post(2, *bought), dry_run=True) == [Code.POSTED]
    assert len(scene.stored()["account"]) == before

    assert scene.codes(post(2, *bought), counted(3, known.code, -5)) == [Code.POSTED, Code.POSTED]
    opened = {row["code"]: row for row in scene.stored()["account"] if row["book_id"] == SITI}
    assert opened["assets:cash"]["no"] == known.no
    assert opened["assets"]["no"] == opened["assets:cash"]["parent_no"]


def test_an_account_of_the_chart_is_opened_by_a_count_of_nothing_too(scene: Scene) -> None:
    """What is said of an account is recounted later: it has to be there."""
    before = len(scene.stored()["account"])

    assert scene.codes(counted(1, "assets:cash", 0)) == [Code.POSTED]

    opened = [row["code"] for row in scene.stored()["account"] if row["book_id"] == SITI]
    assert {"assets", "assets:cash"} <= {*opened}
    assert len(scene.stored()["account"]) == before + 2
    assert scene.codes(post(2, *pay(5, source="assets:cash")), counted(3, "assets:cash", -5)) == [
        Code.POSTED,
        Code.POSTED,
    ]


def test_entries_of_the_same_day_are_one_bucket(scene: Scene) -> None:
    scene.post(post(1, *pay(5)), post(2, *pay(7)), post(3, *pay(9), day=YESTERDAY))

    cash = scene.ask(
        lambda session: session.execute(
            text("SELECT no FROM account WHERE book_id = :book AND code = 'cash'"), {"book": SITI}
        ).scalar_one()
    )
    assert scene.ask(lambda s: queries.balance_on(s, SITI, cash, YESTERDAY).credit) == 900
    assert scene.ask(lambda s: queries.balance_on(s, SITI, cash, TODAY).credit) == 2_100
    assert scene.ask(lambda s: queries.turnover(s, SITI, TODAY, date(2026, 11, 25))[cash].net) == (
        -1_200
    )
