"""The same books on every store: what is asked of one is asked of all, and must be answered alike.

A table of attempts is a sequence of rows (attempt, outcome). An attempt is an intent, a tuple of
intents sent together, or a step that changes the books or the clock, whose outcome is `DONE`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import AccountState
from ledger.errors import LedgerError
from ledger.journal import operations
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Outcome
from tests.builders import NOW, SITI, TELLER
from tests.conformance import laws

Answer = TypeVar("Answer")

DONE = None
"""The outcome of a step."""


class Scene:
    """Books on every store, and the moment it is there."""

    def __init__(self, sessions: Mapping[str, Session]) -> None:
        self.sessions = sessions
        self.now = NOW

    def ask(self, work: Callable[[Session], Answer]) -> Answer:
        """Do the same on every store, and hold the answers (or errors) against each other."""
        answers = [_answer(session, work) for session in self.sessions.values()]
        for name, (answer, error) in zip(self.sessions, answers, strict=True):
            first, first_error = answers[0]
            assert (type(error), str(error)) == (type(first_error), str(first_error)), name
            assert answer == first, f"{name} answers otherwise than {next(iter(self.sessions))}"
        answer, error = answers[0]
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]

    def post(self, *sent: Any, actor: str = TELLER, dry_run: bool = False) -> list[Outcome]:
        """Send intents as one batch."""

        def work(session: Session) -> list[Outcome]:
            return operations.post(
                session, sent, actor=actor, recorded_at=self.now, dry_run=dry_run
            )

        return self.ask(work)

    def one(self, intent: Intent, **rest: Any) -> Outcome:
        """Send one intent."""
        (outcome,) = self.post(intent, **rest)
        return outcome

    def codes(self, *sent: Any, **rest: Any) -> list[Code]:
        """Send intents as one batch, and give the codes of their outcomes."""
        return [outcome.code for outcome in self.post(*sent, **rest)]

    def stored(self) -> laws.Stored:
        """Read everything that is kept; it must be the same on every store."""
        found = {name: laws.stored(session) for name, session in self.sessions.items()}
        first = next(iter(found.values()))
        for name, other in found.items():
            assert laws.differences(first, other) == [], name
        return first

    def check(self) -> None:
        """Hold every store against the laws, and the stores against each other."""
        for session in self.sessions.values():
            laws.check(session)
            session.rollback()
        self.stored()


def _answer(
    session: Session, work: Callable[[Session], Answer]
) -> tuple[Answer | None, LedgerError | None]:
    """Do work in a transaction, and catch only what a caller may expect."""
    try:
        answer = work(session)
    except LedgerError as error:
        session.rollback()
        return None, error
    except Exception:
        session.rollback()
        raise
    session.commit()
    return answer, None


# Steps.

Step = Callable[[Scene], object]


def wait(**how_long: float) -> Step:
    """Let time pass."""

    def step(scene: Scene) -> None:
        scene.now += timedelta(**how_long)

    return step


def back(**how_long: float) -> Step:
    """Turn the clock back, as a server does that was ahead."""
    return wait(**{unit: -amount for unit, amount in how_long.items()})


def _set_state(account: str, state: AccountState, book: int) -> Step:
    return lambda scene: scene.ask(
        lambda session: books.set_account_state(
            session, book, account, state, actor="manager", recorded_at=scene.now
        )
    )


def freeze(account: str, book: int = SITI) -> Step:
    """Freeze an account."""
    return _set_state(account, AccountState.FROZEN, book)


def close(account: str, book: int = SITI) -> Step:
    """Close an account."""
    return _set_state(account, AccountState.CLOSED, book)


def reopen(account: str, book: int = SITI) -> Step:
    """Open an account again, frozen or closed."""
    return _set_state(account, AccountState.OPEN, book)


def limit(account: str, book: int = SITI, **rupiah: int) -> Step:
    """Set all limits of an account, in whole units of its currency; those not named are lifted."""
    minor = {name: amount * 100 for name, amount in rupiah.items()}
    return lambda scene: scene.ask(
        lambda session: books.set_limits(
            session, book, account, actor="manager", recorded_at=scene.now, **minor
        )
    )


def close_period(through: date, book: int = SITI) -> Step:
    """Close every day up to and including one."""
    return lambda scene: scene.ask(
        lambda session: books.close_period(
            session, book, through, actor="manager", recorded_at=scene.now
        )
    )


def reopen_period(through: date | None, book: int = SITI) -> Step:
    """Move the close back."""
    return lambda scene: scene.ask(
        lambda session: books.reopen_period(
            session,
            book,
            through,
            actor="manager",
            approved_by="supervisor",
            recorded_at=scene.now,
        )
    )


def erase(subject: str, book: int = SITI) -> Step:
    """Destroy a subject's key."""
    return lambda scene: scene.ask(
        lambda session: operations.erase_texts(
            session, book, subject, actor=TELLER, recorded_at=NOW
        )
    )


# Tables.

Attempt = Intent | tuple[Intent, ...] | Step
Row = tuple[Attempt, Any]
Table = Sequence[Row]


def sent_by(attempt: Attempt) -> tuple[Intent, ...]:
    """Give the intents of an attempt; a step has none."""
    if isinstance(attempt, Intent):
        return (attempt,)
    return attempt if isinstance(attempt, tuple) else ()


def expected_codes(table: Table) -> list[Code]:
    """List the outcome of every intent of a table."""
    found: list[Code] = []
    for attempt, outcome in table:
        if isinstance(attempt, tuple):
            assert len(attempt) == len(outcome), "one outcome for each intent sent"
            found += outcome
        elif isinstance(attempt, Intent):
            found.append(outcome)
    return found


def play(scene: Scene, table: Table, **rest: Any) -> list[Outcome]:
    """Make the attempts one by one."""
    outcomes: list[Outcome] = []
    for attempt, _outcome in table:
        if callable(attempt):
            attempt(scene)
        else:
            outcomes += scene.post(*sent_by(attempt), **rest)
    return outcomes


def play_in_batches(scene: Scene, table: Table) -> list[Outcome]:
    """Send as one batch whatever stands between two steps."""
    outcomes: list[Outcome] = []
    for part in _between_steps(table):
        if callable(part):
            part(scene)
        else:
            outcomes += scene.post(*part)
    return outcomes


def _between_steps(table: Table) -> Iterator[Step | list[Intent]]:
    """Cut a table at its steps, and where a bundle's id comes again."""
    waiting: list[Intent] = []
    for attempt, _outcome in table:
        intents = sent_by(attempt)
        again = _bundles(waiting) & _bundles(intents)
        if waiting and (callable(attempt) or again):
            yield waiting
            waiting = []
        if callable(attempt):
            yield attempt
        waiting += intents
    if waiting:
        yield waiting


def _bundles(intents: Sequence[Intent]) -> set[object]:
    return {intent.bundle for intent in intents if intent.bundle is not None}
