"""What she agrees to: the texts, where she stands, and her answers, given and taken back."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field as Of
from sqlalchemy.orm import Session

from api.http.calls import Answer, Call, Caller, Operation, Way, tag_of
from api.http.fields import IdField, Strict, written_id, written_instant
from api.http.problems import Field, Problem
from ledger.access.actions import Action
from ledger.consents import operations, texts
from ledger.consents.answers import Means
from ledger.consents.operations import Given
from ledger.consents.queries.consents import Standing, standing
from ledger.consents.texts import Purpose, Version
from ledger.errors import Wording


class GiveIn(Strict):
    """The version of the text she was shown, its language, and with whom, where that is asked."""

    version: Annotated[int, Of(gt=0, lt=10_000)]
    language: Literal["id", "en"]
    tenant: IdField | None = None


class WithdrawIn(Strict):
    """From whom; from everybody where that is not said."""

    tenant: IdField | None = None


def _purpose(call: Call) -> Purpose:
    try:
        return texts.shipped().purpose(call.params["purpose"])
    except texts.PurposeUnknown:
        raise Problem("not_found") from None


def _text(purpose: Purpose, version: Version) -> dict[str, Any]:
    return {
        "purpose": purpose.code,
        "title": {"id": purpose.title.id, "en": purpose.title.en},
        "names_tenant": purpose.names_tenant,
        "version": version.no,
        "from_time": written_instant(version.valid_from),
        "text": {"id": version.text.id, "en": version.text.en},
        "sha256": {"id": version.hash_id.hex(), "en": version.hash_en.hex()},
    }


def shown(_session: Session, call: Call) -> Answer:
    """List the texts in force."""
    found = [
        _text(purpose, purpose.current(call.now))
        for purpose in texts.shipped().purposes
        if any(version.valid_from <= call.now for version in purpose.versions)
    ]
    return Answer(200, {"texts": found}, etag=tag_of("texts", found))


def _written(stand: Standing) -> dict[str, Any]:
    return {
        "purpose": stand.purpose,
        "tenant": None if stand.other is None else written_id(stand.other),
        "given": stand.given,
        "outdated": stand.outdated,
        "since_time": written_instant(stand.since),
        "version": stand.version,
        "language": stand.language,
        "means": stand.means,
    }


def listed(session: Session, call: Call) -> Answer:
    """List where she stands on everything she was ever asked."""
    found = standing(session, call.tenant, call.person, call.now)
    return Answer(200, {"consents": [_written(each) for each in found]})


def one(session: Session, call: Call) -> Answer:
    """Give where she stands on one purpose; never asked is no consent, and no mistake."""
    purpose = _purpose(call)
    return _stands(session, call, purpose)


def _stands(session: Session, call: Call, purpose: Purpose) -> Answer:
    found = standing(session, call.tenant, call.person, call.now)
    mine = [_written(each) for each in found if each.purpose == purpose.code]
    content = {"purpose": purpose.code, "consents": mine}
    return Answer(200, content, etag=_tag(purpose, mine))


def _tag(purpose: Purpose, mine: list[dict[str, Any]]) -> str:
    return tag_of("consents", purpose.code, mine)


def _match(session: Session, call: Call, purpose: Purpose) -> None:
    etag = _stands(session, call, purpose).etag
    assert etag is not None, "it is always given"
    call.match(etag)


def give(session: Session, call: Call) -> Answer:
    """Give consent to a purpose, to the text she was shown."""
    wanted: GiveIn = call.body
    purpose = _purpose(call)
    _match(session, call, purpose)
    given = Given(language=wanted.language, means=Means.APP, version=wanted.version)
    try:
        operations.give(
            session,
            call.tenant,
            call.person,
            purpose.code,
            given,
            other=wanted.tenant,
            actor=call.actor,
            recorded_at=call.now,
        )
    except texts.TextVersionUnknown:
        errors = [Field("/version", "out_of_range")]
        raise Problem("request_invalid", errors=errors) from None
    return _stands(session, call, purpose)


def withdraw(session: Session, call: Call) -> Answer:
    """Take consent back, at once, without a reason: as easily as it was given, or more so."""
    wanted: WithdrawIn = call.body
    purpose = _purpose(call)
    operations.withdraw(
        session,
        call.tenant,
        call.person,
        purpose.code,
        other=wanted.tenant,
        means=Means.APP,
        actor=call.actor,
        recorded_at=call.now,
    )
    return _stands(session, call, purpose)


_HERS: Final[dict[str, Any]] = {"caller": Caller.PERSON}
_SEES: Final[dict[str, Any]] = {
    **_HERS,
    "method": "GET",
    "action": Action.CONSENT_SEE,
    "way": Way.READS,
}

OPERATIONS: Final = (
    Operation(
        id="list_consent_texts",
        method="GET",
        path="/consent_texts",
        says=Wording("Naskah persetujuan yang berlaku.", "List the consent texts in force."),
        caller=Caller.ANYONE,
        action=None,
        way=Way.READS,
        run=shown,
    ),
    Operation(
        id="list_consents",
        path="/consents",
        says=Wording("Daftar persetujuan saya.", "List my consents."),
        run=listed,
        **_SEES,
    ),
    Operation(
        id="get_consent",
        path="/consents/{purpose}",
        says=Wording("Lihat persetujuan untuk satu tujuan.", "See consent to one purpose."),
        run=one,
        **_SEES,
    ),
    Operation(
        id="give_consent",
        method="PUT",
        path="/consents/{purpose}",
        says=Wording("Beri persetujuan.", "Give consent."),
        action=Action.CONSENT_GIVE,
        way=Way.WRITES,
        run=give,
        body=GiveIn,
        keyed=True,
        conditional=True,
        **_HERS,
    ),
    Operation(
        id="withdraw_consent",
        method="POST",
        path="/consents/{purpose}:withdraw",
        says=Wording("Tarik persetujuan.", "Take consent back."),
        action=Action.CONSENT_WITHDRAW,
        way=Way.WRITES,
        run=withdraw,
        body=WithdrawIn,
        keyed=True,
        **_HERS,
    ),
)
