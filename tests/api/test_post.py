"""`juang post`: strict reading, one outcome a line, nothing posted twice or by half."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Juang


def idr(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "IDR"}


def told(number: int, **rest: Any) -> dict[str, Any]:
    """Describe an expense of 5 rupiah, or something else."""
    return {
        "id": f"{number:032x}",
        "book": "demo/keluarga",
        "effective_date": "2026-11-20",
        "postings": [
            {"account": "expenses:food", "debit": idr("5.00")},
            {"account": 1200, "credit": idr("5.00")},
        ],
    } | rest


def lines(*intents: dict[str, Any] | str) -> bytes:
    texts = (each if isinstance(each, str) else json.dumps(each) for each in intents)
    return "\n".join(texts).encode(errors="surrogatepass") + b"\n"


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in told(1).items() if name not in names}


ALL_VERBS = lines(
    told(1, narration="Beras", kind="food", metadata={"toko": "Pasar Maros"}),
    "",
    told(2, verb="reserve", expires_at="2027-01-01T00:00:00+08:00"),
    {
        "verb": "capture",
        "id": "00000000-0000-0000-0000-000000000003",
        "book": "keluarga",
        "effective_date": "2026-11-20",
        "hold": f"{2:032X}",
        "lines": [{"line": 1, "amount": idr("2")}, {"line": 2, "amount": idr("2")}],
        "keep_rest": True,
    },
    {k: v for k, v in told(4, verb="release", hold=f"{2:032x}").items() if k != "postings"},
    {
        k: v
        for k, v in told(5, verb="reverse", entry=f"{1:032x}", reason="salah").items()
        if k != "postings"
    },
    told(6),
    told(7, verb="amend", entry=f"{6:032x}", device_time="2026-11-20T10:00:00Z"),
    {
        "verb": "assert",
        "id": f"{8:032x}",
        "book": "demo/keluarga",
        "effective_date": "2026-11-20",
        "account": "expenses:food",
        "balance": idr("2390007.00"),
        "value_date": "2026-11-21",
        "subject": "",
    },
    told(9, bundle=f"{99:032x}"),
    told(
        10,
        bundle=f"{99:032x}",
        book="demo/siti",
        postings=[
            {"account": "assets:bank:bri", "debit": idr("5")},
            {"account": "equity:opening:idr", "credit": idr("5")},
        ],
    ),
    told(
        11,
        book="demo/siti",
        exchange={"mid_rate": "2140.5", "mid_source": "BI", "mid_date": "2026-11-19"},
        postings=[
            {"account": "assets:bank:bri", "debit": idr("2140.00")},
            {"account": "assets:cash", "credit": {"amount": "1.00", "currency": "HKD"}},
        ],
    ),
)


def test_every_verb_is_posted_and_repeated_without_effect(demo: Juang, place: Path) -> None:
    (place / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + ALL_VERBS)

    trial = demo("post", "--dry-run", "a.jsonl")
    first = demo("post", "a.jsonl")
    again = demo("post", "-", input=ALL_VERBS)

    assert first.code == 0, first
    assert first.out.splitlines()[-1] == "11 posted."
    assert trial.out.splitlines()[:-1] == first.out.splitlines()[:-1]
    assert trial.out.splitlines()[-1] == "A trial, nothing is kept: 11 posted."
    assert again.out.splitlines()[-1] == "11 exists already."
    assert demo("verify").code == 0


_POOR = "the balance would fall below its floor [below_floor] account=assets:cash short=HKD 9595.50"


def test_a_refusal_names_its_reason_and_ends_with_one(demo: Juang) -> None:
    poor = told(
        1,
        book="demo/siti",
        postings=[
            {"account": "expenses:food", "debit": {"amount": "9999.00", "currency": "HKD"}},
            {"account": "assets:cash", "credit": {"amount": "9999.00", "currency": "HKD"}},
        ],
    )

    ended = demo("post", "-", input=lines(poor, told(2)))
    as_json = demo("post", "-", "--format", "json", input=lines(poor, told(2)))
    as_csv = demo("post", "-", "--format", "csv", input=lines(poor, told(2)))

    assert ended.code == 1
    assert ended.out.splitlines() == [
        f"     1  {'REFUSED':<12}  demo/siti  {_POOR}",
        "     2  posted        demo/keluarga #10  2026-11-20",
        "1 the balance would fall below its floor, 1 posted.",
    ]
    found = [json.loads(line) for line in as_json.out.splitlines()]
    assert found[0]["facts"] == {"account": "assets:cash", "short": 959_550}
    assert [each["code"] for each in found] == ["below_floor", "exists"]
    assert [each["replayed"] for each in found] == [True, False]
    assert as_csv.out.splitlines()[0] == "line,book,id,code,entry,effective_date,replayed,facts"
    assert len(as_csv.out.splitlines()) == 3


PROBLEMS: tuple[tuple[dict[str, Any] | str, str], ...] = (
    ("nonsense", "line_not_json"),
    ("[]", "line_not_json"),
    ("5", "line_not_json"),
    ('"text"', "line_not_json"),
    ("{", "line_not_json"),
    ('{"a": NaN}', "line_not_json"),
    ('{"a": Infinity}', "line_not_json"),
    ('{"a": 1.5}', "line_not_json"),
    ('{"a": 1e5}', "line_not_json"),
    ('{"a": ' + "9" * 5000 + "}", "line_not_json"),
    ("[" * 100_000, "line_not_json"),
    ('{"id": "a", "id": "b"}', "field_repeated"),
    ("x" * 1_000_001, "line_too_long"),
    (told(1, amout="5"), "field_unknown"),
    (told(1, verb="fly"), "field_malformed"),
    (told(1, verb=["post"]), "field_malformed"),
    (told(1, hold="a" * 32), "field_unknown"),
    (without("id"), "field_missing"),
    (without("book"), "field_missing"),
    (without("effective_date"), "field_missing"),
    (without("postings"), "field_missing"),
    (told(1, id="7"), "field_malformed"),
    (told(1, id="0" * 31 + "g"), "field_malformed"),
    (told(1, id=7), "field_malformed"),
    (told(1, book="nobody"), "book_not_found"),
    (told(1, book="demo/siti\0"), "book_not_found"),
    (told(1, book=12), "field_malformed"),
    (told(1, effective_date="2026-02-30"), "date_malformed"),
    (told(1, effective_date="1066-10-14"), "date_out_of_range"),
    (told(1, value_date="gestern"), "date_malformed"),
    (told(1, device_time="2026-11-20T10:00:00"), "field_malformed"),
    (told(1, device_time="2026-11-20T25:00:00Z"), "field_malformed"),
    (told(1, metadata={"a": 1}), "field_malformed"),
    (told(1, metadata=[]), "field_malformed"),
    (told(1, narration=5), "field_malformed"),
    (told(1, postings={}), "field_malformed"),
    (told(1, postings=[5]), "field_malformed"),
    (told(1, postings=[{}]), "field_missing"),
    (told(1, postings=[{"account": "a"}]), "field_missing"),
    (told(1, postings=[{"account": "a", "debit": idr("1"), "credit": idr("1")}]), "field_missing"),
    (told(1, postings=[{"account": True, "debit": idr("1")}]), "field_malformed"),
    (told(1, postings=[{"account": "a", "debit": idr("1"), "x": 1}]), "field_unknown"),
    (told(1, postings=[{"account": "a", "debit": "1"}]), "field_malformed"),
    (told(1, postings=[{"account": "a", "debit": {"amount": "1"}}]), "field_missing"),
    (told(1, postings=[{"account": "a", "debit": idr("1") | {"x": 1}}]), "field_unknown"),
    (
        told(1, postings=[{"account": "a", "debit": {"amount": 1, "currency": "IDR"}}]),
        "field_malformed",
    ),
    (
        told(1, postings=[{"account": "a", "debit": {"amount": "1", "currency": "XXX"}}]),
        "currency_unknown",
    ),
    (told(1, postings=[{"account": "a", "debit": idr("1.234")}]), "amount_too_precise"),
    (told(1, postings=[{"account": "a", "debit": idr("1,5")}]), "amount_malformed"),
    (told(1, postings=[{"account": "a", "debit": idr("9" * 18)}]), "amount_out_of_range"),
    (told(1, exchange={"mid_rate": "1e3"}), "field_malformed"),
    (told(1, exchange={"mid_rate": "2.5", "x": 1}), "field_unknown"),
    (told(1, exchange=5), "field_malformed"),
    ({**without("postings"), "verb": "capture", "hold": "a" * 32, "lines": [5]}, "field_malformed"),
    (
        {**without("postings"), "verb": "capture", "hold": "a" * 32, "lines": [{"line": "1"}]},
        "field_malformed",
    ),
    (
        {**without("postings"), "verb": "capture", "hold": "a" * 32, "keep_rest": 1},
        "field_malformed",
    ),
    (
        {
            **without("postings"),
            "verb": "reverse",
            "entry": "a" * 32,
            "lines": [{"line": 1, "amount": idr("1"), "x": 1}],
        },
        "field_unknown",
    ),
    ({**without("postings"), "verb": "assert", "balance": idr("1")}, "field_missing"),
    ({**without("postings"), "verb": "assert", "account": "a", "balance": "1"}, "field_malformed"),
)


def test_a_part_in_another_currency_is_refused_by_name(demo: Juang) -> None:
    dollars = {"amount": "5.00", "currency": "HKD"}
    wrong = told(2, verb="reverse", entry=f"{1:032x}", lines=[{"line": 1, "amount": dollars}])
    del wrong["postings"]

    ended = demo("post", "-", input=lines(told(1), wrong))

    assert ended.code == 1
    assert "[currency_mismatch] line=1 account=expenses:food currency=IDR" in ended.out


def test_what_cannot_be_read_is_listed_by_line_and_nothing_is_posted(demo: Juang) -> None:
    sent = lines(told(1), *(problem for problem, _ in PROBLEMS)) + b'{"id":"\xff"}\n'

    ended = demo("post", "-", "--format", "json", input=sent)

    assert ended.code == 1
    found = [json.loads(line) for line in ended.out.splitlines()]
    expected = [code for _, code in PROBLEMS] + ["line_not_json"]
    assert [each["code"] for each in found] == expected
    assert [each["line"] for each in found] == list(range(2, len(PROBLEMS) + 3))
    assert all(each["message"] and len(each["message"]) < 300 for each in found)
    assert f"Nothing was posted: {len(PROBLEMS) + 1} lines have problems." in ended.err
    assert json.loads(demo("entries", "keluarga", "--format", "json").out)["head"] == 9
    assert demo("post", "-", input=sent).out.count("\n") == len(PROBLEMS) + 1
    csv_lines = demo("post", "-", "--format", "csv", input=sent).out.splitlines()
    assert len(csv_lines) == len(PROBLEMS) + 2


def test_numbers_beyond_the_ledger_are_an_outcome(demo: Juang) -> None:
    huge = told(
        1, postings=[{"account": 10**30, "debit": idr("1")}, {"account": 5400, "credit": idr("1")}]
    )

    ended = demo("post", "-", input=lines(huge))

    assert ended.code == 1
    assert "[invalid_request] field=account" in ended.out


def test_an_empty_file_is_no_mistake(demo: Juang) -> None:
    assert demo("post", "-", input=b"\n\n").out == "no entries.\n"


def test_a_bundle_is_never_divided_between_batches(
    demo: Juang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.commands.post.AT_ONCE", 2)
    sent = lines(told(1), *(told(n, bundle=f"{77:032x}") for n in range(2, 7)), told(7))

    ended = demo("post", "-", input=sent)

    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "7 posted."


def test_two_thousand_lines_take_several_batches(demo: Juang) -> None:
    ended = demo("post", "-", input=lines(*(told(n) for n in range(1, 2_501))))

    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "2500 posted."


def test_a_file_that_changes_meanwhile_is_noticed(
    demo: Juang, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.commands import intent_lines

    read = intent_lines.read
    calls = []

    def changed(file: Any, find_book: Any) -> Any:
        calls.append(1)
        yield from read(file, find_book)
        if len(calls) > 1:
            yield intent_lines.Read(9, problem=intent_lines.LineTooLong())

    monkeypatch.setattr(intent_lines, "read", changed)

    assert "more than a million bytes" in demo("post", "-", input=lines(told(1))).err
