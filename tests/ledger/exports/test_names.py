"""Names that differ in our books differ in the exported ones."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ledger.books.classes import AccountClass
from ledger.errors import Wording
from ledger.exports import names
from ledger.exports.figures import Account, Book
from tests.ledger.exports.scene import LONG_AGO

SEGMENTS = st.from_regex(r"[a-c0][a-c0_-]{0,3}", fullmatch=True)
CODES = st.lists(
    st.lists(st.one_of(st.sampled_from(["assets", "cash"]), SEGMENTS), min_size=1, max_size=3).map(
        ":".join
    ),
    unique=True,
    max_size=12,
)
REFS = st.from_regex(r"[ab0A][abA0_.:@/-]{0,4}", fullmatch=True)
BEANCOUNT = re.compile(r"(Assets|Income)(:[A-Z0-9][A-Za-z0-9-]*)+")


def book(codes: list[str], ref: str = "kas") -> Book:
    return Book(
        tenant="koperasi",
        ref=ref,
        name="Kas",
        base_currency="IDR",
        last_day=None,
        accounts={
            no: Account(
                no=no,
                code=code,
                name=Wording(code, code),
                account_class=AccountClass.INCOME if no % 2 else AccountClass.ASSET,
                currency="IDR",
                first_day=LONG_AGO,
            )
            for no, code in enumerate(codes)
        },
        entries=iter(()),
    )


@given(CODES)
def test_every_account_has_a_beancount_name_of_its_own(codes: list[str]) -> None:
    for alone in (True, False):
        found = list(names.beancount_accounts(book(codes), alone=alone).values())

        assert all(BEANCOUNT.fullmatch(name) for name in found)
        assert len(set(found)) == len(codes)


@given(REFS, REFS)
def test_books_with_different_references_never_share_a_name(one: str, other: str) -> None:
    for name in (names.beancount_accounts, names.hledger_accounts):
        (first,) = name(book(["assets:cash"], one), alone=False).values()
        (second,) = name(book(["assets:cash"], other), alone=False).values()

        assert (first == second) == (one == other)


def test_the_root_stands_for_the_first_word_of_a_code() -> None:
    found = names.beancount_accounts(book(["assets:e_wallet", "income:wage"]), alone=True)

    assert list(found.values()) == ["Assets:E-wallet", "Income:Wage"]


def test_a_book_that_is_not_alone_has_its_operator_and_reference_in_front() -> None:
    both = book(["assets:cash"], "siti")

    assert names.beancount_accounts(both, alone=False) == {0: "Assets:Koperasi:Siti:Cash"}
    assert names.hledger_accounts(both, alone=False) == {0: "koperasi:siti:assets:cash"}


@given(st.lists(st.from_regex(r"[a-b0][a-b0_.-]{0,3}", fullmatch=True), unique=True, max_size=8))
def test_keys_of_metadata_stay_apart(keys: list[str]) -> None:
    found = names.metadata_keys(keys)

    assert list(found) == keys
    assert len(set(found.values())) == len(keys)
    assert all(re.fullmatch(r"[a-z][a-zA-Z0-9_-]+", name) for name in found.values())


@given(st.text())
def test_a_description_is_one_line_without_a_comment(text: str) -> None:
    found = names.description(text)

    assert found == found.strip()
    assert ";" not in found
    assert len(found.splitlines()) <= 1
