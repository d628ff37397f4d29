"""Page tokens: where a page ended, signed for one caller, one operation and one filter.

>>> cursors = Cursors(bytes(32))
>>> token = cursors.sign(("entries", 1), [7], 1_000)
>>> cursors.read(("entries", 1), token, 1_000)
[7]
"""

import base64
import binascii
import hmac
import json
from typing import Any, Final

from api.http.problems import Problem

GOOD_FOR_S: Final = 24 * 3600
_TAG: Final = 16


class Cursors:
    """Signs page tokens, and reads them back."""

    def __init__(self, master_key: bytes) -> None:
        """Derive the key."""
        self._key = hmac.digest(master_key, b"juang/page-token/1", "sha256")

    def sign(self, bound: object, place: Any, now: float) -> str:
        """Make a token for a place, for whoever asks the same of the same, within a day."""
        content = json.dumps([int(now) + GOOD_FOR_S, place], separators=(",", ":")).encode()
        token = self._tag(bound, content) + content
        return base64.urlsafe_b64encode(token).rstrip(b"=").decode()

    def read(self, bound: object, token: str, now: float) -> Any:
        """Read where a page ended.

        Raises: Problem 400 for what was altered, is another's or another list's, or is a day old.
        """
        try:
            content = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (ValueError, binascii.Error) as error:
            raise Problem("page_token_invalid") from error
        tag, content = content[:_TAG], content[_TAG:]
        if not hmac.compare_digest(tag, self._tag(bound, content)):
            raise Problem("page_token_invalid")
        ends, place = json.loads(content)
        if now >= ends:
            raise Problem("page_token_invalid")
        return place

    def _tag(self, bound: object, content: bytes) -> bytes:
        return hmac.digest(self._key, repr(bound).encode() + b"\0" + content, "sha256")[:_TAG]
