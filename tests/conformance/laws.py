"""Laws that hold in any books, whatever was asked of them: recounted here from the bare rows.

Nothing in `broken` uses the engine: it adds up postings as a clerk would, and says what does not
agree. `stored` reads everything that is kept, for holding two stores against each other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.db import Base
from ledger.journal import tables as journal_tables
from ledger.journal import verify
from ledger.journal.queries import balance_known_at, balance_on

assert journal_tables.Entry.metadata is Base.metadata, "the tables of the journal are mapped"

Row = Mapping[str, Any]
Stored = dict[str, list[Row]]

POSTED, PENDING, RELEASED = 0, 1, 2


def stored(session: Session) -> Stored:
    """Read every row of every table, in order of keys, in values that both databases share.

    When the operator last did a chore is left out: looking after the books is not changing them.
    """
    found: Stored = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "upkeep":
            continue
        ordered = select(table).order_by(*table.primary_key.columns)
        found[table.name] = [
            {name: _plain(value) for name, value in row._mapping.items()}
            for row in session.execute(ordered)
        ]
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def differences(one: Stored, other: Stored) -> list[str]:
    """Name the rows in which two stores differ."""
    found = []
    for table in sorted(one.keys() | other.keys()):
        left, right = one.get(table, []), other.get(table, [])
        if len(left) != len(right):
            found.append(f"{table}: {len(left)} rows and {len(right)} rows")
        found += [
            f"{table}: {_differing(row, mate)}"
            for row, mate in zip(left, right, strict=False)
            if row != mate
        ]
    return found


def _differing(row: Row, mate: Row) -> str:
    names = [name for name in row if row[name] != mate.get(name)]
    return ", ".join(f"{name} is {row[name]!r} and {mate.get(name)!r}" for name in names)


def check(session: Session) -> None:
    """Hold the books against all laws, and against the engine's own verification."""
    rows = stored(session)

    assert list(broken(rows)) == []
    assert list(_misread(session, rows)) == []
    assert [str(problem) for problem in verify.verify(session).problems] == []


def broken(rows: Stored) -> Iterator[str]:
    """Recount every number that is kept beside the entries, and name those that do not agree."""
    entries: dict[int, list[Row]] = defaultdict(list)
    for entry in rows["entry"]:
        entries[entry["book_id"]].append(entry)
    legs: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for leg in rows["posting"]:
        legs[(leg["book_id"], leg["seq"])].append(leg)
    things: dict[int, list[int]] = defaultdict(list)
    for item in rows.get("feed_item", ()):
        things[item["book_id"]].append(item["change_no"])
    for book in rows["book"]:
        yield from _order(book, entries[book["id"]], things[book["id"]])
    units = {(a["book_id"], a["no"]): (a["currency"], a["fund"]) for a in rows["account"]}
    for entry in rows["entry"]:
        yield from _balanced(entry, legs[(entry["book_id"], entry["seq"])], units)
    yield from _counters(rows)
    yield from _days(rows)
    yield from _holds(rows)
    yield from _never_both(rows)


def _order(book: Row, entries: list[Row], things: list[int]) -> Iterator[str]:
    """Entries are numbered without gaps, and time and numbers agree.

    Changes are numbered without gaps too; a thing that changed again has moved on from its number.
    """
    name = book["ref"]
    if [entry["seq"] for entry in entries] != list(range(1, book["head_seq"] + 1)):
        yield f"{name}: the entries up to {book['head_seq']} have gaps"
    changes = [entry["change_no"] for entry in entries]
    every = [*set(changes), *things]
    if things:
        wrong = len(every) != len(set(every)) or max(every) != book["head_change_no"]
    else:
        wrong = set(changes) != set(range(1, book["head_change_no"] + 1))
    if changes != sorted(changes) or wrong:
        yield f"{name}: the change numbers up to {book['head_change_no']} have gaps: {every}"
    moments = [entry["recorded_at"] for entry in entries]
    if moments != sorted(moments) or (moments and moments[-1] != book["last_recorded_at"]):
        yield f"{name}: time runs backwards"


def _balanced(entry: Row, legs: list[Row], units: Mapping[tuple[int, int], Any]) -> Iterator[str]:
    """An entry has the legs it says, and they balance per layer, currency and fund."""
    where = f"entry {entry['seq']} of {entry['book_id']}"
    if len(legs) != entry["leg_count"]:
        yield f"{where} has {len(legs)} legs and says {entry['leg_count']}"
    totals: dict[Any, int] = defaultdict(int)
    for leg in legs:
        if leg["amount"] <= 0:
            yield f"{where} has a leg of {leg['amount']}"
        unit = (leg["layer"], *units[(leg["book_id"], leg["account_no"])])
        totals[unit] += leg["amount"] if leg["side"] == "D" else -leg["amount"]
    yield from (f"{where} is open by {total} in {unit}" for unit, total in totals.items() if total)


