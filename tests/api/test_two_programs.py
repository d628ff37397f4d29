"""Two programs, each with a posting queue of its own, on one database: every request once."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine

from tests.api.conftest import Juang

JUANG = Path(sys.executable).with_name("juang")
COUNT = 400


def _line(number: int, book: str) -> str:
    money = {"amount": "1", "currency": "HKD" if book == "siti" else "IDR"}
    return json.dumps(
        {
            "id": f"0198d000-0000-7000-8000-{number:012x}",
            "book": book,
            "effective_date": "2026-11-20",
            "postings": [
                {"account": "expenses:food", "debit": money},
                {"account": "equity:opening", "credit": money},
            ],
        }
    )


def test_what_two_programs_post_at_once_is_done_once(
    engine: Engine, juang: Juang, place: Path
) -> None:
    """Both post all of it: one from the front, the other from behind, the books the other way."""
    where = ("--db", engine.url.render_as_string(hide_password=False), "--key-file", "s.key")
    assert juang(*where, "demo").code == 0
    lines = [_line(number, book) for number in range(COUNT) for book in ("siti", "keluarga")]
    (place / "0.jsonl").write_text("\n".join(lines))
    (place / "1.jsonl").write_text("\n".join(reversed(lines)))

    programs = [
        subprocess.Popen(
            [JUANG, *where, "post", f"{at}.jsonl", "--format", "json"], stdout=subprocess.PIPE
        )
        for at in range(2)
    ]
    answers = [
        [json.loads(line) for line in program.communicate(timeout=60)[0].splitlines()]
        for program in programs
    ]

    assert [program.returncode for program in programs] == [0, 0]
    codes = Counter(each["code"] for answer in answers for each in answer)
    assert codes == {"posted": 2 * COUNT, "exists": 2 * COUNT}
    numbers = [{each["id"] + each["book"]: each["entry"] for each in answer} for answer in answers]
    assert numbers[0] == numbers[1]
    assert len({*numbers[0]}) == 2 * COUNT
    assert juang(*where, "verify").code == 0
