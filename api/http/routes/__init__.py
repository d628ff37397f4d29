"""Every operation of the API: a room's routes are one module, and its list is added here."""

from typing import Final

from api.http.calls import Operation
from api.http.routes import (
    accesses,
    activations,
    books,
    consents,
    devices,
    documentation,
    entries,
    health,
    requests,
    tokens,
)

OPERATIONS: Final[tuple[Operation, ...]] = (
    *health.OPERATIONS,
    *documentation.OPERATIONS,
    *activations.OPERATIONS,
    *tokens.OPERATIONS,
    *devices.OPERATIONS,
    *books.OPERATIONS,
    *entries.OPERATIONS,
    *consents.OPERATIONS,
    *requests.OPERATIONS,
    *accesses.OPERATIONS,
)
