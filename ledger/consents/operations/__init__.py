"""Verbs of consents, looks, requests and breaches."""

from ledger.consents.operations.breaches import (
    BreachTimesMalformed,
    Told,
    mark_sent,
    report_breach,
    widen_breach,
)
from ledger.consents.operations.consents import (
    ConsentInFuture,
    ConsentNamesTenant,
    ConsentWithoutWitness,
    Given,
    ObjectionStands,
    TextOutdated,
    end_ownership,
    give,
    own_book,
    withdraw,
)
from ledger.consents.operations.requests import (
    RequestClosed,
    RequestInFuture,
    RequestKind,
    complete_request,
    lift,
    refuse_request,
    register_request,
)
from ledger.consents.operations.trail import note_books, note_looks

__all__ = [
    "BreachTimesMalformed",
    "ConsentInFuture",
    "ConsentNamesTenant",
    "ConsentWithoutWitness",
    "Given",
    "ObjectionStands",
    "RequestClosed",
    "RequestInFuture",
    "RequestKind",
    "TextOutdated",
    "Told",
    "complete_request",
    "end_ownership",
    "give",
    "lift",
    "mark_sent",
    "note_books",
    "note_looks",
    "own_book",
    "refuse_request",
    "register_request",
    "report_breach",
    "widen_breach",
    "withdraw",
]
