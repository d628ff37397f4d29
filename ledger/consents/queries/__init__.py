"""Reads of consents, looks, requests and breaches.

What each later room asks: `is_given`, `given_among`, `is_restricted`, `has_objected`.
"""

from ledger.consents.queries.breaches import (
    BreachNotFound,
    Scope,
    TableNotHeld,
    affected,
    breach,
    owed,
    owed_persons,
    reported,
    scopes,
)
from ledger.consents.queries.consents import Standing, given_among, history, is_given, standing
from ledger.consents.queries.persons import books_of, owners, refs
from ledger.consents.queries.requests import (
    RequestNotFound,
    has_objected,
    is_restricted,
    objecting_among,
    of_person,
    restricted_among,
    waiting,
)
from ledger.consents.queries.trail import hers, whole
from ledger.parties.queries import records

__all__ = [
    "BreachNotFound",
    "RequestNotFound",
    "Scope",
    "Standing",
    "TableNotHeld",
    "affected",
    "books_of",
    "breach",
    "given_among",
    "has_objected",
    "hers",
    "history",
    "is_given",
    "is_restricted",
    "objecting_among",
    "of_person",
    "owed",
    "owed_persons",
    "owners",
    "records",
    "refs",
    "reported",
    "restricted_among",
    "scopes",
    "standing",
    "waiting",
    "whole",
]
