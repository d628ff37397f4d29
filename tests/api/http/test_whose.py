"""Somebody else's is answered as what does not exist, to the byte; whatever the route."""

import statistics
import time
from typing import Any

import pytest

from api.http.calls import Caller, Operation, Way
from api.http.routes import OPERATIONS
from ledger.access import policy
from ledger.access.actions import Relation
from ledger.access.roles import Role
from tests.api.http.desk import MOBILE, OTHER_MOBILE, Api, Phone, entry_id, spend

RANDOM = "0123456789abcdef"
BODIES: dict[str, Any] = {
    "put_entry": spend(),
    "batch_entries": {"items": [{"id": entry_id(1), "entry": spend()}]},
    "update_device": {"label": "x"},
    "sign_out_devices": {},
    "give_consent": {"version": 1, "language": "id"},
    "withdraw_consent": {},
    "create_data_request": {"kind": "access"},
    "lift_data_stop": {"kind": "objection"},
    "create_activation": {"person": "x"},
}
NAMED = [each for each in OPERATIONS if "{book}" in each.path or "{device}" in each.path]
NAMED_IDS = [each.id for each in NAMED]


def ask(phone: Phone, operation: Operation, **names: str) -> Any:
    path = operation.path
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    headers = {"Idempotency-Key": phone.api.key(), "If-Match": '"x"'}
    return phone.send(operation.method, path, json=BODIES.get(operation.id), headers=headers)


def shape(answer: Any) -> tuple[Any, ...]:
    """Give all of an answer but what is new in each: its request id, and what is left."""
    problem = {**answer.json(), "instance": None}
    fields = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"request-id", "ratelimit"}
    }
    return answer.status_code, problem, fields


@pytest.mark.parametrize("operation", NAMED, ids=NAMED_IDS)
def test_anothers_and_another_tenants_ids_are_like_random_ones(
    api: Api, siti: Phone, operation: Operation
) -> None:
    ani = api.onboard("ani")
    far = api.onboard("siti", tenant="elsewhere")
    for phone in (ani, far):
        assert phone.put_entry(1).status_code == 201
    common = {"account": "assets:cash", "entry": entry_id(1)}

    random = shape(ask(siti, operation, book=RANDOM, device=RANDOM, **common))

    assert random[0] == 404
    for phone in (ani, far):
        found = ask(siti, operation, book=phone.book, device=phone.device, **common)
        assert shape(found) == random
    odd = [RANDOM[:-1], "x", "1" * 400, "f" * 16, "-1"]
    for name in odd:
        found = ask(siti, operation, book=name, device=name, **common)
        assert shape(found)[:2] == random[:2]


def test_anothers_entry_in_ones_own_book_is_not_there(api: Api, siti: Phone) -> None:
    ani = api.onboard("ani")
    ani.put_entry(7)

    assert siti.get(siti.entry(7)).status_code == 404
    assert siti.put_entry(7).status_code == 201, "an id is ones own, in ones own book"


def test_the_time_an_answer_takes_does_not_tell(api: Api, siti: Phone) -> None:
    ani = api.onboard("ani")
    for number in range(20):
        ani.put_entry(number)
    taken: dict[str, list[float]] = {ani.book: [], RANDOM: []}
    for _ in range(60):
        for book, times in taken.items():
            started = time.perf_counter()
            assert siti.get(f"/books/{book}/balances").status_code == 404
            times.append(time.perf_counter() - started)

    one, other = (statistics.median(times) for times in taken.values())
    assert 0.6 < one / other < 1.6, "a shared machine is noisy; the same statements are run"


def test_every_operation_is_declared_whole() -> None:
    assert len({each.id for each in OPERATIONS}) == len(OPERATIONS)
    for each in OPERATIONS:
        assert each.id.islower()
        if each.caller is not Caller.ANYONE:
            assert each.action is not None, each.id
        if each.about_book:
            assert each.caller is Caller.PERSON, each.id
        if each.method == "GET":
            assert each.way in {Way.READS, Way.OPENS, Way.POSTS}, each.id
            assert not each.keyed, each.id
        if each.caller is Caller.PERSON:
            assert each.action is not None
            assert policy.may([Role.WORKER], each.action, Relation.OWN).allowed, each.id
            assert not policy.may([Role.WORKER], each.action, Relation.FOREIGN).allowed, each.id
        if each.caller is Caller.CLIENT:
            assert each.action is not None
            assert policy.may([Role.APP], each.action, Relation.TENANT).allowed, each.id


CLOSED = [each for each in OPERATIONS if each.caller is not Caller.ANYONE]


@pytest.mark.parametrize("operation", CLOSED, ids=[each.id for each in CLOSED])
def test_every_route_asks_who_calls(api: Api, siti: Phone, operation: Operation) -> None:
    """Nobody, a client for a person's, a person for a client's: all are told the same."""
    path = "/v1" + operation.path.format(
        book=siti.book,
        device=siti.device,
        entry=entry_id(1),
        account="assets:cash",
        purpose="scoring",
        key="k" * 16,
    )
    wrong = siti.access if operation.caller is Caller.CLIENT else MOBILE.text
    answers = [
        api.send(operation.method, path, token=token, json=BODIES.get(operation.id))
        for token in (None, "x", wrong, siti.refresh)
    ]

    assert {shape(each)[0] for each in answers} == {401}
    assert len({str(shape(each)) for each in answers}) == 1


def test_a_client_reaches_its_own_tenant_only(api: Api, siti: Phone) -> None:
    """The same reference is another person elsewhere, and another book."""
    made = api.send(
        "POST",
        "/v1/activations",
        json={"person": "siti"},
        token=OTHER_MOBILE.text,
        headers={"Idempotency-Key": api.key()},
    )

    assert made.json()["person"]["id"] != siti.person
