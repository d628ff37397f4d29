"""The subject: double-entry books for the money of migrant workers and their cooperatives.

Knows no HTTP, scheduler, schema library or statistics package; reads no clock, draws no random
number, uses no float and never ends its caller's transaction. Dates, keys and the database
session are arguments. Its rooms and their one import order are drawn in `README.md`.
"""
