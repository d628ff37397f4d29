"""Books as an hledger journal (1.25 and later), part by part.

Debits are positive and credits negative; accounts keep their codes and say their type. The code
of a transaction is the entry's `seq`; its id, kind and links are tags. Money that crosses two
currencies passes through the trading accounts, as it did in the book. Each book ends with a
transaction that moves nothing and asserts every balance as our counters have it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.errors import Language, Wording
from ledger.exports.figures import Account, Book, Chosen, Entry, Text
from ledger.exports.names import HLEDGER_TYPES, description, hledger_accounts, tag_value
from ledger.money import format_plain

_META: Final = "meta:"
_CHECK: Final = Wording("Saldo diperiksa", "Balances checked")


def parts(chosen: Chosen, language: Language = "en") -> Iterator[str]:
    """Write books: concatenated, the parts are one file, in UTF-8."""
    yield "; Juang Ledger\ndecimal-mark .\n\n"
    for code in chosen.currencies:
        yield f"commodity {format_plain(100_000, code)} {code}\n"
    for book in chosen.books:
        yield from _book(book, language, alone=chosen.alone)


def _book(book: Book, language: Language, *, alone: bool) -> Iterator[str]:
    path = f"{book.tenant}/{book.ref}"
    names = hledger_accounts(book, alone=alone)
    yield f"\n; {' '.join(f'{path} {book.name}'.split())}\n\n"
    for account in book.accounts.values():
        yield _open(account, names[account.no], language)
    for entry in book.entries:
        yield _entry(entry, path, book.accounts, names, language)
    if book.last_day is not None:
        yield f"\n{book.last_day} * {_CHECK.in_language(language)}  ; book:{path}\n"
        for account in book.accounts.values():
            balance = _amount(account.balance, account.currency)
            yield f"    {names[account.no]}  0 {account.currency} = {balance}\n"


def _open(account: Account, name: str, language: Language) -> str:
    facts = {
        "type": HLEDGER_TYPES[account.account_class],
        "name": account.name.in_language(language),
        "currency": account.currency,
    }
    if account.fund is not None:
        facts["fund"] = account.fund
    if account.state != "open":
        facts["state"] = account.state
    told = ", ".join(f"{key}:{tag_value(value)}" for key, value in facts.items())
    return f"account {name}  ; {told}\n"


def _entry(
    entry: Entry,
    path: str,
    accounts: Mapping[int, Account],
    names: Mapping[int, str],
    language: Language,
) -> str:
    narration = _read(entry.narration or entry.kind, language)
    said = description(narration)
    lines = [f"\n{entry.effective_date} * ({entry.seq}) {said}".rstrip()]
    tags = dict(_tags(entry, path, language))
    if said != narration:
        tags["narration"] = narration
    lines += [f"    ; {key}:{tag_value(value)}" for key, value in tags.items()]
    for line in entry.lines:
        amount = _amount(line.net, accounts[line.account_no].currency)
        lines.append(f"    {names[line.account_no]}  {amount}")
    return "\n".join(lines) + "\n"


def _tags(entry: Entry, path: str, language: Language) -> Iterator[tuple[str, str]]:
    """Give what is known of an entry beside its postings."""
    yield "id", entry.id.hex()
    yield "book", path
    yield "kind", entry.kind
    yield "verb", entry.verb
    yield "recorded-at", entry.recorded_at
    yield "actor", entry.actor
    links = {"target": entry.target, "amends": entry.amends, "bundle": entry.bundle}
    yield from ((name, link.hex()) for name, link in links.items() if link is not None)
    if entry.value_date is not None:
        yield "value-date", entry.value_date.isoformat()
    rate = entry.rate
    if rate is not None:
        yield "sold", _amount(rate.sold, rate.sold_currency)
        yield "bought", _amount(rate.bought, rate.bought_currency)
        told = {"mid-source": rate.mid_source, "mid-date": rate.mid_date}
        if rate.mid_rate is not None:
            yield "mid-rate", format(rate.mid_rate, "f")
        yield from ((name, str(value)) for name, value in told.items() if value is not None)
    if "narration" in entry.texts and "reason" in entry.texts:
        yield "reason", _read(entry.texts["reason"], language)
    for field, text in entry.texts.items():
        if field.startswith(_META):
            yield f"meta-{field.removeprefix(_META)}", _read(text, language)


def _read(text: Text, language: Language) -> str:
    return text.in_language(language) if isinstance(text, Wording) else text


def _amount(minor: int, currency: str) -> str:
    return f"{format_plain(minor, currency)} {currency}"
