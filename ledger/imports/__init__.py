"""Statements of banks and others become entries of books, exactly once.

`lines` cuts bytes into rows, `mapping` says what the columns mean, `movements` understands a row,
`categories` gives it an account, `operations.import_statement` posts it; `problems` is what every
line becomes that is no entry, `reconciliation` compares the statement's own balances with ours.
"""
