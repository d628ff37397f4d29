"""Propose, and edit: new bytes, a new revision, and no approval left."""

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.approvals import payload, queries
from ledger.approvals.independence import Actor
from ledger.approvals.operations import holds, kinds, writing
from ledger.approvals.payload import Terms
from ledger.approvals.tables import Proposal, ProposalRevision
from ledger.errors import Malformed, Refused, Wording
from ledger.parties import queries as parties

LONGEST_WAIT = timedelta(days=366)
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class ProposalMalformed(Malformed):
    """A proposal cannot be like this."""

    code = "proposal_malformed"
    wording = Wording(id="Usulan tidak sah: {reason}.", en="The proposal is invalid: {reason}.")
    reason: str


@dataclass(eq=False)
class ProposalDiffers(Refused):
    """Another proposal has this id."""

    code = "proposal_differs"
    wording = Wording(
        id="Usulan “{proposal}” sudah ada dengan isi lain.",
        en="There is a proposal “{proposal}” with other content.",
    )
    proposal: str


@dataclass(eq=False)
class NotMaker(Refused):
    """Only the person who proposed it may change or withdraw a proposal."""

    code = "not_maker"
    wording = Wording(
        id="Hanya pengusul yang boleh mengubah atau menarik usulan ini.",
        en="Only the one who proposed it may change or withdraw this proposal.",
    )


def propose(
    session: Session,
    tenant: int,
    proposal: bytes,
    terms: Terms,
    *,
    by: Actor,
    recorded_at: datetime,
) -> Proposal:
    """Propose something under an id of the caller's choice, and hold the money it needs.

    The same proposal again changes nothing and gives what stands there.

    Raises:
        KindUnknown, NoApprovalRule, ProposalMalformed, PayloadMalformed.
        PersonNotFound: the tenant does not know the maker or a beneficiary.
        ProposalDiffers: the id is taken.
        BookNotFound, FundsRefused.
    """
    kinds.find(terms.kind)
    if len(proposal) != 16:
        raise ProposalMalformed("an id has sixteen bytes")
    content = payload.payload(tenant, proposal, 1, terms)
    parties.natural(session, tenant, {by.person_id, *terms.beneficiaries})
    found = session.get(Proposal, (tenant, proposal), populate_existing=True)
    if found is not None:
        first = queries.revisions(session, found)[0]
        if (first.payload, first.editor_id) != (content, by.person_id):
            raise ProposalDiffers(proposal.hex())
        return found
    _check_expiry(terms.expires_at, recorded_at)
    queries.rule(session, tenant, terms.kind, recorded_at.date(), terms.amount)
    row = Proposal(
        tenant_id=tenant,
        id=proposal,
        kind=terms.kind,
        state="proposed",
        revision=1,
        hash=payload.digest(content),
        maker_id=by.person_id,
        maker=by.name,
        proposed_at=recorded_at,
        expires_at=terms.expires_at,
    )
    session.add(row)
    session.flush()  # the key is taken before any money is held under it
    _write(session, row, content, by=by, at=recorded_at)
    if terms.funds is not None:
        holds.hold(session, row, terms.funds, actor=by.name, at=recorded_at)
    writing.note(session, row, "proposed", by=by, at=recorded_at)
    return row


def propose_once(
    session: Session, tenant: int, terms: Terms, *, by: Actor, recorded_at: datetime
) -> Proposal:
    """Propose something under an id derived from what it says, unless the same waits already.

    Whoever asks meanwhile gets the one that waits; after its end it may be proposed anew.

    Raises:
        Those of `propose`.
    """
    same = payload.payload(tenant, b"", 0, replace(terms, expires_at=_SOME_DAY))
    for attempt in itertools.count(1):
        free = payload.digest(same + attempt.to_bytes(4, "big"))[:16]
        found = session.get(Proposal, (tenant, free), populate_existing=True)
        if found is None:
            return propose(session, tenant, free, terms, by=by, recorded_at=recorded_at)
        if found.state in queries.WAITING and recorded_at < found.expires_at:
            return found
    raise AssertionError("attempts have no end")


def edit(
    session: Session,
    tenant: int,
    proposal: bytes,
    terms: Terms,
    *,
    by: Actor,
    recorded_at: datetime,
    exactly: bytes,
) -> Proposal:
    """Replace what is proposed, naming the hash that is replaced: every approval is void.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalExpired, ProposalChanged.
        NotMaker, ProposalMalformed, PayloadMalformed, NoApprovalRule, PersonNotFound, FundsRefused.
    """
    row = writing.lock_waiting(session, tenant, proposal, recorded_at, exactly=exactly)
    check_maker(session, row, by)
    if terms.kind != row.kind:
        raise ProposalMalformed("its kind does not change")
    _check_expiry(terms.expires_at, recorded_at)
    parties.natural(session, tenant, terms.beneficiaries)
    queries.rule(session, tenant, terms.kind, recorded_at.date(), terms.amount)
    content = payload.payload(tenant, proposal, row.revision + 1, terms)
    holds.give_back(session, row, actor=by.name, at=recorded_at)
    row.revision += 1
    row.hash, row.state = payload.digest(content), "proposed"
    row.expires_at = terms.expires_at
    _write(session, row, content, by=by, at=recorded_at)
    if terms.funds is not None:
        holds.hold(session, row, terms.funds, actor=by.name, at=recorded_at)
    writing.note(session, row, "edited", by=by, at=recorded_at)
    return row


def check_maker(session: Session, row: Proposal, by: Actor) -> None:
    """Refuse everybody but the human being who made a proposal.

    Raises:
        NotMaker.
    """
    roots = parties.natural(session, row.tenant_id, {row.maker_id, by.person_id})
    if roots[row.maker_id] != roots[by.person_id]:
        raise NotMaker


def _check_expiry(expires_at: datetime, at: datetime) -> None:
    if not at < expires_at <= at + LONGEST_WAIT:
        raise ProposalMalformed("it waits until a later moment within a year")


def _write(session: Session, row: Proposal, content: bytes, *, by: Actor, at: datetime) -> None:
    session.execute(
        insert(ProposalRevision).values(
            tenant_id=row.tenant_id,
            proposal_id=row.id,
            revision=row.revision,
            payload=content,
            hash=row.hash,
            editor_id=by.person_id,
            editor=by.name,
            recorded_at=at,
        )
    )
