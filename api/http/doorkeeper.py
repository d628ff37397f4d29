"""Ask the database who still may, for all who wait at once (docs/decisions/0031).

Every request asks afresh: a phone that was lost a moment ago is out at its next request. While
one question is under way those who come gather, and are asked about together, so that a busy
server asks a few hundred times a second and not once for each.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from api.http.access_tokens import Claims
from api.http.workers import Workers
from ledger.apps import queries
from ledger.apps.queries import Owned, Standing


@dataclass(slots=True)
class _Asked:
    """One caller's question, and the answer."""

    claims: Claims
    book: int | None
    answered: asyncio.Future[tuple[Standing | None, bool]]


class Doorkeeper:
    """Tells who is in, and whether a household's book is hers."""

    def __init__(
        self, sessions: sessionmaker[Session], workers: Workers, clock: Callable[[], datetime]
    ) -> None:
        """Take sessions that see every tenant: who is in is asked before anything else."""
        self._sessions = sessions
        self._workers = workers
        self._clock = clock
        self._waiting: list[_Asked] = []
        self._asking: asyncio.Task[None] | None = None

    async def who(self, claims: Claims, book: int | None = None) -> tuple[Standing | None, bool]:
        """Say who is in under these claims, and whether the book is hers; None: nobody."""
        asked = _Asked(claims, book, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asked.answered

    async def _ask(self) -> None:
        """Ask until nobody waits."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                answers = await self._workers.first(lambda each=batch: self._look(each))  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - told to those who wait
                for asked in batch:
                    if not asked.answered.done():
                        asked.answered.set_exception(error)
                continue
            for asked, answer in zip(batch, answers, strict=True):
                if not asked.answered.done():
                    asked.answered.set_result(answer)
        self._asking = None

    def _look(self, batch: list[_Asked]) -> list[tuple[Standing | None, bool]]:
        places = {(each.claims.tenant, each.claims.session_id) for each in batch}
        books = {each.book for each in batch if each.book is not None}
        with self._sessions() as session:
            standing = queries.standing(session, places, self._clock())
            owned = queries.owned(session, books) if books else set()
        return [_answer(each, standing, owned) for each in batch]


def _answer(
    asked: _Asked, standing: dict[tuple[int, int], Standing], owned: set[Owned]
) -> tuple[Standing | None, bool]:
    found = standing.get((asked.claims.tenant, asked.claims.session_id))
    if found is None or found.person_id != asked.claims.person_id:
        return None, False
    hers = asked.book is not None and (Owned(found.tenant, asked.book, found.person_id) in owned)
    return found, hers
