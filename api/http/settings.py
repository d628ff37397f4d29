"""What a server is told when it starts; frozen, and read once."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Final

ACCESS_FOR: Final = timedelta(minutes=10)
"""How long an access token is good: as security.md has it, at most ten minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many requests in a window of a minute."""

    name: str
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Names, limits and sizes of one server."""

    issuer: str = "https://juang.localhost"
    """Who signs access tokens, and whom they are for: the address of this deployment."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Where a proxy that ends TLS may be. With any, what did not come to it by HTTPS is refused."""
    workers: int = 8
    """Threads for reads, and connections for them."""
    most_reading: int = 200
    """Reads that may wait or run before a caller is asked to come back."""
    most_waiting: int = 2_000
    """Writes that may wait before a caller is asked to come back."""
    most_bytes: int = 64 * 1024
    """Largest body of a request, in bytes."""
    most_batch_bytes: int = 2 * 1024 * 1024
    """Largest body of a batch of entries, in bytes."""
    body_seconds: float = 20
    """How long a body may take to come in."""
    per_session: Allowance = Allowance(name="session", requests=600)
    per_client: Allowance = Allowance(name="client", requests=6_000)
    per_address: Allowance = Allowance(name="address", requests=120)
    """For callers who have not shown who they are, or could not."""
    sandbox: bool = False
    """A place to try things: a clock that can be put forward, amounts that force failures."""