def _counters(rows: Stored) -> Iterator[str]:
    """An account's four counters are the sums of its postings, and each running balance theirs."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    in_order = sorted(
        rows["posting"], key=lambda p: (p["book_id"], p["seq"], p["layer"], p["line"])
    )
    for leg in in_order:
        counters = sums[(leg["book_id"], leg["account_no"])]
        at = 0 if leg["side"] == "D" else 1
        sign = -1 if leg["layer"] == RELEASED else 1
        counters[at if leg["layer"] == POSTED else 2 + at] += sign * leg["amount"]
        if leg["balance_after"] != counters[0] - counters[1]:
            yield f"running balance of {leg} should be {counters[0] - counters[1]}"
    names = ("posted_debit", "posted_credit", "pending_debit", "pending_credit")
    for account in rows["account"]:
        derived = sums[(account["book_id"], account["no"])]
        kept = [account[name] for name in names]
        if kept != derived:
            yield f"counters of {account['code']} are {kept}, postings give {derived}"


def _days(rows: Stored) -> Iterator[str]:
    """The day buckets are the posted debits and credits by effective date."""
    day_of = {(e["book_id"], e["seq"]): e["effective_date"] for e in rows["entry"]}
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for leg in rows["posting"]:
        if leg["layer"] == POSTED:
            day = day_of[(leg["book_id"], leg["seq"])]
            at = 0 if leg["side"] == "D" else 1
            sums[(leg["book_id"], leg["account_no"], day)][at] += leg["amount"]
    kept = {
        (d["book_id"], d["account_no"], d["effective_date"]): [d["debit"], d["credit"]]
        for d in rows["account_day"]
    }
    for key in kept.keys() | sums.keys():
        if kept.get(key) != sums.get(key):
            yield f"day {key} has {kept.get(key)}, postings give {sums.get(key)}"


def _holds(rows: Stored) -> Iterator[str]:
    """What is left of a hold is what was reserved less what was given back."""
    verbs = {(e["book_id"], e["seq"]): e for e in rows["entry"]}
    left: dict[Any, int] = {}
    for leg in sorted(rows["posting"], key=lambda p: p["seq"]):
        if leg["layer"] == PENDING:
            left[(leg["book_id"], leg["seq"], leg["line"])] = leg["amount"]
        elif leg["layer"] == RELEASED:
            target = verbs[(leg["book_id"], leg["seq"])]["target_seq"]
            left[(leg["book_id"], target, leg["line"])] -= leg["amount"]
    kept = {(h["book_id"], h["seq"], h["line"]): h["remaining"] for h in rows["hold"]}
    if kept != left:
        yield f"holds are {kept}, postings give {left}"


def _never_both(rows: Stored) -> Iterator[str]:
    """An id is an entry's or a refusal's, for ever."""
    entries = {(entry["book_id"], entry["id"]) for entry in rows["entry"]}
    both = entries & {(refusal["book_id"], refusal["id"]) for refusal in rows["refusal"]}
    yield from (f"{key} is posted and refused" for key in both)


def _misread(session: Session, rows: Stored) -> Iterator[str]:
    """Balances on a day, and by a day as known at an entry, are sums of postings."""
    days: dict[int, set[date]] = defaultdict(set)
    seqs: dict[int, int] = defaultdict(int)
    effective: dict[tuple[int, int], date] = {}
    for entry in rows["entry"]:
        days[entry["book_id"]].add(entry["effective_date"])
        seqs[entry["book_id"]] = entry["seq"]
        effective[(entry["book_id"], entry["seq"])] = entry["effective_date"]
    for book_id, no in _busiest(rows):
        moves = [
            (
                effective[(book_id, p["seq"])],
                p["seq"],
                p["amount"] * (1 if p["side"] == "D" else -1),
            )
            for p in rows["posting"]
            if (p["book_id"], p["account_no"], p["layer"]) == (book_id, no, POSTED)
        ]
        for day in sorted(days[book_id])[-2:]:
            totals = balance_on(session, book_id, no, day)
            if totals.net != sum(amount for on, _seq, amount in moves if on <= day):
                yield f"account {no} of {book_id} on {day} is {totals.net}"
            for seq in {seqs[book_id] // 2, seqs[book_id]}:
                known = balance_known_at(session, book_id, no, day, seq)
                if known != sum(a for on, at, a in moves if on <= day and at <= seq):
                    yield f"account {no} of {book_id} by {day} as known at {seq} is {known}"


def _busiest(rows: Stored) -> list[tuple[int, int]]:
    """Choose the two accounts with most postings: reading them all would take too long."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for leg in rows["posting"]:
        counts[(leg["book_id"], leg["account_no"])] += 1
    return sorted(counts, key=lambda key: (-counts[key], key))[:2]
