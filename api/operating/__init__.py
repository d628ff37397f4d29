"""An operator's long jobs: back up, restore, rehearse, move, replace the master key.

Each is a function that takes what it works on, and says what came of it; `api.commands` calls it
and shows. They stand here, beside the commands, because they open databases and files, end
transactions and read the clock.
"""
