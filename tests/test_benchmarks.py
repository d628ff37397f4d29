"""The benchmarks still run: each figure is there, with its ratio; no speed is judged here."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {
    "batch sqlite": 3,
    "batch postgresql": 3,
    "single": 2,
    "bitemporal": 3,
    "reads": 10,
    "verify": 2,
    "import": 1,
    "http": 2,
}


def test_a_quick_run_prints_every_figure_with_its_ratio(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", written],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )

    figures = json.loads(written.read_text())
    lines = done.stdout.splitlines()[1:]
    assert len(lines) == len(figures) == sum(FIGURES.values())
    assert all("ratio" in line and "target" in line for line in lines)
    assert all(figure["ratio"] > 0 for figure in figures)
    for name, count in FIGURES.items():
        assert sum(figure["what"].startswith(name) for figure in figures) == count


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "speed"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert "no such benchmark: speed" in done.stderr
