"""Is it alive, is it ready; what is the API; what do its words mean."""

import time
from pathlib import Path
from typing import Final

from api import health
from api.http.calls import Answer, Call, Caller, Operation, Way
from ledger.errors import Wording

REMEMBERED_S: Final = 5
"""So long an answer is given again: to look opens a connection of its own."""


async def live(_call: Call) -> Answer:
    """Say that the process answers."""
    return Answer(200, {"status": "alive"})


async def ready(call: Call) -> Answer:
    """Say whether it can do its work; what is wrong is told on the machine itself."""
    site = call.site
    at, known = site.readiness
    if known is None or time.monotonic() - at > REMEMBERED_S:
        url = site.engine.url
        file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None

        def look() -> bool:
            found = health.readiness(
                url.render_as_string(hide_password=False),
                file=file,
                key_path=None,
                now=call.now,
                seconds=5,
            )
            return found.ready

        known = await site.workers.first(look)
        site.readiness = (time.monotonic(), known)
    return Answer(200 if known else 503, {"status": "ready" if known else "not_ready"})


OPERATIONS: Final = (
    Operation(
        id="get_health_live",
        method="GET",
        path="/health/live",
        says=Wording("Apakah proses hidup?", "Is the process alive?"),
        caller=Caller.ANYONE,
        action=None,
        way=Way.POSTS,
        run=live,
    ),
    Operation(
        id="get_health_ready",
        method="GET",
        path="/health/ready",
        says=Wording("Apakah server siap bekerja?", "Is the server ready for work?"),
        caller=Caller.ANYONE,
        action=None,
        way=Way.POSTS,
        run=ready,
    ),
)
