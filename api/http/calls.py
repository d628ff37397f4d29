"""What can be asked for, and one asking of it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from api.http.fields import Strict, as_number, written_id
from api.http.problems import Problem
from ledger.access.actions import Action
from ledger.apps.tokens import ClientKey
from ledger.errors import Language, Wording

if TYPE_CHECKING:
    from api.http.site import Site


class Caller(StrEnum):
    """Who may call."""

    ANYONE = "anyone"
    """Nobody has to show who she is; what is sent may show it."""
    CLIENT = "client"
    """The back end of an integrator, by its client key."""
    PERSON = "person"
    """A person, by her phone's access token."""


class Way(StrEnum):
    """How an operation is carried out."""

    READS = "reads"
    """In a thread, in a session that sees one tenant's rows at one moment."""
    OPENS = "opens"
    """In a thread, in a reading session that may open the vault: it is her own."""
    WRITES = "writes"
    """In the transaction of the posting queue."""
    POSTS = "posts"
    """On the loop; hands entries to the posting queue."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    content: Any = None
    etag: str | None = None
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    media_type: bytes = b"application/json; charset=utf-8"

    def written(self) -> bytes:
        """Give the bytes of the body."""
        if self.body is not None:
            return self.body
        return b"" if self.content is None else dumped(self.content)


Run = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked for over HTTP; what is not said here is not taken.

    `action` is what the policy is asked: about what is the caller's own, or her tenant's for a
    client. None is for what anybody may ask for. A path with `{book}` is about a household's book
    and answers its owner only.
    """

    id: str
    method: str
    path: str
    says: Wording
    caller: Caller
    action: Action | None
    way: Way
    run: Run
    body: type[BaseModel] | None = None
    query: type[BaseModel] = Strict
    keyed: bool = False
    conditional: bool = False
    large: bool = False
    reveals: Callable[["Call", dict[str, Any]], dict[str, Any]] | None = None
    """Adds to an answer what is never kept with it."""

    @property
    def route(self) -> str:
        """Name the route: its method and its path with the names of what varies."""
        return f"{self.method} {self.path}"

    @property
    def about_book(self) -> bool:
        """Tell whether it is about one book."""
        return "{book}" in self.path


@dataclass(slots=True, kw_only=True)
class Call:
    """One request for an operation, read and let in."""

    site: "Site"
    operation: Operation
    params: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    language: Language
    request_id: str
    now: datetime
    query: Any = None
    body: Any = None
    tree: Any = None
    path: str = ""
    raw_query: bytes = b""
    tenant: int = 0
    person: int = 0
    session_id: int = 0
    device: int = 0
    client: int | None = None
    client_name: str = ""
    client_key: ClientKey | None = None
    key: str = ""

    @property
    def actor(self) -> str:
        """Name who acts, for the ledger."""
        if self.operation.caller is Caller.CLIENT:
            return f"client-{self.client_name}"
        return f"person-{self.person}"

    @property
    def book(self) -> int:
        """Give the book of the path, which is the caller's."""
        return int(self.params["book"], 16)

    def number(self, name: str) -> int:
        """Read an id of ours from the path; what is none does not exist.

        Raises: Problem 404.
        """
        try:
            return as_number(self.params[name])
        except ValueError as error:
            raise Problem("not_found") from error

    def fingerprint(self) -> bytes:
        """Say what was asked, to the last byte that matters: what a repeat must repeat."""
        parts = (
            self.operation.method.encode(),
            self.path.encode(),
            self.raw_query,
            self.headers.get(b"if-match", b""),
            b"" if self.operation.body is None else dumped(self.tree, sort=True),
        )
        return hashlib.sha256(b"".join(len(p).to_bytes(8, "big") + p for p in parts)).digest()

    def match(self, etag: str) -> None:
        """Let a change through only if the caller saw what is there now.

        Raises: Problem 428, 412.
        """
        given = self.headers.get(b"if-match")
        if given is None:
            raise Problem("precondition_required")
        if etag not in tags(given):
            raise Problem("precondition_failed")

    def link(self, token: str) -> str:
        """Write the address of the next page."""
        return f'<{self.path}?page_token={token}>; rel="next"'


def dumped(content: Any, *, sort: bool = False) -> bytes:
    """Write JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=sort).encode()


def tag_of(*parts: object) -> str:
    """Make a strong entity tag of what a resource is made of."""
    content = "\0".join(str(part) for part in parts).encode()
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tags(header: bytes) -> list[str]:
    """Read a list of entity tags; weak ones match nothing, as RFC 9110 has it for If-Match."""
    return [part.strip() for part in header.decode("latin-1").split(",")]


NO_CONTENT: Final = Answer(204)

__all__ = [
    "NO_CONTENT",
    "Answer",
    "Call",
    "Caller",
    "Operation",
    "Run",
    "Way",
    "dumped",
    "tag_of",
    "tags",
    "written_id",
]
