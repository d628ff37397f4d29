"""The rules of the house, as tests.

Each check is a function from a source to its problems, and is itself tried on snippets that
break its rule and on those that only seem to. Those snippets escape a letter where this file
would otherwise break the rule itself.

The import order of packages and rooms is import-linter's (pyproject.toml); these rules are finer.
"""

import ast
import functools
import re
import socket
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

from tests import conftest

ROOT = Path(__file__).resolve().parents[1]

FUNCTION_LINES = 60
MODULE_LINES = 400
LINE_LENGTH = 100

SQL_LIBRARIES = {"sqlalchemy", "alembic"}
SQL_MODULES = {"tables", "queries", "operations"}
"""The modules (or packages of that name) of a room that speak SQL; all its others are pure."""

QUEUE = PurePosixPath("ledger/journal/queue.py")
"""Group commit: the one module of the ledger that ends transactions."""

DRAWERS = {"utils", "helpers", "common", "manager", "service"}
CLOCKS = {"now", "today", "utcnow"}
CHANCE_MODULES = {"random", "secrets"}
CHANCE_CALLS = {"uuid1", "uuid4", "uuid7", "urandom"}
END_OF_TRANSACTION = {"commit", "rollback"}

LEFTOVER = re.compile(r"\b(?:FIX[M]E|TO[D]O)\b")
OUTSIDE = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.org|npmjs\.(?:org|com)|debian\.org"
    r"|--(?:extra-)?index[-]url|--find[-]links|(?<![\w.~-])/(?:home|root|work|Users)/[\w.]"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the project: where it is, and what it says."""

    path: PurePosixPath
    text: str

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    def is_in(self, *folders: str) -> bool:
        return self.path.parts[0] in folders

    def speaks_sql(self) -> bool:
        """Tell whether this module may: by its name, its room, or as a named exception."""
        names = {*self.path.with_suffix("").parts}
        return (
            bool(names & {*SQL_MODULES, "migrations", "verify"})
            or self.is_of_db()
            or self.path == QUEUE
        )

    def is_of_db(self) -> bool:
        return self.path.with_suffix("").parts[:2] == ("ledger", "db")


@functools.cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


Problems = Iterator[tuple[int, str]]
Check = Callable[[Source], Problems]


def sql_has_its_modules(source: Source) -> Problems:
    """Only tables, queries, operations, db, migrations, verify and the queue import SQLAlchemy."""
    if source.is_in("ledger", "models") and not source.speaks_sql():
        for line, name in _imports(source):
            if name.split(".")[0] in SQL_LIBRARIES:
                yield line, f"{name} in a pure module"


def pure_modules_stay_pure(source: Source) -> Problems:
    """A pure module of a room does not reach the database through its neighbours either."""
    if source.is_in("ledger") and not source.speaks_sql():
        for line, name in _imports(source):
            if SQL_MODULES & {*name.split(".")}:
                yield line, f"{name} in a pure module"


def the_ledger_reads_no_clock(source: Source) -> Problems:
    """Dates and instants are arguments."""
    for node in _nodes_of_ledger(source):
        if isinstance(node, ast.Attribute) and (
            node.attr in CLOCKS or ast.unparse(node) in {"time.time", "time.time_ns"}
        ):
            yield node.lineno, f"{ast.unparse(node)} reads a clock"


def the_ledger_draws_no_lots(source: Source) -> Problems:
    """Ids and keys are arguments."""
    for node in _nodes_of_ledger(source):
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in CHANCE_CALLS:
                yield node.lineno, f"{name} draws a random number"
    if source.is_in("ledger"):
        for line, name in _imports(source):
            if name.split(".")[0] in CHANCE_MODULES:
                yield line, f"{name} draws random numbers"


def the_ledger_has_no_floats(source: Source) -> Problems:
    """Money and rates are integers and decimals; a float may only be recognised, to refuse it."""
    recognised: set[ast.AST] = set()
    for node in _nodes_of_ledger(source):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            recognised.update(ast.walk(node.args[1]))
        if isinstance(node, ast.MatchClass):
            recognised.add(node.cls)
    for node in _nodes_of_ledger(source):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"{node.value} is a float"
        if isinstance(node, ast.Name) and node.id == "float" and node not in recognised:
            yield node.lineno, "float in the ledger"


def the_ledger_ends_no_transaction(source: Source) -> Problems:
    """The caller commits, at the edge; only the posting queue commits for its waiting callers."""
    if source.path == QUEUE or source.is_of_db():
        return
    for node in _nodes_of_ledger(source):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in END_OF_TRANSACTION
        ):
            yield node.lineno, f"{ast.unparse(node.func)}() ends the caller's transaction"


def functions_are_short(source: Source) -> Problems:
    """A function fits a screen."""
    for node in _nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines, more than {FUNCTION_LINES}"


def modules_are_short(source: Source) -> Problems:
    """A module is about one thing."""
    lines = source.text.count("\n")
    if source.is_python and lines > MODULE_LINES:
        yield 1, f"{lines} lines, more than {MODULE_LINES}"


def lines_are_short(source: Source) -> Problems:
    """A line fits beside another one; what is said to a checker at its end does not count."""
    if source.is_python:
        for number, whole in enumerate(source.text.splitlines(), start=1):
            line = re.sub(r"  # (type: ignore\[|noqa: ).*", "", whole)
            if len(line) > LINE_LENGTH:
                yield number, f"{len(line)} characters, more than {LINE_LENGTH}"


def modules_say_what_they_are_for(source: Source) -> Problems:
    """Every module has a docstring; an empty `__init__.py` only marks a folder."""
    if source.is_python and source.text.strip() and not ast.get_docstring(_parsed(source.text)):
        yield 1, "no docstring"


def no_module_is_a_drawer(source: Source) -> Problems:
    """A module has the name of its subject."""
    for name in DRAWERS & {*source.path.with_suffix("").parts}:
        yield 1, f"{name!r} names no subject"


def nothing_is_left_to_do(source: Source) -> Problems:
    """What is left to do is an issue, not a note in the code."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        for found in LEFTOVER.findall(line):
            yield number, found


