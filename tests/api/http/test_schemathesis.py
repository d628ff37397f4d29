"""A stranger reads the description and asks whatever it allows, and whatever it does not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from api.http import description
from api.http.settings import Allowance, Settings
from ledger import db
from tests.api.http.desk import MOBILE, Api, Phone
from tests.conftest import Store

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)


def without_security() -> dict[str, Any]:
    """Give the description without who may call: that is held against every route elsewhere."""
    told: dict[str, Any] = json.loads(description.served())
    for methods in told["paths"].values():
        for each in methods.values():
            del each["security"]
    return told


SCHEMA = schemathesis.openapi.from_dict(without_security()).exclude(
    operation_id=["revoke_tokens", "lose_device", "sign_out_devices"]
)
"""What shuts the asking phone out is left to other tests."""


@pytest.fixture(scope="module")
def phone(sqlite_store: Store) -> Iterator[Phone]:
    with sqlite_store.copy() as url:
        engine = db.engine(url.render_as_string(hide_password=False))
        endless = {"requests": 10**9}
        open_to_all = Settings(
            issuer="https://juang.test",
            per_session=Allowance(name="session", **endless),
            per_client=Allowance(name="client", **endless),
            per_address=Allowance(name="address", **endless),
        )
        api = Api(engine, open_to_all)
        made = api.onboard("siti")
        made.put_entry(1)
        yield made
        api.close()


@SCHEMA.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_asked_is_answered_as_described(case: Any, phone: Phone) -> None:
    client = case.operation.definition.raw["operationId"] == "create_activation"
    token = MOBILE.text if client else phone.access
    if "book" in (case.path_parameters or {}):
        case.path_parameters["book"] = phone.book
    answer = phone.api.run(_sent(phone, case, token))
    case.validate_response(answer, checks=list(CHECKS))


async def _sent(phone: Phone, case: Any, token: str) -> Any:
    import httpx

    kwargs = case.as_transport_kwargs(base_url="https://juang.test")
    kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "Authorization": f"Bearer {token}"}
    kwargs.pop("cookies", None)
    if "data" in kwargs:
        kwargs["content"] = kwargs.pop("data")
    transport = httpx.ASGITransport(phone.api.app)
    async with httpx.AsyncClient(transport=transport) as http:
        return await http.request(**kwargs)
