"""docs/http.md is true: every route stands in it, and nothing else does."""

import re
from pathlib import Path

from api.http.routes import OPERATIONS

PAGE = Path(__file__).parents[3] / "docs" / "http.md"


def test_every_route_stands_on_the_page() -> None:
    told = set(
        re.findall(r"^\| `([A-Z]+ /\S+)` \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    )

    prefixes = {each.id: "" if each.path.startswith("/health") else "/v1" for each in OPERATIONS}
    assert told == {
        (f"{each.method} {prefixes[each.id]}{each.path}", each.says.en) for each in OPERATIONS
    }
