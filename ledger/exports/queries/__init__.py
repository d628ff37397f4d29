"""What exports are made of, read as it is asked for, in the caller's transaction."""

from ledger.exports.queries.books import chosen, chosen_by_id, left_out
from ledger.exports.queries.hers import CONTRIBUTORS, sections, subject

__all__ = ["CONTRIBUTORS", "chosen", "chosen_by_id", "left_out", "sections", "subject"]
