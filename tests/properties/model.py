"""Books kept by hand: what the engine should answer, worked out anew from a list of entries.

It shares no code with the engine. Requests are plain dicts, days are whole numbers counted from
today, sides are 1 (debit) and -1 (credit), and every balance is a sum over all entries. For each
request it collects *all* reasons to refuse; the one that stands first in `ORDER` is the answer.
"""

from copy import deepcopy
from itertools import groupby
from typing import Any

Request = dict[str, Any]
Entry = dict[str, Any]
Reasons = set[str]
Judged = tuple[Reasons, list[Entry]]

MOST_DAYS_AHEAD = 366
NO_LIMIT = 10**9
REVERSIBLE = ("post", "amend", "capture")
ORDER = (
    *("self_transfer", "entry_not_found", "hold_not_found", "line_not_found", "not_reversible"),
    *("already_reversed", "hold_closed", "hold_expired", "hold_not_due", "account_closed"),
    *("account_frozen", "period_closed", "date_too_far_ahead", "unbalanced", "exceeds_original"),
    *("exceeds_hold", "balance_differs", "below_floor", "above_ceiling", "over_daily_limit"),
)
NOT_STORED = ("self_transfer", "unbalanced")


class Model:
    """Some books (do late entries move?), their accounts (which side grows?), and the day it is."""

    def __init__(self, books: dict[str, bool], accounts: dict[str, int], daily: dict[str, int]):
        self.now = 0
        self.daily = daily
        self.books: dict[str, dict[str, Any]] = {
            name: {"moves": moves, "closed": None, "entries": [], "ids": {}, "changes": 0}
            for name, moves in books.items()
        }
        self.accounts: dict[tuple[str, str], dict[str, Any]] = {
            (name, code): {"grows": side, "state": "open"}
            for name in books
            for code, side in accounts.items()
        }
        self.limits: dict[tuple[str, str], tuple[int, int]] = {}

    def send(self, requests: list[Request]) -> list[str]:
        """Answer requests in the order sent; those of one bundle succeed or fail together."""
        answers: list[str] = []
        for bundle, group in groupby(requests, key=lambda request: request["bundle"]):
            items = list(group)
            linked = bundle is not None and len(items) > 1
            answers += self._linked(items) if linked else map(self._one, items)
        return answers

    def _linked(self, requests: list[Request]) -> list[str]:
        known = [self._known(request) for request in requests]
        wrong = [at for at, answer in enumerate(known) if answer not in (None, "exists")]
        if wrong:
            kept = {at for at, answer in enumerate(known) if answer == "exists"} | {wrong[0]}
            return [str(a) if at in kept else "linked_failed" for at, a in enumerate(known)]
        if any(known):
            return ["exists" if all(known) else "bundle_differs"] * len(requests)
        saved, answers = deepcopy(self.books), []
        for request in requests:
            answers.append(self._one(request))
            if answers[-1] not in ("posted", "exists"):
                break
        else:
            return answers
        culprit = len(answers) - 1
        self.books = saved
        self._note_refusal(requests[culprit], answers[culprit])
        return ["linked_failed" if at != culprit else answers[at] for at in range(len(requests))]

    # Sums.

    def counters(self, book: str, code: str, *, due: bool = True) -> tuple[int, int, int, int]:
        """Add up posted debits and credits, and what is held; perhaps without what is past due."""
        sums, held = {1: 0, -1: 0}, {1: 0, -1: 0}
        for entry in self.books[book]["entries"]:
            for account, side, amount, line in entry["legs"]:
                if account == code and entry["verb"] != "reserve":
                    sums[side] += amount
                elif account == code and (due or not self._is_due(entry)):
                    held[side] += entry["left"][line]
        return sums[1], sums[-1], held[1], held[-1]

    def balance(self, book: str, code: str, until: int, known_at: int) -> int:
        """Add up what is effective until a day, as known at an entry."""
        return sum(
            side * amount
            for entry in self.books[book]["entries"]
            if entry["verb"] != "reserve" and entry["day"] <= until and entry["seq"] <= known_at
            for account, side, amount, _line in entry["legs"]
            if account == code
        )

    def _room(self, book: str, code: str) -> tuple[int, int]:
        """Give the least and greatest balance on the growing side, with every open hold settled."""
        debit, credit, held, owed = self.counters(book, code, due=False)
        low, high = debit - credit - owed, debit - credit + held
        return (low, high) if self.accounts[(book, code)]["grows"] == 1 else (-high, -low)

    def _is_due(self, hold: Entry) -> bool:
        return hold["expires"] is not None and hold["expires"] <= self.now

    # Answers.

    def _known(self, request: Request) -> str | None:
        first, answer = self.books[request["book"]]["ids"].get(request["id"], (None, None))
        return answer if first in (None, request) else "differs"

    def _note_refusal(self, request: Request, reason: str) -> None:
        if reason not in NOT_STORED:
            self.books[request["book"]]["ids"].setdefault(request["id"], (request, reason))

    def _one(self, request: Request) -> str:
        known = self._known(request)
        if known is not None:
            return known
        reasons, entries = getattr(self, f"_{request['verb']}")(request)
        reasons = reasons or self._limits(request, entries)
        if reasons:
            first = min(reasons, key=ORDER.index)
            self._note_refusal(request, first)
            return first
        self._enter(request, entries)
        return "posted"

    def _enter(self, request: Request, entries: list[Entry]) -> None:
        book = self.books[request["book"]]
        book["changes"] += 1
        for entry in entries:
            entry |= {"at": self.now, "seq": len(book["entries"]) + 1, "change": book["changes"]}
            entry |= {"undone": {}, "expires": request.get("expires")}
            if entry["verb"] == "reserve":
                entry["left"] = {line: amount for _code, _side, amount, line in entry["legs"]}
            for seq, line, amount in entry.get("frees", ()):
                book["entries"][seq - 1]["left"][line] -= amount
            if entry["verb"] == "reverse":
                undone = book["entries"][entry["target"] - 1]["undone"]
                for _code, _side, amount, line in entry["legs"]:
                    undone[line] = undone.get(line, 0) + amount
            book["entries"].append(entry)
        book["ids"][request["id"]] = (request, "exists")

    def _limits(self, request: Request, entries: list[Entry]) -> Reasons:
        """Compare what is available before and after, on every account that is touched."""
        book, verb = request["book"], request["verb"]
        found: Reasons = set()
        if verb in ("release", "expire"):
            return found
        after = deepcopy(self)
        # A hold asked for too late, as a repeat may be, is judged as if it were not past due.
        after._enter(request | {"expires": None}, deepcopy(entries))
        for code in {code for entry in entries for code in entry["touched"]}:
            floor, ceiling = self.limits.get((book, code), (-NO_LIMIT, NO_LIMIT))
            (low, high), (least, most) = self._room(book, code), after._room(book, code)
            if least < min(low, floor):
                found.add("below_floor")
            if most > max(high, ceiling):
                found.add("above_ceiling")
        for code, side in {leg[:2] for entry in entries for leg in entry["legs"]}:
            most = max(self._moved(book, code, side), self.daily.get(code, NO_LIMIT))
            if after._moved(book, code, side) > most:
                found.add("over_daily_limit")
        return found

    def _moved(self, book: str, code: str, side: int) -> int:
        """Add up what was recorded today on one side of an account.

        Of an amendment only what is more than it replaces, which its mirror tells.
        """
        moved, replaced = 0, 0
        for entry in self.books[book]["entries"]:
            here = sum(leg[2] for leg in entry["legs"] if leg[:2] == (code, side))
            there = sum(leg[2] for leg in entry["legs"] if leg[:2] == (code, -side))
            mirror = isinstance(entry["id"], tuple)
            if entry["at"] == self.now and entry["verb"] != "capture" and not mirror:
                moved += max(0, here - replaced)
            replaced = there if mirror else 0
        return moved

    # Reasons and entries, verb by verb.

    def _place(self, request: Request, verb: str, legs: list[Any]) -> tuple[Reasons, Entry]:
        """Look at states, date and balance of lines."""
        name, day = request["book"], request["day"]
        book, codes = self.books[name], [leg[0] for leg in legs]
        states = {self.accounts[(name, leg[0])]["state"] for leg in legs if leg[2]}
        reasons = {f"account_{state}" for state in states if state != "open"}
        if book["closed"] is not None and day <= book["closed"]:
            reasons |= set() if book["moves"] else {"period_closed"}
            day = book["closed"] + 1 if book["moves"] else day
        if day > self.now + MOST_DAYS_AHEAD:
            reasons.add("date_too_far_ahead")
        if sum(side * amount for _code, side, amount, _line in legs):
            reasons.add("unbalanced")
        entry = {"id": request["id"], "verb": verb, "day": day, "legs": legs, "touched": codes}
        return reasons, entry

    def _assert(self, request: Request) -> Judged:
        """Compare with the balance of the day asked for, wherever the entry itself lands."""
        (code, counted), name = request["counted"], request["book"]
        reasons, entry = self._place(request, "assert", [])
        net = self.balance(name, code, request["day"], NO_LIMIT)
        differs = net != counted * self.accounts[(name, code)]["grows"]
        return reasons | ({"balance_differs"} if differs else set()), [entry]

    def _find(self, request: Request) -> Entry | None:
        entries: list[Entry] = self.books[request["book"]]["entries"]
        return next((entry for entry in entries if entry["id"] == request["target"]), None)

    def _post(self, request: Request) -> Judged:
        legs = [(*leg, line) for line, leg in enumerate(request["legs"], start=1)]
        if len({code for code, *_rest in legs}) == 1:
            return {"self_transfer"}, []
        reasons, entry = self._place(request, request["verb"], legs)
        return reasons, [entry]

    _reserve = _post

    def _capture(self, request: Request) -> Judged:
        hold, asked = self._find(request), request["lines"]
        if hold is None or hold["verb"] != "reserve":
            return {"hold_not_found"}, []
        left = hold["left"]
        if asked and asked.keys() - left.keys():
            return {"line_not_found"}, []
        if not any(left.values()) or self._is_due(hold):
            return {"hold_expired" if any(left.values()) else "hold_closed"}, []
        take = asked or left
        legs = [(code, side, take.get(line, 0), line) for code, side, _all, line in hold["legs"]]
        gone = {line: take.get(line, 0) if request["keep"] else left[line] for line in left}
        reasons, entry = self._place(request, "capture", [leg for leg in legs if gone[leg[3]]])
        if any(amount > left[line] for line, amount in take.items()):
            reasons.add("exceeds_hold")
        frees = [(hold["seq"], line, amount) for line, amount in gone.items()]
        return reasons, [entry | {"legs": [leg for leg in legs if leg[2]], "frees": frees}]

    def _release(self, request: Request) -> Judged:
        hold = self._find(request)
        if hold is None or hold["verb"] != "reserve":
            return {"hold_not_found"}, []
        if not any(hold["left"].values()):
            return {"hold_closed"}, []
        if request["verb"] == "expire" and not self._is_due(hold):
            return {"hold_not_due"}, []
        frees = [(hold["seq"], line, amount) for line, amount in hold["left"].items()]
        reasons, entry = self._place(request, request["verb"], [])
        return reasons, [entry | {"frees": frees}]

    _expire = _release

    def _reverse(self, request: Request) -> Judged:
        target, asked = self._find(request), request["lines"]
        if target is None:
            return {"entry_not_found"}, []
        left = {leg[3]: leg[2] - target["undone"].get(leg[3], 0) for leg in target["legs"]}
        if asked and asked.keys() - left.keys():
            return {"line_not_found"}, []
        if target["verb"] not in REVERSIBLE:
            return {"not_reversible"}, []
        if not any(left.values()):
            return {"already_reversed"}, []
        take = asked or left
        legs = [(c, -side, take[n], n) for c, side, _all, n in target["legs"] if take.get(n)]
        reasons, entry = self._place(request, "reverse", legs)
        if any(amount > left[line] for line, amount in take.items()):
            reasons.add("exceeds_original")
        return reasons, [entry | {"target": target["seq"]}]

    def _amend(self, request: Request) -> Judged:
        """Reverse what is left, on the day it stands, and post the new lines: judged as one."""
        reasons, entries = self._post(request)
        if "self_transfer" in reasons:
            return reasons, entries
        day = (self._find(request) or request)["day"]
        whole = request | {"id": ("mirror", request["id"]), "lines": None, "day": day}
        found, mirror = self._reverse(whole)
        return (reasons | found if mirror else found), mirror + entries
