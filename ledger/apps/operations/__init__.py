"""Client keys, activations, sessions of phones, and requests that are carried out once."""

from ledger.apps.operations.clients import (
    ClientNameMalformed,
    ClientNotFound,
    ClientTaken,
    add_client,
    client_id,
    revoke_client,
)
from ledger.apps.operations.keyed import forget_answers, keep_answer
from ledger.apps.operations.phones import (
    Door,
    Opened,
    activate,
    end_all_sessions,
    end_session,
    exchange,
    open_session,
    refresh,
)

__all__ = [
    "ClientNameMalformed",
    "ClientNotFound",
    "ClientTaken",
    "Door",
    "Opened",
    "activate",
    "add_client",
    "client_id",
    "end_all_sessions",
    "end_session",
    "exchange",
    "forget_answers",
    "keep_answer",
    "open_session",
    "refresh",
    "revoke_client",
]
