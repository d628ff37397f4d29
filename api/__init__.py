"""The ways in for people and programs: the command line, and later HTTP and the portal.

A handler parses, makes one call into the house, and renders the answer; clocks, random numbers,
settings and the end of a transaction belong here and are handed inwards. `cli.py` is the command
`juang` and puts the parts together. Rules about money live in `ledger`.
"""
