"""Recount a book from its entries: every number that is kept beside them, derived again. Pure.

`verify` feeds a book's entries in order of `seq` and then compares what came out with what is
stored. Nothing here looks at how the engine derived its numbers the first time, except for the
shape of the blocks of late totals, which is part of the schema (decision 0003).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ledger.errors import Wording
from ledger.journal import canonical, findings, rebuild
from ledger.journal.findings import Problem
from ledger.journal.rows import SHIFTS
from ledger.journal.state import DERIVED, PENDING, POSTED, RELEASED


@dataclass(slots=True)
class Header:
    """What a stored header says beside its request."""

    entry: rebuild.StoredEntry
    recorded_at: datetime
    actor: str
    target_seq: int | None
    amends_seq: int | None
    leg_count: int
    change_no: int
    intent_hash: bytes
    leaf_hash: bytes
    running: dict[tuple[int, int, int], int] = field(default_factory=dict)


Units = Mapping[int, tuple[str, str | None]]
"""Currency and fund of each account, by number."""

Held = tuple[int, str, int, datetime | None]
"""What is left of a line of a hold: account, side, amount, until when."""


@dataclass(slots=True)
class Recount:
    """A book being recounted."""

    book_id: int
    units: Units
    horizon: Callable[[datetime], str]
    limited: Mapping[int, str]
    local_day: Callable[[datetime], str]
    problems: list[Problem] = field(default_factory=list)
    seq: int = 0
    change_no: int = 0
    recorded_at: datetime | None = None
    counters: dict[int, list[int]] = field(default_factory=dict)
    on_time_date: dict[int, str] = field(default_factory=dict)
    days: dict[tuple[int, str], list[int | None]] = field(default_factory=dict)
    late: dict[tuple[int, int, int, int, int], int] = field(default_factory=dict)
    blocks: dict[tuple[int, int, int], int] = field(default_factory=dict)
    holds: dict[tuple[int, int], Held] = field(default_factory=dict)
    flows: dict[int, list[int]] = field(default_factory=dict)
    replaced: dict[tuple[int, int], int] = field(default_factory=dict)

    def note(self, name: str, where: Wording, stored: object, derived: object) -> None:
        """Note a problem, by a name that `findings.NAMES` has."""
        self.problems.append(findings.problem(self.book_id, name, where, stored, derived))

    def add(self, header: Header) -> None:
        """Recount one entry."""
        entry = header.entry
        where = findings.entry(entry.seq)
        if entry.seq != self.seq + 1:
            self.note("sequence", where, entry.seq, self.seq + 1)
        self.seq = entry.seq
        if header.change_no < self.change_no:
            self.note("change number", where, header.change_no, findings.at_least(self.change_no))
        self.change_no = max(self.change_no, header.change_no)
        if self.recorded_at is not None and header.recorded_at < self.recorded_at:
            self.note("moment", where, header.recorded_at, findings.or_later(self.recorded_at))
        self.recorded_at = header.recorded_at
        self._hashes(header, where)
        if len(entry.legs) != header.leg_count:
            self.note("number of lines", where, header.leg_count, len(entry.legs))
        self._balanced(entry, where)
        if entry.assertion is not None:
            self._asserted(entry, where)
        if entry.crossed is not None:
            self._crossed(entry, where)
        self._count(header)

    def _hashes(self, header: Header, where: Wording) -> None:
        entry = header.entry
        if not rebuild.is_whole(entry):
            self.note("request", where, findings.IN_PART, findings.WHOLE)
        elif (derived := canonical.digest(rebuild.content(entry))) != header.intent_hash:
            self.note("intent hash", where, header.intent_hash.hex(), derived.hex())
        leaf = canonical.leaf_hash(
            entry.book_id,
            entry.seq,
            canonical.microseconds(header.recorded_at),
            entry.effective_date.isoformat(),
            header.actor,
            header.target_seq,
            header.amends_seq,
            header.intent_hash,
        )
        if leaf != header.leaf_hash:
            self.note("leaf hash", where, header.leaf_hash.hex(), leaf.hex())

    def _balanced(self, entry: rebuild.StoredEntry, where: Wording) -> None:
        totals: dict[tuple[int, str, str | None], int] = {}
        for _line, no, side, layer, amount, currency in entry.legs:
            unit = (layer, currency, self.units[no][1] if no in self.units else None)
            totals[unit] = totals.get(unit, 0) + (amount if side == "D" else -amount)
        for (_layer, currency, fund), total in totals.items():
            if total:
                self.note("balance", findings.in_unit(where, currency, fund), total, 0)

    def _asserted(self, entry: rebuild.StoredEntry, where: Wording) -> None:
        """Recount an asserted balance from the day buckets as they stood at that entry."""
        assert entry.assertion is not None
        no, balance, _currency = entry.assertion
        day = (entry.requested_date or entry.effective_date).isoformat()
        net = 0
        for (account_no, effective), (debited, credited, _seq) in self.days.items():
            if account_no == no and effective <= day:
                net += int(debited or 0) - int(credited or 0)
        if abs(net) != abs(balance):
            self.note("asserted balance", findings.place(where, findings.account(no)), balance, net)

    def _crossed(self, entry: rebuild.StoredEntry, where: Wording) -> None:
        """Recount what an exchange sold and bought from its last lines, on the trading accounts."""
        traded = sorted(entry.legs)[-rebuild.TRADING_LINES :]
        derived = tuple(value for leg in traded for value in (leg[5], leg[4]))
        if entry.crossed != derived:
            self.note("exchange", where, _words(entry.crossed or ()), _words(derived))

    def _count(self, header: Header) -> None:
        entry = header.entry
        day = entry.effective_date.isoformat()
        timely = day <= self.horizon(header.recorded_at)
        moved: dict[tuple[int, int], int] = {}
        for line, no, side, layer, amount, _currency in sorted(
            entry.legs, key=lambda leg: (leg[3], leg[0])
        ):
            at = 0 if side == "D" else 1
            counters = self.counters.setdefault(no, [0, 0, 0, 0])
            if layer == POSTED:
                counters[at] += amount
                self._bucket(no, day, at, amount, (entry.seq, line), timely=timely)
            elif layer == PENDING:
                counters[2 + at] += amount
                self.holds[(entry.seq, line)] = (no, side, amount, entry.expires_at)
            else:
                counters[2 + at] -= amount
                key = (header.target_seq or 0, line)
                held = self.holds.get(key, (no, side, 0, None))
                self.holds[key] = (*held[:2], held[2] - amount, held[3])
            if layer != RELEASED and entry.verb != "capture":
                moved[(no, at)] = moved.get((no, at), 0) + amount
            stored = header.running.get((no, line, layer))
            if stored is not None and stored != counters[0] - counters[1]:
                place = findings.place(
                    findings.entry(entry.seq), findings.account(no), findings.line(line)
                )
                self.note("running balance", place, stored, counters[0] - counters[1])

        self._flow(header, moved)

    def _flow(self, header: Header, moved: dict[tuple[int, int], int]) -> None:
        """Count what moved on the day: of an amendment only what goes beyond what it replaces."""
        replaced, self.replaced = self.replaced, {}
        if header.entry.flags & DERIVED:
            self.replaced = {(no, 1 - at): amount for (no, at), amount in moved.items()}
            return
        today = self.local_day(header.recorded_at)
        for (no, at), amount in moved.items():
            if self.limited.get(no) == today:
                more = max(0, amount - replaced.get((no, at), 0))
                self.flows.setdefault(no, [0, 0])[at] += more

    def _bucket(
        self, no: int, day: str, at: int, amount: int, place: tuple[int, int], *, timely: bool
    ) -> None:
        bucket = self.days.setdefault((no, day), [0, 0, None])
        bucket[at] = int(bucket[at] or 0) + amount
        if timely and day >= self.on_time_date.get(no, ""):
            self.on_time_date[no] = day
            bucket[2] = place[0]
            return
        ordinal = date.fromisoformat(day).toordinal()
        for shift in SHIFTS:
            block = (no, shift, ordinal >> shift)
            self.blocks[block] = self.blocks.get(block, 0) + (amount if at == 0 else -amount)
            self.late[(*block, *place)] = self.blocks[block]

    def compare(
        self,
        name: str,
        stored: Mapping[tuple[int | str, ...], Sequence[object]],
        derived: Mapping[tuple[int | str, ...], Sequence[object]],
        describe: Callable[[tuple[int | str, ...]], Wording],
    ) -> None:
        """Note every row that is missing, extra or different."""
        for key in stored.keys() | derived.keys():
            has, gets = stored.get(key), derived.get(key)
            if has is None or gets is None or tuple(has) != tuple(gets):
                self.note(
                    name,
                    describe(key),
                    findings.MISSING if has is None else _words(has),
                    findings.NOTHING if gets is None else _words(gets),
                )


def _words(values: Sequence[object]) -> str:
    return "/".join("-" if value is None else str(value) for value in values)
