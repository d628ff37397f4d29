"""A book on its way out: whatever every format writes of it alike. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ledger.errors import Language, Wording
from ledger.exports.figures import Account, Book, Chosen
from ledger.journal.keyring import Text
from ledger.money import format_plain

META = "meta:"
"""How the fields begin that whoever posted an entry has given by a key of her own."""


@dataclass(frozen=True, slots=True)
class Page:
    """A book, its accounts' names in the alphabet of a format, and the language."""

    book: Book
    names: Mapping[int, str]
    language: Language

    @property
    def path(self) -> str:
        """Name the book."""
        return f"{self.book.tenant}/{self.book.ref}"

    @property
    def title(self) -> str:
        """Head its part of the file with a comment, in one line."""
        return f"\n; {' '.join(f'{self.path} {self.book.name}'.split())}\n\n"

    def read(self, text: Text) -> str:
        """Give a text, or why it cannot be read."""
        return text.in_language(self.language) if isinstance(text, Wording) else text

    def about(self, account: Account) -> dict[str, str]:
        """Tell what is not plain of an account: its fund, and its state unless it is open."""
        facts = {} if account.fund is None else {"fund": account.fund}
        return facts if account.state == "open" else {**facts, "state": account.state}

    def of(self, account_no: int, net: int) -> str:
        """Write an amount of an account with its currency."""
        return amount(net, self.book.accounts[account_no].currency)


def pages(
    chosen: Chosen, language: Language, named: Callable[..., dict[int, str]]
) -> Iterator[Page]:
    """Give the books one after the other; `named` names the accounts of one."""
    for book in chosen.books:
        yield Page(book, named(book, alone=chosen.alone), language)


def amount(minor: int, currency: str) -> str:
    """Write an amount with its currency.

    >>> amount(-1250050, "IDR")
    '-12500.50 IDR'
    """
    return f"{format_plain(minor, currency)} {currency}"
