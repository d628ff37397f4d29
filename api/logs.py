r"""The operator's log: one line an event, a closed list of names, and no personal data.

What may stand in a line is a list of keys, each with the form its values must have; all else is
dropped, and how much is counted. Names of people who act are the one text, with whatever looks
like a number of a person, a phone or an e-mail address taken out. Texts, statements, parameters
and the words of exceptions never get here: an exception is its class and its place.

>>> scrubbed("3273 0101 0190 0001 di +62 812-3456-7890, siti@contoh.id")
'[nik] di [phone], [email]'
"""

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, TextIO

Form = Literal["json", "console"]
Fields = MutableMapping[str, Any]


class Event(StrEnum):
    """Everything that a log can tell of."""

    ACCOUNT_CHANGED = "account_changed"
    """An account was frozen, closed or opened again, or has other limits."""
    ACCOUNT_OPENED = "account_opened"
    """An account was opened by name."""
    BACKUP_MADE = "backup_made"
    """A backup was made."""
    BACKUP_REHEARSED = "backup_rehearsed"
    """A backup was restored to a scratch database and compared."""
    BACKUP_RESTORED = "backup_restored"
    """A backup was restored."""
    BOOKS_EXPORTED = "books_exported"
    """Entries left the ledger as text."""
    BOOK_CHANGED = "book_changed"
    """A book belongs to other people."""
    BOOK_OPENED = "book_opened"
    """A book was opened, or was there already."""
    BREACH_CHANGED = "breach_changed"
    """A breach was reported, or a notice of it sent."""
    CLIENT_CHANGED = "client_changed"
    """A key for an integrator's back end was added or revoked."""
    CONSENT_CHANGED = "consent_changed"
    """A person gave or withdrew consent."""
    DATABASE_COPIED = "database_copied"
    """All books were copied to another database."""
    DEMO_TOLD = "demo_told"
    """The demonstration was written."""
    DEPLOYMENT_SET_UP = "deployment_set_up"
    """Keys, database and the first administrator were made."""
    ENTRIES_POSTED = "entries_posted"
    """A file of intents was decided."""
    FACTS_RECORDED = "facts_recorded"
    """A participant told something of herself."""
    FUND_CHANGED = "fund_changed"
    """A fund was opened, or may pay for something more."""
    HOUSEHOLD_CHANGED = "household_changed"
    """A budget of a household was set."""
    KEY_REPLACED = "key_replaced"
    """The master key was replaced."""
    LEDGER_VERIFIED = "ledger_verified"
    """Everything was recomputed, and agreed or did not."""
    LIBRARY_WARNED = "library_warned"
    """A library had something to say; its words are left out."""
    OFFICER_CHANGED = "officer_changed"
    """An officer came, went, or has another role, passphrase or second factor."""
    PERIOD_CHANGED = "period_changed"
    """A period was closed, or opened again by two people."""
    PERSON_CHANGED = "person_changed"
    """A person was registered, changed, merged or related, or one of her devices was."""
    PERSON_ERASED = "person_erased"
    """A person was erased, or erased again after a restore."""
    PERSON_SEEN = "person_seen"
    """The vault of a person was opened; the access log tells her."""
    PROPOSAL_DECIDED = "proposal_decided"
    """A proposal was approved, refused, withdrawn or executed."""
    REQUEST_ANSWERED = "request_answered"
    """A request over HTTP was answered; `what` is the operation, `status` how."""
    REQUEST_CHANGED = "request_changed"
    """A person's request about her data came in or was answered."""
    ROLES_MADE = "roles_made"
    """The roles of the database were made or put right."""
    SCHEMA_MIGRATED = "schema_migrated"
    """The schema was brought to a version."""
    SERVER_RAN = "server_ran"
    """The HTTP API was served, and has stopped."""
    SESSION_ENDED = "session_ended"
    """An officer's sessions were ended."""
    SIGN_INS_PRUNED = "sign_ins_pruned"
    """Devices and wrong attempts past their period were forgotten."""
    STATEMENT_IMPORTED = "statement_imported"
    """A bank's statement was brought in."""