def nothing_names_a_machine(source: Source) -> Problems:
    """No registry's address and no path of somebody's machine is in a file of the project."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        for found in OUTSIDE.findall(line):
            yield number, found


CHECKS: tuple[Check, ...] = (
    sql_has_its_modules,
    pure_modules_stay_pure,
    the_ledger_reads_no_clock,
    the_ledger_draws_no_lots,
    the_ledger_has_no_floats,
    the_ledger_ends_no_transaction,
    functions_are_short,
    modules_are_short,
    lines_are_short,
    modules_say_what_they_are_for,
    no_module_is_a_drawer,
    nothing_is_left_to_do,
    nothing_names_a_machine,
)

BROKEN: tuple[tuple[Check, str, str], ...] = (
    (sql_has_its_modules, "ledger/loans/interest.py", "import sqlalchemy.orm"),
    (sql_has_its_modules, "ledger/loans/interest.py", "from alembic import op"),
    (sql_has_its_modules, "models/features.py", "from sqlalchemy import select"),
    (pure_modules_stay_pure, "ledger/loans/interest.py", "from ledger.loans import tables"),
    (pure_modules_stay_pure, "ledger/loans/interest.py", "from ledger.loans.tables import Loan"),
    (pure_modules_stay_pure, "ledger/loans/interest.py", "import ledger.books.queries"),
    (pure_modules_stay_pure, "ledger/loans/__init__.py", "from . import operations"),
    (the_ledger_reads_no_clock, "ledger/loans/arrears.py", "x = datetime.now(UTC)"),
    (the_ledger_reads_no_clock, "ledger/loans/tables.py", "x = field(default_factory=date.today)"),
    (the_ledger_reads_no_clock, "ledger/loans/queries.py", "x = func.now()"),
    (the_ledger_reads_no_clock, "ledger/loans/arrears.py", "x = time.time()"),
    (the_ledger_draws_no_lots, "ledger/loans/terms.py", "import secrets"),
    (the_ledger_draws_no_lots, "ledger/loans/terms.py", "from random import shuffle"),
    (the_ledger_draws_no_lots, "ledger/loans/terms.py", "x = uuid4()"),
    (the_ledger_draws_no_lots, "ledger/loans/terms.py", "x = os.urandom(32)"),
    (the_ledger_has_no_floats, "ledger/loans/terms.py", "rate = 0.24"),
    (the_ledger_has_no_floats, "ledger/loans/terms.py", "rate = float(text)"),
    (the_ledger_has_no_floats, "ledger/loans/terms.py", "def amortise(rate: float) -> int: ..."),
    (the_ledger_ends_no_transaction, "ledger/loans/operations.py", "session.commit()"),
    (the_ledger_ends_no_transaction, "ledger/journal/operations.py", "session.rollback()"),
    (functions_are_short, "api/cli.py", "async def main():\n" + "    pass\n" * FUNCTION_LINES),
    (modules_are_short, "jobs/run.py", "x = 1\n" * (MODULE_LINES + 1)),
    (lines_are_short, "tests/test_it.py", "#" * (LINE_LENGTH + 1)),
    (modules_say_what_they_are_for, "models/score.py", "x = 1"),
    (no_module_is_a_drawer, "ledger/loans/utils.py", ""),
    (no_module_is_a_drawer, "ledger/common/money.py", ""),
    (nothing_is_left_to_do, "docs/plan.md", "TO\x44O: think"),
    (nothing_is_left_to_do, "ledger/money.py", "# FIX\x4dE"),
    (nothing_names_a_machine, "requirements.txt", "--index\x2durl https://mirror.example/"),
    (nothing_names_a_machine, "pyproject.toml", 'url = "https://pypi\x2eorg/simple"'),
    (nothing_names_a_machine, "docs/notes.md", "see /\x68ome/budi/ledger"),
)

ALLOWED: tuple[tuple[Check, str, str], ...] = (
    (sql_has_its_modules, "ledger/loans/queries/page.py", "from sqlalchemy import select"),
    (sql_has_its_modules, "ledger/db/types.py", "import sqlalchemy"),
    (sql_has_its_modules, "ledger/migrations/env.py", "from alembic import context"),
    (sql_has_its_modules, "ledger/journal/verify.py", "import sqlalchemy"),
    (sql_has_its_modules, "ledger/journal/queue.py", "import sqlalchemy"),
    (sql_has_its_modules, "api/session.py", "import sqlalchemy"),
    (pure_modules_stay_pure, "ledger/loans/operations.py", "from ledger.loans import tables"),
    (the_ledger_reads_no_clock, "api/cli.py", "x = datetime.now(UTC)"),
    (the_ledger_reads_no_clock, "ledger/journal/queue.py", "x = time.monotonic()"),
    (the_ledger_draws_no_lots, "api/cli.py", "import secrets"),
    (the_ledger_has_no_floats, "models/score.py", "x = 0.5"),
    (the_ledger_has_no_floats, "ledger/money.py", "x = isinstance(amount, (bool, float))"),
    (the_ledger_ends_no_transaction, "ledger/journal/queue.py", "session.commit()"),
    (the_ledger_ends_no_transaction, "ledger/db/engine.py", "connection.commit()"),
    (functions_are_short, "api/cli.py", "def main():\n" + "    pass\n" * (FUNCTION_LINES - 1)),
    (modules_say_what_they_are_for, "tests/ledger/__init__.py", ""),
    (
        nothing_names_a_machine,
        "docs/notes.md",
        "~/home/x, ../srv/x and https://example.org/home/x",
    ),
)


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    """Yield every imported module by its dotted name, `from a import b` as a.b."""
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{node.module or ''}.{alias.name}".lstrip(".")


def _nodes(source: Source) -> Iterator[ast.AST]:
    return ast.walk(_parsed(source.text)) if source.is_python else iter(())


def _nodes_of_ledger(source: Source) -> list[ast.AST]:
    return list(_nodes(source)) if source.is_in("ledger") else []


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    """Read every text file of the project, and none that tools have made."""
    return list(_read(ROOT))


def _read(folder: Path) -> Iterator[Source]:
    for path in sorted(folder.iterdir()):
        made = path.name in {"build", "dist", "__pycache__"} or path.suffix == ".egg-info"
        if made or (path.name.startswith(".") and path.name != ".ci"):
            continue
        if path.is_dir():
            yield from _read(path)
            continue
        content = path.read_bytes()
        if b"\0" not in content:  # a database or a picture has no lines to check
            yield Source(PurePosixPath(path.relative_to(ROOT)), content.decode(errors="replace"))


def _names(values: Iterable[object]) -> list[str]:
    return [getattr(value, "__name__", "") for value in values]


@pytest.mark.parametrize("check", CHECKS, ids=_names(CHECKS))
def test_the_house_keeps_its_rules(check: Check, sources: list[Source]) -> None:
    problems = [
        f"{source.path}:{line}: {problem}" for source in sources for line, problem in check(source)
    ]

    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize(("check", "path", "text"), BROKEN)
def test_a_check_finds_what_breaks_its_rule(check: Check, path: str, text: str) -> None:
    assert list(check(Source(PurePosixPath(path), text)))


@pytest.mark.parametrize(("check", "path", "text"), ALLOWED)
def test_a_check_lets_the_exceptions_pass(check: Check, path: str, text: str) -> None:
    assert not list(check(Source(PurePosixPath(path), text)))


def test_every_check_is_tried_on_a_broken_rule() -> None:
    assert {check for check, _, _ in BROKEN} == set(CHECKS)


def _missing_from_map(readme: str, rooms: Iterable[str]) -> list[str]:
    return [room for room in rooms if not re.search(rf"(?<!\w){room}/", readme)]


def test_the_map_of_the_ledger_shows_every_room() -> None:
    rooms = sorted(path.parent.name for path in (ROOT / "ledger").glob("*/__init__.py"))

    assert not _missing_from_map((ROOT / "ledger/README.md").read_text(), rooms)


def test_a_room_that_is_not_on_the_map_is_missed() -> None:
    assert _missing_from_map("`books/` charts, `old_journal/`", ["books", "journal"]) == ["journal"]


def _unmet(requirements: Iterable[str], lock: str) -> list[str]:
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, flags=re.MULTILINE))
    wanted = [Requirement(text) for text in requirements]
    return [str(each) for each in wanted if not each.specifier.contains(pins.get(each.name, "0"))]


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed, also = project["dependencies"], project["optional-dependencies"]["dev"]

    assert not _unmet(needed, (ROOT / "requirements.txt").read_text())
    assert not _unmet(needed + also, (ROOT / "requirements-dev.txt").read_text())


def test_a_lock_that_is_too_old_is_noticed() -> None:
    assert _unmet(["click>=8.3", "rich>=15"], "click==8.1.0 \\\nrich==15.0.0 \\\n") == [
        "click>=8.3"
    ]


def test_a_test_reaches_no_other_machine() -> None:
    with socket.socket() as sock, pytest.raises(PermissionError, match="may not connect"):
        sock.connect(("255.255.255.255", 9))


def test_nothing_may_be_skipped_where_all_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUANG_REQUIRE_ALL", "1")
    place = ("tests/test_it.py", 1, "test_it")
    skipped = pytest.TestReport("it", place, {}, "skipped", "no hledger", "setup")

    assert conftest.required(skipped).outcome == "failed"
