"""Documents that repeat what the code says are compared with it."""

import ast
import itertools
import os
import re
from pathlib import Path

from ledger.journal import outcomes
from ledger.journal.outcomes import ACCEPTED, NOT_STORED, Code

ROOT = Path(__file__).parents[1]
INTRODUCTION = """\
What the journal answers to each item, in order of precedence: of two reasons to refuse, the earlier
is answered. A *frozen* refusal is stored with the id and replayed to every repeat; all others leave
the id free."""
OUTCOMES = ROOT / "docs" / "outcomes.md"


def meanings() -> dict[str, str]:
    """Read the sentence under each member of `Code`."""
    tree = ast.parse(Path(outcomes.__file__).read_text("utf-8"))
    (members,) = [
        node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Code"
    ]
    found: dict[str, str] = {}
    for member, text in itertools.pairwise(members):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr):
            found[ast.literal_eval(member.value)] = ast.literal_eval(text.value)
    return found


def table() -> str:
    """Write the table of outcomes, in order of precedence."""
    said = meanings()
    lines = [
        "# Outcomes",
        "",
        INTRODUCTION,
        "",
        "| code | meaning | |",
        "|---|---|---|",
    ]
    for code in Code:
        family = "accepted" if code in ACCEPTED else "" if code in NOT_STORED else "frozen"
        lines.append(f"| `{code}` | {said[code]} | {family} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_outcomes_is_the_one_in_the_code() -> None:
    """Write it anew with JUANG_UPDATE=1."""
    if os.environ.get("JUANG_UPDATE"):
        OUTCOMES.write_text(table(), "utf-8")

    assert OUTCOMES.read_text("utf-8") == table()


def test_the_threat_model_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)

    assert len(named) > 20
    for path, test in named:
        source = (ROOT / path).read_text("utf-8")
        assert f"def {test}(" in source or not test, f"{path}::{test}"


def test_every_outcome_says_what_it_means() -> None:
    assert set(meanings()) == {code.value for code in Code}
