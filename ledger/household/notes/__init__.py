"""Her words beside a record: a note, a counterparty, tags. They change; the entry never does.

Every change is a version with a number of the server's. An edit made against an older version
than the newest loses to it and is kept as a conflict copy; a deletion loses to an edit; tags are
merged one by one. All words are sealed under the key of their subject.
"""
