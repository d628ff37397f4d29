"""The one door for money: `post` decides a batch of intents and writes what it accepts.

Lock, load, decide, write (design.md §3.3): the books' rows are locked in order, everything the
batch touches is loaded by a handful of statements, `decide` works on plain values, and the
rows are written in bulk, legs first and headers last. The caller's transaction is never ended
here: a refusal is part of it and must be committed with it.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.books import charts, opening
from ledger.db import bulk
from ledger.db.engine import undone
from ledger.journal import canonical, decide, intents, keyring, queries, rows, shape
from ledger.journal.decide import Item
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.state import AccountAtWork, Batch, Known, Request
from ledger.journal.verbs import trading_code

ActorId = str
Sent = tuple[Intent, ActorId]


def post(
    session: Session,
    sent: Sequence[Intent],
    *,
    actor: ActorId,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Decide intents in the order sent, write the accepted ones, and answer each with its outcome.

    Nothing raises for a refusal. With `dry_run` the same is done and undone: the outcomes are
    those a real run would give, and nothing is kept, numbered or refused for good.
    """
    return post_each(
        session, [(intent, actor) for intent in sent], recorded_at=recorded_at, dry_run=dry_run
    )


def post_each(
    session: Session, sent: Sequence[Sent], *, recorded_at: datetime, dry_run: bool = False
) -> list[Outcome]:
    """Post intents of several actors as one batch; see `post`."""
    if dry_run:
        with undone(session):
            return post_each(session, sent, recorded_at=recorded_at)
    items = _read(sent)
    readable = [item for item in items if item.unreadable is None]
    books = queries.lock_books(session, {item.intent.book_id for item in readable}, recorded_at)
    for item in readable:
        if item.intent.book_id not in books:
            item.unreadable = _answer(item.intent, Code.BOOK_NOT_FOUND)
    readable = [item for item in readable if item.unreadable is None]
    batch = Batch(books)
    if readable:
        _load(session, batch, [item.intent for item in readable])
        _make_ready(session, batch, readable)
        _load_rest(session, batch, readable)
    outcomes = decide.decide(batch, items)
    _write(session, batch)
    return outcomes


def _answer(intent: Intent, code: Code, **facts: int | str) -> Outcome:
    return Outcome(code, intent.book_id, intent.id, facts=facts)


def _read(sent: Sequence[Sent]) -> list[Item]:
    """Read every request on its own; what cannot be read has its outcome already."""
    items: list[Item] = []
    for intent, actor in sent:
        problem = shape.problem(intent, actor)
        item = Item(intent, actor)
        if problem is not None:
            item.unreadable = Outcome(problem[0], intent.book_id, intent.id, facts=problem[1])
        items.append(item)
    for at in decide.scattered([item.intent for item in items]):
        items[at].unreadable = items[at].unreadable or _answer(
            items[at].intent, Code.BUNDLE_SCATTERED
        )
    return items


def _load(session: Session, batch: Batch, sent: Sequence[Intent]) -> None:
    """Load the ids, the earlier entries and the accounts that the intents name."""
    ids: set[queries.IdKey] = set()
    numbers: set[queries.Key] = set()
    codes: set[tuple[int, str]] = set()
    for intent in sent:
        book_id = intent.book_id
        ids.add((book_id, intent.id))
        kind = type(intent)
        if kind in shape.WITH_POSTINGS:
            for posting in intent.postings:  # type: ignore[attr-defined]
                account = posting.account
                if type(account) is int:
                    numbers.add((book_id, account))
                else:
                    codes.add((book_id, account))
        if kind is not intents.Post:
            _note_rest(batch, intent, ids, numbers, codes)
    batch.known = queries.known_ids(session, sorted(ids))
    found = None
    if batch.wanted:
        found = queries.target_rows(session, sorted(batch.wanted))
        numbers |= {(row[0], row[2]) for row in found[1]}
    queries.load_accounts(session, batch, numbers, codes)
    _load_trading(session, batch, sent)
    if found is not None:
        queries.make_targets(batch, found)


