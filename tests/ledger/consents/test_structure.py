"""Facts feed disaggregation and never the score: by structure, and the structure is tried."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONTRACT = "no score sees what participants tell of themselves (docs/decisions/0021)"


def test_no_score_names_the_table_of_facts() -> None:
    """Raw SQL would pass the import order."""
    named = [
        path
        for path in (ROOT / "models").rglob("*.py")
        if re.search(r"person_fact|consents\W+facts", path.read_text(encoding="utf-8"))
    ]

    assert named == []


@pytest.mark.parametrize(
    ("imports", "code"),
    [
        ("from ledger.consents import texts", 0),
        ("import ledger.consents.facts.tables", 1),
        ("from ledger.consents import facts", 1),
        ("from ledger.consents import through", 1),
        ("import ledger.exports", 1),
    ],
)
def test_the_import_order_refuses_facts_to_models(tmp_path: Path, imports: str, code: int) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [
        each for each in project["tool"]["importlinter"]["contracts"] if each["name"] == CONTRACT
    ]
    for package in ("models", "ledger", "ledger/consents", "ledger/consents/facts"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    for module in ("consents/facts/tables", "consents/texts", "exports"):
        (tmp_path / f"ledger/{module}.py").write_text("")
    (tmp_path / "ledger/consents/queries").mkdir()
    (tmp_path / "ledger/consents/queries/__init__.py").write_text("")
    (tmp_path / "ledger/consents/queries/contributors.py").write_text("")
    (tmp_path / "ledger/consents/through.py").write_text("from ledger.consents.facts import tables")
    (tmp_path / "models/features.py").write_text(imports)
    forbidden = "\n    ".join(contract["forbidden_modules"])
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_packages =\n    models\n    ledger\n"
        f"[importlinter:contract:1]\nname = it\ntype = {contract['type']}\n"
        f"source_modules = models\nforbidden_modules =\n    {forbidden}\n"
    )

    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == code, ended.stdout + ended.stderr
