"""Statements of banks and others become entries of books, exactly once.

`lines` measures a file and cuts it into rows, `mapping` says what the columns mean, `movements`
understands a row, `categories` gives it an account, `operations.import_statement` posts it;
`problems` is what every line becomes that is no entry, `scratch` remembers on disk what does not
fit in memory, and `reconciliation` compares the statement's own balances with ours.
"""
