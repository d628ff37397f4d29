"""Remittances: what sending money home costs in truth, from her pocket to her family's hand.

True cost is the fee and what the rate took (SDG 10.c.1). What was sent waits in a transit account
until the family has it, or it comes back. A remittance and its arrival are records, each known by
the id of its first entry.
"""
