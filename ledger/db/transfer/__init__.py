"""Whole databases on the move: to a backup, from a backup, or to the other kind of database.

`layout` says which tables there are, in which order they can be filled, and which hold secrets;
`lines` writes rows as text that both databases read; `stream` takes them out of a database and
puts them in, block by block; `sealed` keeps blocks in an encrypted file. `secrets` opens and
wraps again what the master key wraps. Nothing here holds more than a block in memory, and
nothing passes the guards by (docs/decisions/0010).
"""
