"""The bytes of a proposal: golden vectors, one way to write a value, and what is refused."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.approvals import payload
from ledger.approvals.payload import Funds, PayloadMalformed, Terms
from ledger.books.classes import Side
from ledger.journal.intents import Posting
from ledger.money import Money

GOLDEN = Path(__file__).parents[2] / "golden" / "proposals.json"
AT = datetime(2026, 11, 24, 8, 0, 0, 1, tzinfo=UTC)
ID = bytes(range(16))


def by_hand(value: Any) -> bytes:
    """Write a value from the words of the module alone, sharing no code with it."""
    if value is None:
        tag, body = b"n", b""
    elif value is True or value is False:
        tag, body = b"b", b"\x01" if value else b"\x00"
    elif isinstance(value, int):
        tag, body = b"i", b"%d" % value
    elif isinstance(value, str):
        tag, body = b"t", value.encode("utf-8")
    elif isinstance(value, bytes):
        tag, body = b"x", value
    elif isinstance(value, datetime):
        micro = int((value - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
        tag, body = b"m", micro.to_bytes(8, "big", signed=True)
    elif isinstance(value, date):
        tag, body = b"d", str(value).encode()
    elif isinstance(value, list):
        tag, body = b"l", b"".join(by_hand(each) for each in value)
    else:
        keys = sorted(value, key=str.encode)
        tag, body = b"o", b"".join(by_hand(key) + by_hand(value[key]) for key in keys)
    return tag + len(body).to_bytes(4, "big") + body


def terms(**changes: Any) -> Terms:
    return Terms(**{"kind": "loan", "content": {}, "expires_at": AT, **changes})


def test_a_payload_is_what_its_description_says() -> None:
    funds = Funds(
        5, (Posting("cash", Side.CREDIT, 700, "IDR"), Posting(11, Side.DEBIT, 700, "IDR"))
    )
    content = {
        "b": True,
        "ä": "kafe\u0301",
        "a": None,
        "z": (1, -2, ("x", b"\x00")),
        "day": date(2026, 1, 2),
        "at": AT,
        "in": {"deep": False},
    }

    written = payload.payload(
        9,
        ID,
        3,
        terms(
            content=content,
            beneficiaries=frozenset({8, 2}),
            amount=Money(700, "IDR"),
            funds=funds,
        ),
    )

    assert written == b"juang/proposal/1\x00" + by_hand(
        {
            "tenant": 9,
            "id": ID,
            "revision": 3,
            "kind": "loan",
            "content": {
                "b": True,
                "ä": "kaf\u00e9",
                "a": None,
                "z": [1, -2, ["x", b"\x00"]],
                "day": date(2026, 1, 2),
                "at": AT,
                "in": {"deep": False},
            },
            "beneficiaries": [2, 8],
            "amount": [700, "IDR"],
            "funds": {
                "book": 5,
                "lines": [
                    ["cash", Side.CREDIT.value, 700, "IDR"],
                    [11, Side.DEBIT.value, 700, "IDR"],
                ],
            },
            "expires_at": AT,
        }
    )


@pytest.mark.parametrize("vector", json.loads(GOLDEN.read_text())["vectors"], ids=str)
def test_the_golden_vectors_stay_as_they_are(vector: Mapping[str, Any]) -> None:
    """A change of any of them is a new version of the format: what was approved stays readable."""
    written = bytes.fromhex(vector["payload"])

    tenant, id_, revision, found = payload.read(written)

    assert payload.digest(written).hex() == vector["hash"]
    assert payload.payload(tenant, id_, revision, found) == written
    assert (found.kind, found.content["n"]) == (vector["kind"], Decimal(vector["n"]))


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
    | st.binary(max_size=9)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.decimals(allow_nan=False, allow_infinity=False, places=4)
)
names = st.text("abcxyz_", min_size=1, max_size=5)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(names, values, max_size=4), st.frozensets(st.integers(0, 9)), st.integers(1, 99)
)
def test_what_is_written_reads_back_and_writes_the_same(
    content: dict[str, Any], gaining: frozenset[int], revision: int
) -> None:
    written = payload.payload(1, ID, revision, terms(content=content, beneficiaries=gaining))

    tenant, id_, again, found = payload.read(written)

    assert (tenant, id_, again) == (1, ID, revision)
    assert found.beneficiaries == gaining
    assert payload.payload(tenant, id_, again, found) == written


@given(st.data())
def test_other_bytes_never_read_as_a_proposal_of_the_same_hash(data: st.DataObject) -> None:
    written = payload.payload(1, ID, 1, terms(content={"a": (1, "x"), "b": AT}))
    at = data.draw(st.integers(0, len(written) - 1))
    other = written[:at] + bytes([data.draw(st.integers(0, 255))]) + written[at + 1 :]

    try:
        tenant, id_, revision, found = payload.read(other)
    except PayloadMalformed:
        return
    assert payload.payload(tenant, id_, revision, found) == other


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        1.5,
        "a\0b",
        "\ud800",
        datetime(2026, 1, 1),  # noqa: DTZ001 - without an offset, on purpose
        Decimal("NaN"),
        ["list"],
        object(),
        {"a\u0301": 1, "\u00e1": 2},
        {1: 2},
        {"a" * 70_000: 1},
        (((((((((1,),),),),),),),),),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(PayloadMalformed):
        payload.payload(1, ID, 1, terms(content={"v": value}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"juang/proposal/2\x00",
        payload.HEADER,
        payload.HEADER + b"q\x00\x00\x00\x00",
        payload.HEADER + by_hand({"tenant": 1}),
        payload.HEADER + by_hand([1]),
        payload.HEADER + by_hand({}) + b"n\x00\x00\x00\x00",
        payload.payload(1, ID, 1, terms())[:-1],
    ],
)
def test_what_is_no_payload_is_refused(content: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        payload.read(content)


def test_equal_values_are_written_alike() -> None:
    west = timezone(timedelta(hours=-5))

    one = payload.payload(1, ID, 1, terms(content={"r": Decimal("1.50"), "at": AT}))
    other = payload.payload(
        1, ID, 1, terms(content={"at": AT.astimezone(west), "r": Decimal("1.5")})
    )

    assert one == other
    zero = payload.payload(1, ID, 1, terms(content={"r": Decimal("-0.0")}))
    assert zero == payload.payload(1, ID, 1, terms(content={"r": Decimal(0)}))
