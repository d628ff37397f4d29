"""Errors carry a code, facts and a sentence in both languages; so does each one of the house."""

import importlib
import pickle
import pkgutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from string import Formatter

import pytest

import ledger
from ledger.errors import LedgerError, Malformed, NotFound, Refused, Wording


@dataclass(eq=False)
class Shut(Refused):
    """Some room is shut, for a test."""

    code = "shut"
    wording = Wording(id="{room} tutup pukul {hour}.", en="{room} is shut at {hour}.")
    room: str
    hour: int = 17


@dataclass(eq=False)
class ShutForGood(Shut):
    """As above, with a hint and one more fact."""

    code = "shut_for_good"
    hint = Wording(id="Cari yang lain.", en="Look for another.")
    since: int = 2020


def test_an_error_says_what_happened_in_both_languages() -> None:
    error = Shut("Kas")

    assert str(error) == error.message() == error.message("en") == "Kas is shut at 17."
    assert error.message("id") == "Kas tutup pukul 17."


def test_an_error_carries_its_facts_by_name() -> None:
    error = ShutForGood(room="Kas", since=2019)

    assert error.facts == {"room": "Kas", "hour": 17, "since": 2019}
    assert (error.room, error.hour, error.since) == ("Kas", 17, 2019)


def test_a_hint_is_given_where_there_is_one() -> None:
    assert Shut("Kas").advice() is None
    assert ShutForGood("Kas").advice() == "Look for another."
    assert ShutForGood("Kas").advice("id") == "Cari yang lain."


def test_an_error_is_caught_by_its_kind() -> None:
    with pytest.raises(Refused) as caught:
        raise Shut("Kas")

    assert caught.value.code == "shut"
    assert not isinstance(caught.value, (NotFound, Malformed))


def test_an_error_crosses_a_process_border_however_it_was_made() -> None:
    for error in (Shut("Kas", 9), Shut(room="Kas", hour=9)):
        copy = pickle.loads(pickle.dumps(error))

        assert (type(copy), copy.facts) == (Shut, {"room": "Kas", "hour": 9})


@pytest.mark.parametrize(
    ("room", "said"),
    [
        ("Kas\x00\n", r"Kas\x00\n is shut at 17."),
        ("\ud800", r"\ud800 is shut at 17."),
        ("{hour.__class__}", "{hour.__class__} is shut at 17."),
        ("k" * 80, "k" * 80 + " is shut at 17."),
        ("k" * 81, "k" * 79 + "… is shut at 17."),
        ("\x00" * 81, r"\x00" * 19 + r"\x0" + "… is shut at 17."),
    ],
)
def test_a_sentence_quotes_little_and_only_what_prints(room: str, said: str) -> None:
    error = Shut(room)

    assert str(error) == said
    assert error.room == room


def _below(kind: type[LedgerError]) -> Iterator[type[LedgerError]]:
    for error in kind.__subclasses__():
        yield error
        yield from _below(error)


def _errors_of_the_house() -> list[type[LedgerError]]:
    for module in pkgutil.walk_packages(ledger.__path__, "ledger."):
        if not module.name.startswith("ledger.migrations"):
            importlib.import_module(module.name)
    errors = {error for error in _below(LedgerError) if error.__module__.startswith("ledger.")}
    return sorted([LedgerError, *errors], key=lambda error: error.code)


def test_no_two_errors_share_a_code() -> None:
    counted = Counter(error.code for error in _errors_of_the_house())

    assert [code for code, count in counted.items() if count > 1] == []


def _slips(error: type[LedgerError]) -> Iterator[str]:
    """Say what an error's class lacks, or says about facts that it does not have."""
    facts = {fact.name for fact in fields(error)}
    if "code" not in vars(error):
        yield "no code of its own"
    for sentence in error.wording:
        named = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        if not named <= facts or not sentence.endswith("."):
            yield sentence
    for hint in error.hint or ():
        if not hint or "{" in hint:
            yield hint or "an empty hint"


def test_every_error_of_the_house_fills_its_sentences_from_its_facts() -> None:
    slips = {error.__name__: list(_slips(error)) for error in _errors_of_the_house()}

    assert {name: found for name, found in slips.items() if found} == {}


def test_an_error_that_promises_a_fact_it_does_not_have_is_noticed() -> None:
    class Sloppy(Shut):
        wording = Wording(id="{room} tutup", en="{house} is shut.")
        hint = Wording(id="", en="Ask {room}.")

    assert list(_slips(Sloppy)) == [
        "no code of its own",
        "{room} tutup",
        "{house} is shut.",
        "an empty hint",
        "Ask {room}.",
    ]
