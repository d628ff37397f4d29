"""Reading one's books: balances, pages that skip and repeat nothing, tags."""

from typing import Any

import pytest

from tests.api.http.desk import Api, Phone, entry_id, money, spend


def pages(phone: Phone, path: str, name: str, size: int) -> list[Any]:
    found: list[Any] = []
    join = "&" if "?" in path else "?"
    address = f"{path}{join}page_size={size}"
    while True:
        answer = phone.get(address)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert len(told[name]) <= size
        found += told[name]
        token = told["next_page_token"]
        if token is None:
            assert "link" not in answer.headers
            return found
        assert f"page_token={token}>" in answer.headers["link"]
        address = answer.headers["link"].partition(">")[0].removeprefix("</v1")


@pytest.mark.parametrize("size", [1, 3, 50])
def test_pages_of_entries_skip_and_repeat_nothing(siti: Phone, size: int) -> None:
    for number in range(7):
        siti.put_entry(number)

    found = pages(siti, f"/books/{siti.book}/entries", "entries", size)

    assert [each["seq"] for each in found] == list(range(1, 8))
    assert found[0]["id"] == entry_id(0)
    assert found[0]["narration"] == "beras"


def test_entries_that_come_between_two_pages_are_on_a_later_one(siti: Phone) -> None:
    for number in range(3):
        siti.put_entry(number)
    path = f"/books/{siti.book}/entries?page_size=2"
    token = siti.get(path).json()["next_page_token"]

    siti.put_entry(3)
    rest = siti.get(f"{path}&page_token={token}").json()["entries"]

    assert [each["seq"] for each in rest] == [3, 4]


@pytest.mark.parametrize("order", ["date", "booked"])
@pytest.mark.parametrize("size", [1, 2, 50])
def test_pages_of_a_statement_skip_and_repeat_nothing(siti: Phone, order: str, size: int) -> None:
    days = ["2026-11-20", "2026-11-22", "2026-11-21", "2026-11-22", "2026-11-01"]
    for number, day in enumerate(days):
        siti.put_entry(number, effective_date=day)
    path = f"/books/{siti.book}/accounts/assets:cash/statement?order={order}&since=2026-11-10"
    if order == "booked":
        path = path.replace("&since=2026-11-10", "")

    found = pages(siti, path, "lines", size)

    dates = [line["effective_date"] for line in found]
    assert dates == (sorted(days)[1:] if order == "date" else days)


def test_a_page_token_is_for_one_caller_one_list_and_one_filter(api: Api, siti: Phone) -> None:
    for number in range(3):
        siti.put_entry(number)
    ani = api.onboard("ani")
    path = f"/books/{siti.book}/entries?page_size=1"
    token = siti.get(path).json()["next_page_token"]
    statement = f"/books/{siti.book}/accounts/assets:cash/statement"
    other = siti.get(f"{statement}?page_size=1").json()["next_page_token"]

    wrong = [
        ani.get(f"/books/{ani.book}/entries?page_token={token}"),
        siti.get(f"{statement}?page_token={token}"),
        siti.get(f"{statement}?order=booked&page_token={other}"),
        siti.get(f"{statement}?since=2026-11-01&page_token={other}"),
        siti.get(f"{path}&page_token={token[:-1]}"),
        siti.get(f"{path}&page_token={'B' if token[0] == 'A' else 'A'}{token[1:]}"),
    ]

    assert [each.json().get("code") for each in wrong] == ["page_token_invalid"] * 6
    assert siti.get(f"{statement}?page_size=2&page_token={other}").status_code == 200
    api.clock.forward(hours=24)
    siti.take(siti.renew().json())
    assert siti.get(f"{path}&page_token={token}").json()["code"] == "page_token_invalid"


def test_balances_now_on_a_day_and_as_known(siti: Phone) -> None:
    siti.put_entry(1, amount="100.00", effective_date="2026-11-20")
    siti.put_entry(2, amount="10.00", effective_date="2026-11-10")

    def cash(query: str = "") -> str:
        found = siti.get(f"/books/{siti.book}/balances{query}").json()["balances"]
        (balance,) = [each["balance"] for each in found if each["code"] == "assets:cash"]
        assert balance["currency"] == "IDR"
        amount: str = balance["amount"]
        return amount

    assert cash() == "-110.00"
    assert cash("?on=2026-11-15") == "-10.00"
    assert cash("?known_at=1") == "-100.00"
    assert siti.get(f"/books/{siti.book}/balances?known_at=3").status_code == 400


