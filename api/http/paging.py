"""Pages of lists: how long, and where the next one begins."""

from typing import Any, Final

from api.http.calls import Answer, Call
from api.http.fields import Count, Strict

DEFAULT_SIZE: Final = 50
LARGEST_SIZE: Final = 200


class Page(Strict):
    """How many at once (more than 200 are cut to 200), and after which place."""

    page_size: Count = DEFAULT_SIZE
    page_token: str = ""

    @property
    def size(self) -> int:
        """Give how many are read at once."""
        return max(1, min(self.page_size, LARGEST_SIZE))


def _bound(call: Call) -> tuple[object, ...]:
    """Say what a page token is good for: this caller, this path, this filter."""
    asked = call.query.model_dump(exclude={"page_token", "page_size"})
    filters = tuple(sorted((name, str(value)) for name, value in asked.items()))
    return (call.operation.id, call.path, call.tenant, call.person, filters)


def after(call: Call) -> Any:
    """Say where the page before ended; None for the first.

    Raises: Problem 400.
    """
    token: str = call.query.page_token
    if not token:
        return None
    return call.site.cursors.read(_bound(call), token, call.site.clock().timestamp())


def paged(call: Call, name: str, found: list[Any], place: Any, **more: Any) -> Answer:
    """Answer with a page; `place` is where it ended, None where nothing follows."""
    content: dict[str, Any] = {name: found, **more, "next_page_token": None}
    headers = {}
    if place is not None:
        token = call.site.cursors.sign(_bound(call), place, call.site.clock().timestamp())
        content["next_page_token"] = token
        query = "&".join(
            f"{key}={value}" for key, value in _sent(call).items() if key != "page_token"
        )
        join = f"{query}&" if query else ""
        headers["Link"] = f'<{call.path}?{join}page_token={token}>; rel="next"'
    return Answer(200, content, headers=headers)


def _sent(call: Call) -> dict[str, str]:
    """Give the parameters as they were sent; they are ASCII, and were understood."""
    parts = call.raw_query.decode("ascii").split("&") if call.raw_query else []
    return dict(part.partition("=")[::2] for part in parts)
