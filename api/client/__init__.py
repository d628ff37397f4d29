"""A small client: what a phone does, in Python. It writes down before it sends.

>>> from api.client import Client, Outbox

An entry is kept in the outbox, with its id, before anything is sent; `send` works off what waits,
in order, as often as it takes. What the server refuses for good leaves the outbox with its reason,
so that one bad entry never holds up the others. The tests use it, and programs may.
"""

from api.client.outbox import Outbox, Waiting
from api.client.phone import Client, NotSignedIn, Refusal

__all__ = ["Client", "NotSignedIn", "Outbox", "Refusal", "Waiting"]
