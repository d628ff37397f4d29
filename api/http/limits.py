"""How often somebody may ask: counted per session or client, and per address before that.

Counts are this process's own. The numbers are told in the header fields that the IETF draft
`ratelimit-headers` names (api.md §1), and a refusal always says when to come back.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from api.http.settings import Allowance

WINDOW_S: Final = 60
_MOST_KEPT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an allowance, and in how many seconds it is whole again."""

    allowance: Allowance
    requests: int
    seconds: int
    refused: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Tell it in header fields."""
        name = self.allowance.name
        policy = f'"{name}";q={self.allowance.requests};w={WINDOW_S}'
        rest = f'"{name}";r={self.requests};t={self.seconds}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", rest.encode())]


class Limits:
    """Counts requests by who sends them, in windows of a minute."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._counts: OrderedDict[tuple[str, object], tuple[float, int]] = OrderedDict()

    def take(self, allowance: Allowance, who: object, now: float) -> Left:
        """Count one request of somebody's, unless it is one too many; `now` in seconds."""
        key = (allowance.name, who)
        began, count = self._counts.get(key, (now, 0))
        if now - began >= WINDOW_S or now < began:
            began, count = now, 0
        refused = count >= allowance.requests
        if not refused:
            count += 1
            self._counts[key] = (began, count)
            self._counts.move_to_end(key)
            while len(self._counts) > _MOST_KEPT:
                self._counts.popitem(last=False)
        seconds = max(1, math.ceil(began + WINDOW_S - now))
        return Left(allowance, allowance.requests - count, seconds, refused)


def network(address: str) -> str:
    """Name what an address is counted as: itself, or the /64 that somebody with IPv6 has whole.

    >>> network("203.0.113.7"), network("2001:db8:1:2:3::4"), network("?")
    ('203.0.113.7', '2001:db8:1:2::/64', '?')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        prefix = IPv6Address(int(found) >> 64 << 64)
        return f"{prefix}/64"
    return str(found)
