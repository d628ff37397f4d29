"""The hashed bytes: two encoders agree with the golden vectors, and differences have names."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.books.classes import Side
from ledger.journal import canonical, intents
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code
from tests.builders import (
    amend,
    capture,
    counted,
    earn,
    pay,
    post,
    reserve,
    reverse,
)
from tests.ledger.journal import canonical_by_hand

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/canonical.json").read_text("utf-8"))
REQUESTS = pytest.mark.parametrize(
    "vector", GOLDEN["requests"], ids=[vector["name"] for vector in GOLDEN["requests"]]
)
SIDES = {"debit": Side.DEBIT, "credit": Side.CREDIT}


@REQUESTS
def test_requests_by_hand_are_the_golden_bytes(vector: dict[str, Any]) -> None:
    assert canonical_by_hand.request_bytes(vector["request"]).hex() == vector["bytes"]


@REQUESTS
def test_requests_are_the_golden_bytes(vector: dict[str, Any]) -> None:
    request = vector["request"]
    commitments = {name: bytes.fromhex(text) for name, text in request.get("texts", {}).items()}

    content = canonical.intent_bytes(_intent(request), _accounts(request), commitments)

    assert content.hex() == vector["bytes"]
    assert canonical.digest(content).hex() == vector["hash"]
    assert hashlib.sha256(content).hexdigest() == vector["hash"]
    assert canonical.text_commitments(content) == commitments


def _accounts(request: dict[str, Any]) -> list[int | str]:
    if "balance" in request:
        return [request["balance"][0]]
    return [posting[0] for posting in request.get("postings", ())]


def _intent(request: dict[str, Any]) -> Intent:
    """Read a golden request as the engine's value."""
    verbs = {verb: kind for kind, verb in canonical.VERBS.items()}
    kind = verbs[request["verb"]]
    fields: dict[str, Any] = {
        "book_id": request["book"],
        "id": bytes.fromhex(request["id"]),
        "kind": request["kind"],
        "effective_date": date.fromisoformat(request["effective_date"]),
    }
    if "value_date" in request:
        fields["value_date"] = date.fromisoformat(request["value_date"])
    if "bundle" in request:
        fields["bundle"] = bytes.fromhex(request["bundle"])
    for name in ("device_time", "expires_at"):
        if name in request:
            fields[name] = datetime.fromisoformat(request[name])
    if "target" in request:
        of_entry = kind in {intents.Reverse, intents.Amend}
        fields["entry_id" if of_entry else "hold_id"] = bytes.fromhex(request["target"])
    if "postings" in request:
        fields["postings"] = tuple(
            intents.Posting(account, SIDES[side], amount, currency)
            for account, side, amount, currency in request["postings"]
        )
    if "lines" in request:
        fields["lines"] = tuple(intents.Line(*line) for line in request["lines"][::-1])
    if request.get("options", 0) & canonical.KEEP_REST:
        fields["keep_rest"] = True
    if "balance" in request:
        fields |= dict(zip(("account", "balance", "currency"), request["balance"], strict=True))
    if "exchange" in request:
        fields["exchange"] = _exchange(*request["exchange"])
    return kind(**fields)


def _exchange(rate: str, source: str, day: str) -> intents.Exchange:
    return intents.Exchange(
        Decimal(rate) if rate else None,
        source or None,
        date.fromisoformat(day) if day else None,
    )


@pytest.mark.parametrize("vector", GOLDEN["leaves"], ids=lambda vector: vector["name"])
def test_leaves_are_the_golden_ones(vector: dict[str, Any]) -> None:
    entry = vector["entry"]

    assert canonical_by_hand.leaf(entry).hex() == vector["leaf"]
    assert (
        canonical.leaf_hash(
            entry["book"],
            entry["seq"],
            canonical.microseconds(datetime.fromisoformat(entry["recorded_at"])),
            entry["effective_date"],
            entry["actor"],
            entry.get("target_seq"),
            entry.get("amends_seq"),
            bytes.fromhex(entry["intent_hash"]),
        ).hex()
        == vector["leaf"]
    )


