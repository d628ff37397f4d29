"""A server on either database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.api.http.desk import Api, Phone


@pytest.fixture
def api(engine: Engine) -> Iterator[Api]:
    made = Api(engine)
    yield made
    made.close()


@pytest.fixture
def siti(api: Api) -> Phone:
    return api.onboard("siti")