def _note_rest(
    batch: Batch,
    intent: Intent,
    ids: set[queries.IdKey],
    numbers: set[queries.Key],
    codes: set[tuple[int, str]],
) -> None:
    """Note what the rarer verbs name: earlier entries, derived ids, asserted accounts."""
    book_id = intent.book_id
    if isinstance(intent, intents.Reverse | intents.Amend):
        batch.wanted.add((book_id, intent.entry_id))
    elif isinstance(intent, intents.Capture | intents.Release | intents.Expire):
        batch.wanted.add((book_id, intent.hold_id))
    elif isinstance(intent, intents.AssertBalance):
        if isinstance(intent.account, int):
            numbers.add((book_id, intent.account))
        else:
            codes.add((book_id, intent.account))
    if isinstance(intent, intents.Amend):
        ids.add((book_id, canonical.amendment_id(intent.id)))


_CROSSING = frozenset({intents.Post, intents.Amend})


def _load_trading(session: Session, batch: Batch, sent: Sequence[Intent]) -> None:
    """Load the trading accounts that exchanges will pass through."""
    codes: set[tuple[int, str]] = set()
    for intent in sent:
        if type(intent) in _CROSSING and intent.exchange is not None:  # type: ignore[attr-defined]
            for posting in intent.postings:  # type: ignore[attr-defined]
                account = batch.account(intent.book_id, posting.account)
                if account is not None:
                    code = trading_code(account.currency, account.fund)
                    codes.add((intent.book_id, code))
    if codes:
        queries.load_accounts(session, batch, set(), codes)


def _make_ready(session: Session, batch: Batch, items: Sequence[Item]) -> None:
    """Resolve accounts, commit to texts and hash each request."""
    secrets, stored = _secrets(session, items), _stored_commitments(session, batch, items)
    changed: list[tuple[int, Known]] = []
    by_no, by_code = batch.accounts, batch.codes
    for item in items:
        intent = item.intent
        book_id = intent.book_id
        accounts: list[AccountAtWork | None] = []
        refs: list[int | str] = []
        for ref in _named_accounts(intent):
            place = (book_id, ref)
            account = by_no.get(place) if type(ref) is int else by_code.get(place)  # type: ignore[arg-type]
            accounts.append(account)
            refs.append(ref if account is None else account.no)
        texts, commitments = _NO_TEXTS, _NO_COMMITMENTS
        if _has_text(intent):
            texts, commitments = shape.texts(intent), {}
            keys = secrets[(book_id, intent.subject)]
            kept = stored.get((book_id, intent.id))
            if keys is None and kept is None:
                item.unreadable = _answer(intent, Code.SUBJECT_ERASED)
                continue
            for name, text in texts.items():
                commitments[name] = (
                    (kept or {}).get(name, b"")
                    if keys is None
                    else canonical.commitment(keys.salt_key, book_id, intent.id, name, text)
                )
        content = canonical.intent_bytes(intent, refs, commitments)
        intent_hash = canonical.digest(content)
        item.request = Request(
            intent, item.actor, accounts, content, intent_hash, commitments, texts
        )
        known = batch.known.get((book_id, intent.id))
        if known is not None and known.refusal is None and known.intent_hash != intent_hash:
            changed.append((book_id, known))
    if changed:
        places = sorted({(book_id, known.seq) for book_id, known in changed})
        contents = queries.stored_contents(session, places)
        for book_id, known in changed:
            known.content = contents[(book_id, known.seq)]


_NO_TEXTS: dict[str, str] = {}
_NO_COMMITMENTS: dict[str, bytes] = {}


def _named_accounts(intent: Intent) -> Sequence[intents.AccountRef]:
    if type(intent) in shape.WITH_POSTINGS:
        return [posting.account for posting in intent.postings]  # type: ignore[attr-defined]
    return (intent.account,) if isinstance(intent, intents.AssertBalance) else ()


def _secrets(
    session: Session, items: Sequence[Item]
) -> dict[tuple[int, str], keyring.TextKeys | None]:
    """Open the keys of the subjects that texts are about; a new subject gets its secret now."""
    wanted = {
        (item.intent.book_id, item.intent.subject) for item in items if _has_text(item.intent)
    }
    if not wanted:
        return {}
    ring = queries.session_keyring(session)
    wrapped = queries.wrapped_keys(session, wanted)
    new = [(*key, ring.wrap(ring.new_secret(*key))) for key in sorted(wanted - wrapped.keys())]
    bulk.insert_rows(session, "text_key", ("book_id", "subject", "wrapped"), new)
    wrapped.update({(book_id, subject): sealed for book_id, subject, sealed in new})
    return {
        key: None if sealed is None else keyring.text_keys(ring.unwrap(sealed))
        for key, sealed in wrapped.items()
    }


