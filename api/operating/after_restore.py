"""What is done to books that were just restored, before anybody sees them.

A step runs in the transaction of the restore, after the books were verified: what it changes is
kept together with the books, and if it fails nothing is kept. It takes the session (whose
keyring is in its `info`) and the moment, and says what it has done, or None where there was
nothing to do. Steps run in the order of `STEPS`; a room that has one adds it here.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.errors import Wording

Step = Callable[[Session, datetime], Wording | None]

STEPS: list[Step] = []