class Result(StrEnum):
    """How it ended."""

    DONE = "done"
    """As asked for."""
    REFUSED = "refused"
    """Understood and refused, in whole or in part; `code` says why where there is one reason."""
    FAILED = "failed"
    """The database or a file failed; `error` is its class."""
    STOPPED = "stopped"
    """By whoever started it."""
    CRASHED = "crashed"
    """A mistake in the program; `trace` is its place."""


# What a line may hold.

_EMAIL: Final = re.compile(r"[^\s@“”\"'<>,;]+@[^\s@“”\"'<>,;]+")
_NIK: Final = re.compile(r"(?<!\d)\d(?:[ .\-/]{0,2}\d){15}(?!\d)")
_PHONE: Final = re.compile(r"(?<!\w)\+?\(?\d(?:[ ().\-/]{0,3}\d){7,19}(?!\d)")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def scrubbed(text: str) -> str:
    """Take out what looks like an identity number, a phone number or an e-mail address.

    >>> scrubbed("closed through 2026-09-30, 24 entries")
    'closed through 2026-09-30, 24 entries'
    """
    text = _NIK.sub("[nik]", _EMAIL.sub("[email]", text))
    return _PHONE.sub(lambda found: found[0] if _DAY.fullmatch(found[0]) else "[phone]", text)


def _matching(pattern: str) -> Callable[[Any], Any]:
    form = re.compile(pattern)

    def check(value: Any) -> Any:
        return value if isinstance(value, str) and form.fullmatch(value) else None

    return check


def _number(value: Any) -> Any:
    return value if type(value) is int else None


def _flag(value: Any) -> Any:
    return value if type(value) is bool else None


def _counts(value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    kept = {str(code): n for code, n in value.items() if _CODE(str(code)) and type(n) is int}
    return kept or None


def _person(value: Any) -> Any:
    """Keep a name of somebody who acts, which says who but not how to reach her."""
    return None if _ACTOR(value) is None else scrubbed(value)


def _places(value: Any) -> Any:
    if not isinstance(value, list):
        return None
    return [each for each in value if _PLACE(each)]


_CODE: Final = _matching(r"[a-z][a-z_]{0,63}")
_ACTOR: Final = _matching(r"[A-Za-z0-9][A-Za-z0-9_.:@/+-]{0,63}")
_CLASS: Final = _matching(r"[A-Za-z_]\w{0,63}(?:\.[A-Za-z_]\w{0,63}){0,5}")
_PLACE: Final = _matching(r"[\w./<>-]{1,120}:\d{1,6} [\w<>]{1,80}")

ALLOWED: Final[dict[str, Callable[[Any], Any]]] = {
    "at": _matching(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z"),
    "level": _matching("info|warning|error"),
    "event": _matching("|".join(Event)),
    "run": _matching(r"[0-9a-f]{16}"),
    "result": _matching("|".join(Result)),
    "actor": _person,
    "approved_by": _person,
    "code": _CODE,
    "error": _CLASS,
    "logger": _CLASS,
    "trace": _places,
    "sqlstate": _matching(r"[0-9A-Z]{5}"),
    "revision": _matching(r"\d{4}"),
    "what": _CODE,
    "request": _matching(r"[0-9a-f]{32}"),
    "traced": _matching(r"[0-9a-f]{32}"),
    "counts": _counts,
    "dry_run": _flag,
    **dict.fromkeys(
        ("account", "accounts", "book", "books", "dropped", "entries", "existing", "lines"),
        _number,
    ),
    **dict.fromkeys(("milliseconds", "posted", "problems", "refused"), _number),
    **dict.fromkeys(("client", "person", "status", "tenant"), _number),
}
"""Keys that a line may have, in this order, and what makes a value fit to stand there."""


def allowed(_logger: Any, _method: str, fields: Fields) -> Fields:
    """Keep what the list allows, and say how many fields it did not."""
    kept = {
        key: value
        for key, fit in ALLOWED.items()
        if key in fields and (value := fit(fields[key])) is not None
    }
    dropped = sum(value is not None and key not in kept for key, value in fields.items())
    return {**kept, "dropped": dropped} if dropped else kept


def as_json(_logger: Any, _method: str, fields: Fields) -> str:
    """Write a line for programs: ASCII only, so no character can begin another line."""
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))


