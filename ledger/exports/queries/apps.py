"""What is held of a person through her app: how her phones came in, what they asked for."""

from typing import Final

from ledger.apps import tables as apps
from ledger.consents.queries.held import Held, Rows
from ledger.errors import Wording

APPS: Final = Rows(
    (
        Held(
            model=apps.Activation,
            says=Wording("Kode aktivasi", "Activation codes"),
            persons=("person_id",),
            at="made_at",
            secret=("code_hash",),
        ),
        Held(
            model=apps.AppSession,
            says=Wording("Sesi di ponsel", "Sessions of phones"),
            persons=("person_id",),
            at="opened_at",
            secret=("family_hash", "token_hash", "previous_hash", "attempt_hash", "salt"),
        ),
        Held(
            model=apps.KeyedRequest,
            says=Wording("Permintaan dari aplikasi", "Requests of the app"),
            persons=("person_id",),
            at="recorded_at",
            secret=("fingerprint", "body"),  # the answer was sent to her; what it told stands here
        ),
    )
)