_WITH_REASON = frozenset({intents.Reverse, intents.Amend})


def _has_text(intent: Intent) -> bool:
    if intent.narration is not None or intent.metadata:
        return True
    return type(intent) in _WITH_REASON and intent.reason is not None  # type: ignore[attr-defined]


def _stored_commitments(
    session: Session, batch: Batch, items: Sequence[Item]
) -> dict[queries.IdKey, dict[str, bytes]]:
    """Find the commitments of texts sent before: they stand in for those that were erased."""
    found: dict[queries.IdKey, dict[str, bytes]] = {}
    entries: dict[queries.Key, queries.IdKey] = {}
    for item in items:
        key = (item.intent.book_id, item.intent.id)
        known = batch.known.get(key)
        if known is None or not _has_text(item.intent):
            continue
        if known.content is not None:
            found[key] = canonical.text_commitments(known.content)
        else:
            entries[(key[0], known.seq)] = key
    for place, commitments in queries.text_commitments(session, sorted(entries)).items():
        found[entries[place]] = commitments
    return found


def _load_rest(session: Session, batch: Batch, items: Sequence[Item]) -> None:
    """Load what only some batches need: holds past due, purposes, asserted balances."""
    queries.load_expired_holds(session, batch)
    queries.load_purposes(session, batch)
    asserted = [
        (account.book_id, account.no, item.intent.effective_date.isoformat())
        for item in items
        if item.request is not None and isinstance(item.intent, intents.AssertBalance)
        for account in item.request.accounts
        if account is not None
    ]
    queries.watch_balances(session, batch, asserted)


_ENTRY = (
    "book_id",
    "seq",
    "id",
    "verb",
    "kind",
    "effective_date",
    "value_date",
    "requested_date",
    "recorded_at",
    "device_time",
    "actor",
    "bundle",
    "target_seq",
    "amends_seq",
    "flags",
    "leg_count",
    "change_no",
    "intent_hash",
    "leaf_hash",
)
_POSTING = ("book_id", "account_no", "seq", "line", "side", "layer", "amount", "balance_after")
_LATE = ("book_id", "account_no", "shift", "block", "seq", "line", "net_total")
_HOLD = ("book_id", "seq", "line", "account_no", "side", "remaining", "expires_at")
_EXCHANGE = (
    "book_id",
    "seq",
    "sold_currency",
    "sold",
    "bought_currency",
    "bought",
    "mid_rate",
    "mid_source",
    "mid_date",
)
_COUNTERS = (
    "posted_debit",
    "posted_credit",
    "pending_debit",
    "pending_credit",
    "on_time_date",
    "flow_date",
    "flow_debit",
    "flow_credit",
)
_COUNTER_TYPES = ("bigint",) * 4 + ("date", "date") + ("bigint",) * 3 + ("int",)


def _write(session: Session, batch: Batch) -> None:
    """Write what was decided: accounts, legs, headers, and what is derived from them."""
    made = rows.derive(batch)
    if made.entries:
        _open_accounts(session, batch, [a for a in made.accounts.values() if not a.stored])
        bulk.insert_rows(session, "posting", _POSTING, made.postings)
        bulk.insert_rows(session, "entry", _ENTRY, made.entries)
        _write_counters(session, made)
        _write_particulars(session, batch, made)
        bulk.note_growth(session, len(made.entries))
    bulk.insert_rows(
        session,
        "refusal",
        ("book_id", "id", "code", "facts", "intent", "recorded_at"),
        [
            (
                refused.book.id,
                refused.request.intent.id,
                str(refused.code),
                json.dumps(dict(refused.facts), sort_keys=True),
                decide.as_sent(refused.request),
                refused.book.recorded_text,
            )
            for refused in batch.refused
        ],
    )


