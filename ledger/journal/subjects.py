"""The names under which texts about a person, and a book's own texts, are kept and erased.

`person-<id>` is the subject of texts about a person, in whichever book. A book's own texts have the
subject `''`; on the erasure list, which covers all books, they stand as `book-<id>`.
"""

from typing import Final

_PERSON: Final = "person-"
_BOOK: Final = "book-"


def person_subject(person: int) -> str:
    """Name the subject of texts about a person.

    >>> person_subject(7)
    'person-7'
    """
    return f"{_PERSON}{person}"


def person_of(subject: str) -> int | None:
    """Say whom texts of a subject are about, where it names a person.

    >>> person_of("person-7"), person_of("")
    (7, None)
    """
    number = subject.removeprefix(_PERSON)
    is_number = number.isascii() and number.isdigit() and len(number) < 20
    return int(number) if is_number and subject.startswith(_PERSON) else None


def book_subject(book: int) -> str:
    """Name a book's own texts on the erasure list.

    >>> book_subject(7)
    'book-7'
    """
    return f"{_BOOK}{book}"
