"""An integrator's back end brings a person in, and gets a code for her phone."""

from typing import Annotated, Any, Final

from pydantic import StringConstraints
from sqlalchemy.orm import Session

from api.http.calls import Answer, Call, Caller, Operation, Way
from api.http.fields import Ref, Strict, written_id, written_instant
from api.http.problems import Problem
from ledger.access.actions import Action
from ledger.apps import operations as apps
from ledger.apps import queries, tokens
from ledger.books import operations as books
from ledger.books import queries as found_books
from ledger.books.classes import BookKind
from ledger.books.queries import BookNotFound
from ledger.consents import operations as consents
from ledger.errors import Wording
from ledger.parties import operations as parties

CHART: Final = "household-1"


class BookIn(Strict):
    """A household's book to open for her, if she has none yet."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    base_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ActivationIn(Strict):
    """Whom to let in: by a reference of the integrator's that says nothing of her."""

    person: Ref
    book: BookIn | None = None


def activate(session: Session, call: Call) -> Answer:
    """Register the person if she is new, open her book if there is none, and make a code."""
    wanted: ActivationIn = call.body
    assert call.client_key is not None, "only a client gets here"
    by: dict[str, Any] = {"actor": call.actor, "recorded_at": call.now}
    client = queries.client_of(session, call.client_key)
    if client is None:
        raise Problem("unauthorised")  # revoked a moment ago
    person = parties.register(session, call.tenant, wanted.person, **by)
    book = None if wanted.book is None else _book(session, call, person, wanted.book)
    code = call.client_key.code(call.key)
    expires_at = apps.activate(session, client, person, code, recorded_at=call.now)
    content = {
        "person": {"id": written_id(person)},
        "book": None if book is None else {"id": written_id(book)},
        "expire_time": written_instant(expires_at),
    }
    return Answer(201, content)


def _book(session: Session, call: Call, person: int, wanted: BookIn) -> int:
    """Open her first book and make it hers; one that is there must be hers still.

    The book's reference follows from hers: a client cannot name somebody else's.
    """
    settings = {
        "tenant": call.tenant,
        "ref": f"household-{written_id(person)}",
        "kind": BookKind.HOUSEHOLD,
        "name": wanted.name,
        "base_currency": wanted.base_currency,
        "time_zone": wanted.time_zone,
        "chart": CHART,
    }
    book = books.book_id(call.tenant, str(settings["ref"]))
    if found_books.existing(session, [book]):
        owned = queries.owned(session, [book])
        if (call.tenant, book, person) not in owned:
            raise BookNotFound(book)
        return book
    books.open_book(session, opened_at=call.now, **settings)
    consents.own_book(session, call.tenant, person, book, actor=call.actor, recorded_at=call.now)
    return book


def with_code(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    """Add the code, which is never kept: it follows from the client's key and the request's."""
    assert call.client_key is not None, "only a client gets here"
    return {**content, "code": tokens.code_text(call.client_key.code(call.key))}


OPERATIONS: Final = (
    Operation(
        id="create_activation",
        method="POST",
        path="/activations",
        says=Wording(
            "Daftarkan seseorang dan buat kode aktivasi untuk ponselnya.",
            "Bring a person in, and make an activation code for her phone.",
        ),
        caller=Caller.CLIENT,
        action=Action.WORKER_ONBOARD,
        way=Way.WRITES,
        run=activate,
        body=ActivationIn,
        keyed=True,
        reveals=with_code,
    ),
)
