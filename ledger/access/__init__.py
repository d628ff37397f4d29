"""Who may come in, as whom, and what she may do there.

Officers of a tenant have accounts with a handle, a passphrase and a second factor; roles with
dates; sessions. An account belongs to a person (`parties`), and it is persons who are told
apart: where duties must not meet, and in `approvals`. `policy` says who may do what, and denies
everything else. Time and randomness are handed in.
"""
