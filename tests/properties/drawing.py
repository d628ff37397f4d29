"""Requests drawn at random for the state machine, as the model and as the engine read them."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from ledger.journal.intents import Intent, credit, debit
from tests import builders
from tests.builders import IBU, KOPERASI, NOW, SITI, TODAY
from tests.properties.model import NO_LIMIT, Model, Request

BOOKS = {"siti": SITI, "ibu": IBU, "kas": KOPERASI}
OF_ONE_OPERATOR = ("siti", "ibu")
MOVES = {"siti": True, "ibu": True, "kas": False}
"""Whether a late entry moves to the first open day."""
CODES = {"cash": 1, "bank": 1, "wage": -1, "food": 1, "rent": 1, "debt": -1}
"""The accounts, and the side on which each grows."""
DAILY = {"rent": 60}
"""Most that may be debited or credited a day."""

VERBS = (
    *["post"] * 6,
    *["reserve"] * 4,
    *["capture"] * 3,
    *["reverse", "amend"] * 2,
    *["release", "expire", "assert"],
)

codes = st.sampled_from(sorted(CODES))
days = st.sampled_from([0] * 12 + [-1] * 6 + [-2, -3, -5, -8, -12, 1, 2, 3, -400, 375])


def draw_request(data: st.DataObject, model: Model, book: str, ids: list[int]) -> Request:
    """Draw a request to a book that has seen these ids; it gets an id of its own later."""
    verb = data.draw(st.sampled_from(VERBS))
    request: Request = {"book": book, "verb": verb, "day": data.draw(days)}
    if verb in ("post", "reserve", "amend"):
        request["legs"] = _draw_legs(data)
    if verb == "reserve":
        request["expires"] = data.draw(st.none() | st.integers(model.now + 1, model.now + 4))
    if verb == "assert":
        code, wrong = data.draw(codes), data.draw(st.sampled_from([0, 0, 1]))
        net = model.balance(book, code, request["day"], NO_LIMIT)
        request["counted"] = (code, net * CODES[code] + wrong)
    elif verb not in ("post", "reserve"):
        request["target"] = data.draw(st.sampled_from(_targets(model, book, verb, ids)))
    if verb in ("capture", "reverse"):
        request["lines"] = _draw_lines(data, model, request)
    if verb == "capture":
        request["keep"] = data.draw(st.booleans())
    return request


def _draw_legs(data: st.DataObject) -> list[tuple[str, int, int]]:
    """Draw two or three lines, nearly always balanced."""
    to, source, amount = data.draw(st.tuples(codes, codes, st.integers(1, 50)))
    shape = data.draw(st.integers(0, 9))
    if shape == 9:
        return [(to, 1, amount), (source, -1, amount + 1)]
    if shape > 5:
        return [(to, 1, amount), (data.draw(codes), 1, 7), (source, -1, amount + 7)]
    return [(to, 1, amount), (source, -1, amount)]


def _targets(model: Model, book: str, verb: str, ids: list[int]) -> list[int]:
    """List ids worth asking about: mostly those that the verb is made for."""
    of_holds = verb in ("capture", "release", "expire")
    fit = [
        entry["id"]
        for entry in model.books[book]["entries"]
        if isinstance(entry["id"], int) and (entry["verb"] == "reserve") is of_holds
    ]
    return [*(fit[-5:] * 3), *ids[-3:], 0]


def _draw_lines(data: st.DataObject, model: Model, request: Request) -> dict[int, int] | None:
    """Draw parts of a target's lines: balanced ones mostly, so that many are accepted."""
    entries = model.books[request["book"]]["entries"]
    target = next((entry for entry in entries if entry["id"] == request["target"]), None)
    kind = data.draw(st.sampled_from(["whole", "alike", "alike", "wild"]))
    if target is None or kind == "whole" or not target["legs"]:
        return None
    lines = [leg[3] for leg in target["legs"]]
    part = data.draw(st.integers(1, 1 + min(leg[2] for leg in target["legs"])))
    if kind == "wild":
        return {data.draw(st.integers(1, 3)): part, lines[0]: part}
    return dict.fromkeys(lines[:: len(lines) - 1 or 1], part)


def with_other_amounts(request: Request) -> Request:
    """Change what a request moves, where it names amounts."""
    legs = [(code, side, amount + 1) for code, side, amount in request.get("legs", [])]
    return request | ({"legs": legs} if legs else {})


def intent_of(request: Request) -> Intent:
    """Write a request as the engine reads it."""
    rest: dict[str, Any] = {
        "book": BOOKS[request["book"]],
        "day": TODAY + timedelta(days=request["day"]),
        "bundle": None if request["bundle"] is None else builders.entry_id(request["bundle"]),
    }
    if request.get("expires") is not None:
        rest["expires_at"] = NOW + timedelta(days=request["expires"])
    if "keep" in request:
        rest["keep_rest"] = request["keep"]
    if "counted" in request:
        return builders.counted(request["id"], *request["counted"], **rest)
    sides = {1: debit, -1: credit}
    legs = [
        sides[side](code, builders.idr(rupiah)) for code, side, rupiah in request.get("legs", [])
    ]
    targets = [request["target"]] if "target" in request else []
    lines = list((request.get("lines") or {}).items())
    make = getattr(builders, request["verb"])
    return make(request["id"], *targets, *legs, *lines, **rest)  # type: ignore[no-any-return]
