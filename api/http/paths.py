"""From a path to the operations declared for it: exactly, with no second spelling of any path.

>>> table = Paths(
...     [("/devices/{device}", "", "GET", "one"), ("/devices/{device}", "lose", "POST", 2)]
... )
>>> table.find("/devices/7"), table.find("/devices/7:lose")
(({'GET': 'one'}, {'device': '7'}), ({'POST': 2}, {'device': '7'}))
>>> table.find("/devices/7/"), table.find("//devices/7"), table.find("/devices")
(None, None, None)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
LONGEST = 600
"""Characters of a path; the longest of ours has two ids and an account's code in it."""


@dataclass(slots=True)
class _Node(Generic[T]):
    fixed: "dict[str, _Node[T]]" = field(default_factory=dict)
    named: "tuple[str, _Node[T]] | None" = None
    verbs: dict[str, dict[str, T]] = field(default_factory=dict)


class Paths(Generic[T]):
    """A table of paths; the last part of one may end in `:verb`."""

    def __init__(self, declared: Iterable[tuple[str, str, str, T]]) -> None:
        """Take paths, custom verbs ("" for none), methods, and what stands there."""
        self._root: _Node[T] = _Node()
        for path, verb, method, what in declared:
            self._add(path, verb, method, what)

    def _add(self, path: str, verb: str, method: str, what: T) -> None:
        node = self._root
        for part in path.split("/")[1:]:
            if part.startswith("{"):
                name = part[1:-1]
                if node.named is None:
                    node.named = (name, _Node())
                assert node.named[0] == name, f"{path}: one place has one name"
                node = node.named[1]
            else:
                node = node.fixed.setdefault(part, _Node())
        methods = node.verbs.setdefault(verb, {})
        assert method not in methods, f"{method} {path} is declared twice"
        methods[method] = what

    def find(self, path: str) -> tuple[Mapping[str, T], dict[str, str]] | None:
        """Find what is declared for a path, by method, and the values of its named parts."""
        if len(path) > LONGEST or not path.startswith("/"):
            return None
        node, params, last = self._root, {}, ""
        for part in path.split("/")[1:]:
            fixed = node.fixed.get(part)
            if fixed is not None:
                node, last = fixed, ""
                continue
            if node.named is None or not part:
                return None
            last, node = node.named
            params[last] = part
        verb = ""
        if last and (len(node.verbs) > 1 or "" not in node.verbs):
            params[last], _, verb = params[last].partition(":")
        methods = node.verbs.get(verb)
        return None if not methods or "" in params.values() else (methods, params)
