"""From nothing to a first entry, in three calls; and what comes back."""

from tests.api.http.desk import Api, Phone, entry_id


def test_three_calls_from_activation_to_the_first_entry(api: Api) -> None:
    phone = api.onboard("siti")

    posted = phone.put_entry(1)

    assert posted.status_code == 201, posted.text
    assert posted.json() == {
        "id": entry_id(1),
        "book": phone.book,
        "outcome": "posted",
        "seq": 1,
        "effective_date": "2026-11-24",
        "recorded_time": "2026-11-24T08:00:00Z",
    }


def test_the_same_again_is_answered_as_the_first_time(siti: Phone) -> None:
    first = siti.put_entry(1).json()

    again = siti.put_entry(1)
    other = siti.put_entry(1, amount="1.00")

    assert again.status_code == 200
    assert again.json() == {**first, "outcome": "exists"}
    assert other.status_code == 422
    assert other.json()["code"] == "exists_with_different_amount"
