"""What a person's answers come to: absent is no, and of merged records the stricter answer wins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

SCORING: Final = "scoring"
"""The purpose whose consent an objection to decisions by machines ends."""


class Means(StrEnum):
    """How an answer or a request reached us."""

    APP = "app"
    """By herself, in an app."""
    PAPER = "paper"
    """Signed, and kept on paper."""
    VOICE = "voice"
    """Said to somebody who bears witness."""


class Reason(StrEnum):
    """What led to an answer."""

    ASKED = "asked"
    """She was asked, or asked herself."""
    OBJECTION = "objection"
    """She objects to decisions by machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, as a record of hers keeps it."""

    record: int
    no: int
    given: bool
    version: int | None
    at: datetime


def latest(answers: Iterable[Answer]) -> dict[int, Answer]:
    """Give the last answer of each record; of two at one instant, the one noted later."""
    found: dict[int, Answer] = {}
    for answer in answers:
        other = found.get(answer.record)
        if other is None or (answer.at, answer.no) > (other.at, other.no):
            found[answer.record] = answer
    return found


def basis(answers: Iterable[Answer], oldest: int) -> Answer | None:
    """Give the answer that a consent rests on, or None where there is no consent.

    A withdrawal on one of her records is a no, whatever the others say; an answer to a text
    older than `oldest` counts for nothing, neither yes nor no.

    >>> from datetime import UTC
    >>> day = datetime(2026, 11, 24, tzinfo=UTC)
    >>> yes = Answer(record=1, no=1, given=True, version=1, at=day)
    >>> no = Answer(record=2, no=1, given=False, version=None, at=day)
    >>> basis([yes], 0) is yes, basis([yes, no], 0), basis([yes], 2), basis([], 0)
    (True, None, None, None)
    """
    last = latest(answers).values()
    if not all(answer.given for answer in last):
        return None
    counting = [answer for answer in last if answer.version is not None]
    counting = [answer for answer in counting if (answer.version or 0) >= oldest]
    return max(counting, key=lambda answer: (answer.at, answer.record), default=None)
