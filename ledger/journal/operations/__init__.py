"""The one door for money: `post` decides a batch of intents and writes what it accepts.

Lock, load, decide, write (design.md §3.3): the books' rows are locked in order and everything the
batch touches is loaded (`loading`), `decide` works on plain values, and the rows are written in
bulk, legs first and headers last (`writing`). The caller's transaction is never ended here: a
refusal is part of it and must be committed with it.
"""

from ledger.journal.operations.erasing import (
    SubjectMalformed,
    check_subject,
    erase_book,
    erase_subject,
    erase_texts,
)
from ledger.journal.operations.posting import ActorId, Sent, post, post_each

__all__ = [
    "ActorId",
    "Sent",
    "SubjectMalformed",
    "check_subject",
    "erase_book",
    "erase_subject",
    "erase_texts",
    "post",
    "post_each",
]
