"""Read what was sent, strictly: what is not understood is refused, never guessed or ignored.

JSON is read twice over where a parser would be lenient: a repeated key, a number with a fraction,
NaN, NUL, half a surrogate and deep nesting are found before a schema sees anything. Numbers with
a point never become money: they stay what they are, and no field takes them.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from api.http.problems import Field, Problem

DEEPEST: Final = 32
_LONGEST_NUMBER: Final = 30
_CONTENT_TYPE: Final = re.compile(
    rb"application/json\s*(?:;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE
)
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)

M = TypeVar("M", bound=BaseModel)
Receive = Callable[[], Any]


class _Number:
    """A JSON number that no field takes: with a fraction or an exponent, or endless."""

    def __init__(self, _text: str) -> None:
        """Forget what it was."""


class _Repeated(dict[str, Any]):
    """An object in which a key stood twice."""

    key = ""


def check_content_type(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body that does not say it is JSON: a form of another site could not say so.

    Raises: Problem 415.
    """
    content_type = headers.get(b"content-type", b"")
    if _CONTENT_TYPE.fullmatch(content_type.strip()) is None or b"content-encoding" in headers:
        raise Problem("media_type_unsupported")


async def body_of(
    receive: Receive, headers: Mapping[bytes, bytes], *, most: int, seconds: float
) -> bytes:
    """Take in the body, at most so many bytes in at most so much time.

    Raises: Problem 400, 408, 413.
    """
    declared = headers.get(b"content-length")
    if declared is not None and (not declared.isdigit() or int(declared[:20]) > most):
        raise Problem("body_too_large" if declared.isdigit() else "bad_request")
    message = await _received(receive, seconds)
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return _within(body, most)
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await _received(receive, seconds)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise Problem("body_too_large")
    return b"".join(parts)


async def _received(receive: Receive, seconds: float) -> Any:
    try:
        async with asyncio.timeout(seconds):
            message = await receive()
    except TimeoutError as error:
        raise Problem("body_too_slow") from error
    if message["type"] == "http.disconnect":
        raise Problem("bad_request")
    return message


def _within(body: bytes, most: int) -> bytes:
    if len(body) > most:
        raise Problem("body_too_large")
    return body


def json_of(body: bytes) -> Any:
    """Read JSON.

    Raises: Problem 400 for what is no JSON, 422 for what two readers would read differently.
    """
    if body.count(b"[") + body.count(b"{") > DEEPEST:
        _check_depth(body)
    repeated: list[_Repeated] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        marked = _Repeated(found)
        seen: set[str] = set()
        marked.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        repeated.append(marked)
        return marked

    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=once,
            parse_float=_Number,
            parse_int=_whole,
            parse_constant=_constant,
        )
    except (ValueError, RecursionError) as error:
        raise Problem("json_malformed") from error
    if repeated or b"\\u" in body or b"\x00" in body or b"\x7f" in body:
        errors = list(_odd(found, ""))
        if errors:
            raise Problem("request_invalid", errors=errors)
    return found


def _whole(text: str) -> int | _Number:
    return int(text) if len(text) <= _LONGEST_NUMBER else _Number(text)


def _constant(text: str) -> Any:
    raise ValueError(text)


def _check_depth(body: bytes) -> None:
    depth = 0
    for byte in _STRINGS.sub(b"", body):
        if byte in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise Problem("json_too_deep")
        elif byte in b"]}":
            depth -= 1


def _odd(value: Any, pointer: str) -> Iterable[Field]:
    """Find repeated keys, and texts with NUL or half a surrogate in them."""
    if isinstance(value, dict):
        if isinstance(value, _Repeated):
            yield Field(f"{pointer}/{_escaped(value.key)}", "field_repeated")
        for key, each in value.items():
            if not _is_sound(key):
                yield Field(pointer, "text_malformed")
            else:
                yield from _odd(each, f"{pointer}/{_escaped(key)}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _odd(each, f"{pointer}/{place}")
    elif isinstance(value, str) and not _is_sound(value):
        yield Field(pointer, "text_malformed")


def _is_sound(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _escaped(part: object) -> str:
    r"""Write a part of a JSON pointer.

    >>> _escaped("a/b~c")
    'a~1b~0c'
    """
    text = str(part)
    if not _is_sound(text):
        return "?"
    return text[:80].replace("~", "~0").replace("/", "~1")


_CODES: Final = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_too_long": "text_too_long",
    "string_too_short": "too_few",
    "too_long": "too_many",
    "too_short": "too_few",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
}


def as_model(model: type[M], tree: Any) -> M:
    """Make the schema's value of what was read.

    Raises: Problem 422, with a pointer to everything that is wrong.
    """
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise Problem("request_invalid", errors=[_field(each) for each in found[:50]]) from None


def _field(error: Any) -> Field:
    kind: str = error["type"]
    pointer = "".join(f"/{_escaped(part)}" for part in error["loc"] if part not in TAGS)
    if kind.startswith("juang_"):
        return Field(pointer, kind.removeprefix("juang_"))
    code = _CODES.get(kind, "wrong_type" if kind.endswith("_type") else "field_malformed")
    return Field(pointer, code)


TAGS: Final[set[object]] = set()
"""Names that a schema of several shapes puts into a place, and that are none of the body's."""


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(model.model_fields)


def query_of(model: type[M], raw: bytes) -> M:
    """Read the query string as a schema whose fields take text.

    Raises: Problem 400 for what is unknown, repeated or malformed.
    """
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=bool(raw), errors="strict"
        )
    except ValueError as error:
        raise Problem("parameter_malformed") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem("parameter_repeated")
    unknown = found.keys() - _names(model)
    if unknown:
        raise Problem("parameter_unknown")
    if not all(_is_sound(value) for value in found.values()):
        raise Problem("parameter_malformed")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        places = [_field(each) for each in error.errors(include_input=False, include_url=False)]
        raise Problem("parameter_malformed", errors=places) from None