def _open_accounts(session: Session, batch: Batch, fresh: Sequence[AccountAtWork]) -> None:
    """Open accounts of the chart (with the headings above them) and trading accounts, on first use."""
    made: dict[queries.Key, bulk.Row] = {}
    for account in fresh:
        book = batch.books[account.book_id]
        chart = charts.chart(book.chart)
        template = chart.by_no(account.no)
        if template is not None:
            opened = opening.template_rows(book.id, chart, template, book.base_currency)
        else:
            opened = opening.trading_rows(
                book.id,
                chart,
                book.base_currency,
                no=account.no,
                code=account.code,
                currency=account.currency,
                fund=account.fund,
            )
        for row in opened:
            made.setdefault((row[0], row[1]), row)  # type: ignore[arg-type]
        account.stored = True
    bulk.add_rows(
        session,
        "account",
        ("book_id", "no"),
        opening.COLUMNS[2:],
        opening.TYPES,
        [made[key] for key in sorted(made)],
        keep=True,
    )


def _write_counters(session: Session, made: rows.Rows) -> None:
    """Write each account, day and book once, whatever the number of entries."""
    bulk.set_rows(
        session,
        "account",
        ("book_id", "no"),
        _COUNTERS,
        _COUNTER_TYPES,
        sorted(
            [
                (
                    account.posted_debit,
                    account.posted_credit,
                    account.pending_debit,
                    account.pending_credit,
                    account.on_time_date or None,
                    account.flow_date,
                    account.flow_debit,
                    account.flow_credit,
                    account.book_id,
                    account.no,
                )
                for account in made.accounts.values()
            ],
            key=lambda row: row[-2:],
        ),
    )
    bulk.add_rows(
        session,
        "account_day",
        ("book_id", "account_no", "effective_date"),
        ("debit", "credit"),
        ("bigint", "int", "date", "bigint", "bigint", "bigint"),
        sorted([(*key, *sums) for key, sums in made.days.items()]),
        latest=("on_time_seq",),
    )
    bulk.set_rows(
        session,
        "book",
        ("id",),
        ("head_seq", "head_change_no", "last_recorded_at", "next_account_no"),
        ("bigint", "bigint", "timestamptz", "int", "bigint"),
        [
            (
                book.head_seq,
                book.head_change_no,
                book.recorded_text,
                book.next_account_no,
                book.id,
            )
            for book in made.books.values()
        ],
    )


def _write_particulars(session: Session, batch: Batch, made: rows.Rows) -> None:
    """Write what only some entries have: late totals, holds, rates, assertions, texts."""
    if made.late:
        totals = queries.late_totals(session, {key for late in made.late for key in late.keys()})
        bulk.insert_rows(session, "late_total", _LATE, rows.late_rows(made.late, totals))
    bulk.insert_rows(session, "hold", _HOLD, made.holds)
    bulk.set_rows(
        session,
        "hold",
        ("book_id", "seq", "line"),
        ("remaining",),
        ("bigint", "bigint", "bigint", "smallint"),
        [(left, *key) for key, left in sorted(batch.holds_used.items())],
    )
    bulk.insert_rows(session, "entry_exchange", _EXCHANGE, made.exchanges)
    columns = ("book_id", "seq", "account_no", "balance")
    bulk.insert_rows(session, "balance_assertion", columns, made.assertions)
    _write_texts(session, batch)


def _write_texts(session: Session, batch: Batch) -> None:
    """Encrypt the texts of accepted entries, each under the key of its subject."""
    spoken = [entry for entry in batch.accepted if entry.request.texts]
    if not spoken:
        return
    pairs = {(entry.book.id, entry.request.intent.subject) for entry in spoken}
    ring = queries.session_keyring(session)
    keys = {
        pair: keyring.text_keys(ring.unwrap(sealed))
        for pair, sealed in queries.wrapped_keys(session, pairs).items()
        if sealed is not None
    }
    made: list[bulk.Row] = []
    for entry in spoken:
        intent, book_id = entry.request.intent, entry.book.id
        cipher = keys[(book_id, intent.subject)]
        for name, text in entry.request.texts.items():
            sealed = cipher.encrypt(keyring.place(book_id, intent.id, name), text)
            commitment = entry.request.commitments[name]
            made.append((book_id, entry.seq, name, intent.subject, commitment, sealed))
    columns = ("book_id", "seq", "field", "subject", "commitment", "ciphertext")
    bulk.insert_rows(session, "entry_text", columns, made)
