"""Books as beancount text (version 2 and 3), part by part.

Debits are positive and credits negative. An entry is found by its link `^<id>`, which its reversal
carries too, and by the metadata `seq` and `book`; its kind is a tag. Money that crosses two
currencies passes through the trading accounts, as it did in the book, so that no price is needed.
Every account ends with its balance as our counters have it, on the day after the last entry.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from ledger.dates import MIN_DATE
from ledger.errors import Language, Wording
from ledger.exports.figures import Account, Book, Chosen, Entry, Rate, Text
from ledger.exports.names import beancount_accounts, metadata_keys, quoted
from ledger.money import format_plain

_META: Final = "meta:"


def parts(chosen: Chosen, language: Language = "en") -> Iterator[str]:
    """Write books: concatenated, the parts are one file, in UTF-8."""
    yield f'option "title" {quoted("Juang Ledger")}\n'
    for code in chosen.base_currencies:
        yield f'option "operating_currency" "{code}"\n'
    yield "\n"
    for code in chosen.currencies:
        yield f"{MIN_DATE} commodity {code}\n"
    for book in chosen.books:
        yield from _book(book, language, alone=chosen.alone)


def _book(book: Book, language: Language, *, alone: bool) -> Iterator[str]:
    path = f"{book.tenant}/{book.ref}"
    names = beancount_accounts(book, alone=alone)
    yield f"\n; {' '.join(f'{path} {book.name}'.split())}\n\n"
    for account in book.accounts.values():
        yield _open(account, names[account.no], language)
    for entry in book.entries:
        yield _entry(entry, path, book.accounts, names, language)
    if book.last_day is not None:
        yield "\n"
        after = book.last_day + timedelta(days=1)
        balances = _with_below(book.accounts, names)
        for account in book.accounts.values():
            # Without `~ 0`, beancount would let one minor unit pass.
            balance = format_plain(balances[account.no], account.currency)
            yield f"{after} balance {names[account.no]}  {balance} ~ 0 {account.currency}\n"


def _with_below(accounts: Mapping[int, Account], names: Mapping[int, str]) -> dict[int, int]:
    """Add up each account and those below its name: beancount's `balance` covers them all."""
    sums: Counter[tuple[str, str]] = Counter()
    for account in accounts.values():
        name = names[account.no]
        while name:
            sums[(name, account.currency)] += account.balance
            name = name.rpartition(":")[0]
    return {no: sums[(names[no], account.currency)] for no, account in accounts.items()}


def _open(account: Account, name: str, language: Language) -> str:
    facts = {"name": account.name.in_language(language), "code": account.code}
    if account.fund is not None:
        facts["fund"] = account.fund
    if account.state != "open":
        facts["state"] = account.state
    told = "".join(f"  {key}: {quoted(value)}\n" for key, value in facts.items())
    return f"{account.first_day} open {name} {account.currency}\n{told}"


def _entry(
    entry: Entry,
    path: str,
    accounts: Mapping[int, Account],
    names: Mapping[int, str],
    language: Language,
) -> str:
    narration = _read(entry.narration or entry.kind, language)
    links = [each.hex() for each in (entry.id, entry.target, entry.amends) if each is not None]
    if entry.bundle is not None:
        links.append(f"bundle-{entry.bundle.hex()}")
    linked = " ".join(f"^{link}" for link in links)
    lines = [f"\n{entry.effective_date} * {quoted(narration)} #{entry.kind} {linked}"]
    lines += [f"  {key}: {value}" for key, value in _metadata(entry, path, language)]
    for line in entry.lines:
        amount = _amount(line.net, accounts[line.account_no].currency)
        lines.append(f"  {names[line.account_no]}  {amount}")
    return "\n".join(lines) + "\n"


def _metadata(entry: Entry, path: str, language: Language) -> Iterator[tuple[str, str]]:
    """Give what is known of an entry beside its postings, as keys and written values."""
    yield "seq", str(entry.seq)
    yield "book", quoted(path)
    yield "verb", quoted(entry.verb)
    yield "recorded-at", quoted(entry.recorded_at)
    yield "actor", quoted(entry.actor)
    if entry.value_date is not None:
        yield "value-date", str(entry.value_date)
    if entry.rate is not None:
        yield from _rate(entry.rate)
    if "narration" in entry.texts and "reason" in entry.texts:
        yield "reason", quoted(_read(entry.texts["reason"], language))
    yield from _own(entry.texts, language)


def _rate(rate: Rate) -> Iterator[tuple[str, str]]:
    yield "sold", _amount(rate.sold, rate.sold_currency)
    yield "bought", _amount(rate.bought, rate.bought_currency)
    if rate.mid_rate is not None:
        yield "mid-rate", format(rate.mid_rate, "f")
    if rate.mid_source is not None:
        yield "mid-source", quoted(rate.mid_source)
    if rate.mid_date is not None:
        yield "mid-date", str(rate.mid_date)


def _own(texts: Mapping[str, Text], language: Language) -> Iterator[tuple[str, str]]:
    """Give the metadata that whoever posted the entry has given."""
    own = [field.removeprefix(_META) for field in texts if field.startswith(_META)]
    for key, name in metadata_keys(own).items():
        yield name, quoted(_read(texts[_META + key], language))


def _read(text: Text, language: Language) -> str:
    return text.in_language(language) if isinstance(text, Wording) else text


def _amount(minor: int, currency: str) -> str:
    return f"{format_plain(minor, currency)} {currency}"