def test_what_has_not_changed_is_not_sent_again(siti: Phone) -> None:
    path = f"/books/{siti.book}/balances"
    siti.put_entry(1)
    etag = siti.get(path).headers["etag"]

    same = siti.get(path, headers={"If-None-Match": f'"x", {etag}'})
    siti.put_entry(2)
    changed = siti.get(path, headers={"If-None-Match": etag})

    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == etag
    assert changed.status_code == 200


def test_every_verb_over_http(siti: Phone) -> None:
    def put(number: int, **body: Any) -> Any:
        wanted = {"effective_date": "2026-11-24", **body}
        return siti.send("PUT", siti.entry(number), json=wanted)

    lines = spend("100.00")["postings"]
    back = [{"line": 1, "amount": money("40.00")}, {"line": 2, "amount": money("40.00")}]
    attempts = [
        (put(1, postings=lines), 201),
        (put(2, verb="reserve", postings=lines, expire_time="2026-12-01T00:00:00Z"), 201),
        (put(3, verb="capture", hold=entry_id(2), lines=back, keep_rest=True), 201),
        (put(4, verb="release", hold=entry_id(2)), 201),
        (put(5, verb="reverse", entry=entry_id(1), lines=back, reason="salah"), 201),
        (put(6, verb="reverse", entry=entry_id(9)), 409),
        (put(7, verb="amend", entry=entry_id(1), postings=lines), 201),
        (put(8, postings=lines), 201),
        (put(9, verb="amend", entry=entry_id(8), postings=spend("90.00")["postings"]), 201),
        (put(10, verb="assert", account="assets:cash", balance=money("-230.00")), 201),
        (put(11, verb="assert", account=1100, balance=money("0.00")), 409),
        (put(12, postings=lines[:1]), 422),
        (put(13, postings=lines, effective_date="2030-01-01"), 409),
    ]

    assert [(a.status_code, a.json().get("code")) for a, s in attempts if a.status_code != s] == []
    assert attempts[10][0].json()["facts"]["actual"] == money("-230.00")
    assert siti.get(siti.entry(10)).json()["assertion"]["balance"] == money("-230.00")
    held = siti.get(siti.entry(2)).json()["postings"]
    assert {line["layer"] for line in held} == {"held"}


def test_an_exchange_keeps_its_rates(siti: Phone) -> None:
    wanted = {
        "effective_date": "2026-11-24",
        "exchange": {"mid_rate": "2085.50", "mid_source": "BI", "mid_date": "2026-11-23"},
        "postings": [
            {"account": "assets:cash", "debit": money("200.00")},
            {"account": "assets:bank", "credit": money("200.00")},
        ],
    }

    found = siti.send("PUT", siti.entry(1), json=wanted)

    assert found.status_code == 422
    assert found.json()["code"] == "exchange_not_two_currencies"


def test_her_requests_consents_phones_and_archive(api: Api, siti: Phone) -> None:
    purpose = siti.get("/consent_texts").json()["texts"][1]
    path = f"/consents/{purpose['purpose']}"
    etag = siti.get(path).headers["etag"]
    given = siti.send(
        "PUT",
        path,
        json={"version": purpose["version"], "language": "id"},
        headers={"If-Match": etag, "Idempotency-Key": api.key()},
    )
    taken_back = siti.post(f"{path}:withdraw", {})
    request = siti.post("/data_requests", {"kind": "correction", "about": "phone"})
    device = f"/devices/{siti.device}"
    named = siti.send(
        "PATCH",
        device,
        json={"label": "Oppo"},
        headers={"If-Match": siti.get(device).headers["etag"]},
    )
    archive = siti.get("/archive")

    assert given.json()["consents"][0]["given"] is True
    assert taken_back.json()["consents"][0]["given"] is False
    assert request.json()["state"] == "open"
    assert siti.get("/data_requests").json()["data_requests"] == [request.json()]
    assert named.json()["label"] == "Oppo"
    assert named.headers["etag"] != siti.get("/devices").json()["devices"][0].get("x")
    assert archive.json()["complete"] is True
    assert archive.headers["content-disposition"] == 'attachment; filename="dokumen.json"'
    assert siti.get("/accesses").json() == {"accesses": []}
    stale = siti.send("PATCH", device, json={"label": "X"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    assert siti.send("PATCH", device, json={"label": "X"}).status_code == 428