def as_console(_logger: Any, _method: str, fields: Fields) -> str:
    """Write a line for people; values are quoted as JSON, for the same reason."""
    told = (f"{key}={json.dumps(value, ensure_ascii=True)}" for key, value in fields.items())
    return " ".join(told)


def processors(form: Form) -> list[Any]:
    """Give the way of every event: nothing that is not allowed comes to the end of it."""
    return [allowed, as_json if form == "json" else as_console]


# Where lines go.


class Sink:
    """A file that only its owner may read, or the error output; each line in one write."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or take the error output where there is none."""
        self._file: int | None = None
        if path is not None:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def msg(self, line: str) -> None:
        """Write a line. What was done stays done where it cannot be told, so nothing is raised."""
        data = (line + "\n").encode("ascii", "backslashreplace")
        try:
            if self._file is None:
                sys.stderr.write(data.decode("ascii"))
                sys.stderr.flush()
            else:
                os.write(self._file, data)
        except (OSError, ValueError, AttributeError):
            return

    info = warning = error = msg

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Log:
    """Writes events with the clock's time and the run they belong to; without a sink, nothing."""

    def __init__(
        self,
        sink: Sink | None = None,
        *,
        form: Form = "json",
        run: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Bind the run to every line."""
        self._sink = sink
        self._clock = clock
        if sink is not None:
            import structlog

            self._logger = structlog.wrap_logger(
                sink, processors=processors(form), wrapper_class=structlog.BoundLogger, run=run
            )

    def write(self, event: Event, *, level: str = "info", **facts: Any) -> None:
        """Write one event."""
        if self._sink is None:
            return
        at = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        getattr(self._logger, level)(event.value, at=at, level=level, **facts)

    def close(self) -> None:
        """Let the sink go."""
        if self._sink is not None:
            self._sink.close()


# Exceptions, without their words.


def described(error: BaseException) -> dict[str, Any]:
    """Say what an exception is and where it comes from; its words may hold anything."""
    facts: dict[str, Any] = {"error": type(error).__name__}
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if state:
        facts["sqlstate"] = state
    return facts


def trace(error: BaseException) -> list[str]:
    """Name the places an exception passed, the last ones of each of its causes."""
    places = []
    for each in _causes(error):
        for frame in traceback.extract_tb(each.__traceback__)[-8:]:
            short = "/".join(Path(frame.filename).parts[-2:])
            places.append(f"{short}:{frame.lineno} {frame.name}")
    return places


def _causes(error: BaseException) -> Iterable[BaseException]:
    """Go from the first cause to the last exception."""
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.insert(0, each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return chain


def tell_crash(error: BaseException, output: TextIO) -> None:
    """Print a traceback as Python does, without the words of the exceptions."""
    for each in _causes(error):
        lines = traceback.format_list(traceback.extract_tb(each.__traceback__))
        kind = type(each)
        name = kind.__qualname__
        if kind.__module__ != "builtins":
            name = f"{kind.__module__}.{name}"
        output.write("Traceback (most recent call last):\n" + "".join(lines))
        output.write(f"{name} (its words are left out: they may hold personal data)\n")


class _Libraries(logging.Handler):
    """Takes what libraries log: who spoke, and where, without what was said."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Note that a library spoke."""
        facts: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            facts |= {**described(record.exc_info[1]), "trace": trace(record.exc_info[1])}
        self._log.write(Event.LIBRARY_WARNED, level="warning", **facts)


def take_over(log: Log) -> None:
    """Keep the words of libraries and exceptions off the error output of this program."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Libraries)]:
        root.removeHandler(handler)
    root.addHandler(_Libraries(log))

    def crashed(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if sys.stderr is not None:
            tell_crash(error, sys.stderr)

    def thread_crashed(what: threading.ExceptHookArgs) -> None:
        if sys.stderr is not None and what.exc_value is not None:
            tell_crash(what.exc_value, sys.stderr)

    sys.excepthook = crashed
    threading.excepthook = thread_crashed
