"""The feed of a book: one running number over all that a phone must hear of.

Entries bear a `change_no` already. Any other table of the household takes part by two things: it
calls `operations.note` under the book's lock, in the transaction that writes its rows, and it
gives a reader (`queries.Reader`) that says what stands under its keys. See decision 0026.
"""
