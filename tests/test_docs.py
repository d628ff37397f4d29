"""Documents that repeat what the code says are compared with it."""

import ast
import itertools
import os
import re
from pathlib import Path
from types import ModuleType

from ledger.access import actions, policy
from ledger.access import roles as all_roles
from ledger.access.actions import Action, Relation
from ledger.access.roles import Role
from ledger.journal import outcomes
from ledger.journal.outcomes import ACCEPTED, NOT_STORED, Code

ROOT = Path(__file__).parents[1]
INTRODUCTION = """\
What the journal answers to each item, in order of precedence: of two reasons to refuse, the earlier
is answered. A *frozen* refusal is stored with the id and replayed to every repeat; all others leave
the id free."""
OUTCOMES = ROOT / "docs" / "outcomes.md"


def meanings(module: ModuleType = outcomes, of: str = "Code") -> dict[str, str]:
    """Read the sentence under each member of an enumeration."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    (members,) = [
        node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == of
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


POLICY = ROOT / "docs" / "policy.md"
POLICY_INTRODUCTION = """\
Who may do what, written from `ledger/access/policy.py`. A letter says in which relation to the
object a role may do it; a dot denies, and so does everything that is not here. An officer does not
serve herself: `t` is not `o`. It comes before four eyes (docs/decisions/0024) and the duties of a
day, and replaces neither."""


def policy_page() -> str:
    """Write the table of the policy, with what roles and relations mean."""
    letters = policy._LETTERS
    about_roles = meanings(all_roles, "Role")
    about_relations = meanings(actions, "Relation")
    about_actions = meanings(actions, "Action")
    short = dict(zip(Role, policy._COLUMNS, strict=True))
    lines = ["# Policy", "", POLICY_INTRODUCTION, "", "| letter | the object |", "|---|---|"]
    for letter, relation in letters.items():
        lines.append(f"| `{letter}` | {about_relations[relation]} |")
    lines.append(f"| never | {about_relations[Relation.FOREIGN]} |")
    lines += ["", "| | role | |", "|---|---|---|"]
    lines += [f"| `{short[role]}` | {role.value} | {about_roles[role]} |" for role in Role]
    lines += ["", f"| action | {' | '.join(short.values())} | |", "|---" * (len(Role) + 2) + "|"]
    for action in Action:
        cells = [
            "".join(
                letter for letter, each in letters.items() if each in policy.TABLE[action][role]
            )
            for role in Role
        ]
        row = " | ".join(cell or "." for cell in cells)
        lines.append(f"| `{action.value}` | {row} | {about_actions[action]} |")
    return "\n".join(lines) + "\n"


def test_the_page_of_the_policy_is_the_table_in_the_code() -> None:
    """Write it anew with JUANG_UPDATE=1."""
    if os.environ.get("JUANG_UPDATE"):
        POLICY.write_text(policy_page(), "utf-8")

    assert POLICY.read_text("utf-8") == policy_page()


def test_every_action_role_and_relation_says_what_it_means() -> None:
    for of, module, members in (
        ("Action", actions, Action),
        ("Relation", actions, Relation),
        ("Role", all_roles, Role),
    ):
        assert set(meanings(module, of)) == {member.value for member in members}
