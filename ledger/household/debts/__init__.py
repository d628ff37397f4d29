"""Debts: what was promised, what she was given, what it costs in truth, and when it is over.

Face value, what she received and every repayment are kept apart, so that the real rate follows
from the cash and not from what the lender calls it. A debt and a repayment are records, each known
by the id of its first entry; names of lenders and guarantors are texts of hers.
"""