@pytest.mark.parametrize("vector", GOLDEN["commitments"], ids=lambda vector: vector["field"])
def test_commitments_are_the_golden_ones(vector: dict[str, Any]) -> None:
    assert canonical_by_hand.commitment(vector).hex() == vector["commitment"]
    assert (
        canonical.commitment(
            bytes.fromhex(vector["salt_key"]),
            vector["book"],
            bytes.fromhex(vector["id"]),
            vector["field"],
            vector["text"],
        ).hex()
        == vector["commitment"]
    )


@pytest.mark.parametrize("vector", GOLDEN["amendment_ids"], ids=lambda vector: vector["id"])
def test_derived_ids_are_the_golden_ones(vector: dict[str, str]) -> None:
    assert canonical_by_hand.amendment_id(vector["id"]).hex() == vector["derived"]
    assert canonical.amendment_id(bytes.fromhex(vector["id"])).hex() == vector["derived"]


def test_every_verb_has_a_golden_request() -> None:
    golden = {vector["request"]["verb"] for vector in GOLDEN["requests"]}

    assert golden == set(canonical.VERBS.values())


def test_equal_rates_are_equal_bytes() -> None:
    def content(rate: str) -> bytes:
        return _bytes(post(1, *pay(5), exchange=intents.Exchange(Decimal(rate))))

    assert content("2000") == content("2000.000") == content("2E+3")
    assert content("2000") != content("200")


def _bytes(intent: Intent, accounts: Sequence[int | str] = (1, 2), **texts: bytes) -> bytes:
    return canonical.intent_bytes(intent, accounts, texts)


PARTS = ((1, 5), (2, 5))


@pytest.mark.parametrize(
    ("stored", "asked", "code"),
    [
        (_bytes(post(1, *pay(5))), _bytes(post(1, *pay(5))), None),
        (
            _bytes(post(1, *pay(5))),
            _bytes(post(1, *pay(6))),
            Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        ),
        (
            _bytes(post(1, *pay(5))),
            _bytes(post(1, *pay(5)), (1, 3)),
            Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        ),
        (
            _bytes(post(1, *pay(5)), (1, "kas")),
            _bytes(post(1, *pay(6)), (1, "kas")),
            Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        ),
        (
            _bytes(post(1, *pay(5)), (1, "kas")),
            _bytes(post(1, *pay(5)), (1, "bank")),
            Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        ),
        (
            _bytes(post(1, *pay(5))),
            _bytes(reserve(1, *pay(5))),
            Code.EXISTS_WITH_DIFFERENT_VERB,
        ),
        (
            _bytes(capture(1, 2, *PARTS), ()),
            _bytes(capture(1, 2), ()),
            Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        ),
        (
            _bytes(capture(1, 2, *PARTS), ()),
            _bytes(capture(1, 2, (1, 6), (2, 6)), ()),
            Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        ),
        (
            _bytes(reverse(1, 2), ()),
            _bytes(reverse(1, 3), ()),
            Code.EXISTS_WITH_DIFFERENT_TARGET,
        ),
        (
            _bytes(amend(1, 2, *pay(5))),
            _bytes(amend(1, 2, *earn(5)), (2, 1)),
            Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        ),
        (
            _bytes(counted(1, "cash", 5), (1,)),
            _bytes(counted(1, "cash", 6), (1,)),
            Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        ),
        (
            _bytes(counted(1, "cash", 5), (1,)),
            _bytes(counted(1, "bank", 5), (2,)),
            Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        ),
        (
            _bytes(post(1, *pay(5)), narration=bytes(32)),
            _bytes(post(1, *pay(5)), reason=bytes(32)),
            Code.EXISTS_WITH_DIFFERENT_TEXT,
        ),
    ],
)
def test_the_first_difference_has_a_name(stored: bytes, asked: bytes, code: Code | None) -> None:
    assert canonical.first_difference(stored, asked) is code


def test_requests_of_two_ids_are_never_compared() -> None:
    with pytest.raises(AssertionError):
        canonical.first_difference(_bytes(post(1, *pay(5))), _bytes(post(2, *pay(5))))


def test_microseconds_are_exact_however_far() -> None:
    assert canonical.microseconds(datetime(2198, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == (
        7_226_582_399_999_999
    )
