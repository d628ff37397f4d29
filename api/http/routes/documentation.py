"""The description of the API, as a file and as a page."""

from typing import Any, Final

from api.http import description
from api.http.calls import Answer, Call, Caller, Operation, Way
from ledger.errors import Wording


async def described(_call: Call) -> Answer:
    """Give the description."""
    return Answer(200, body=description.served())


async def page(_call: Call) -> Answer:
    """Give the page."""
    return Answer(200, body=description.page(), media_type=b"text/html; charset=utf-8")


_FOR_ALL: Final[dict[str, Any]] = {
    "method": "GET",
    "caller": Caller.ANYONE,
    "action": None,
    "way": Way.POSTS,
}

OPERATIONS: Final = (
    Operation(
        id="get_openapi",
        path="/openapi.json",
        says=Wording("Uraian API (OpenAPI 3.1).", "The description of the API (OpenAPI 3.1)."),
        run=described,
        **_FOR_ALL,
    ),
    Operation(
        id="get_documentation",
        path="/docs",
        says=Wording("Halaman dokumentasi.", "A page of documentation."),
        run=page,
        **_FOR_ALL,
    ),
)
