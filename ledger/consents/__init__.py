"""What a person agreed to, who looked at her data, what she asked for, and what went wrong.

Consents are answers to a versioned text, per purpose; what is absent is a no. Everything here is
history: an answer, a look, a fact is followed by a newer one and never rewritten. Records that
were merged into one human being answer together, and the stricter answer wins.

`facts` is a room within the room: what she says of herself for evaluation. `models` may not
import it (pyproject.toml), so that it never reaches a score (docs/decisions/0021).
"""
