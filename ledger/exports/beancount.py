"""Books as beancount text (version 2 and 3), part by part.

Debits are positive and credits negative. An entry is found by its link `^<id>`, which its reversal
carries too, and by the metadata `seq` and `book`; its kind is a tag. Money that crosses two
currencies passes through the trading accounts, as it did in the book, so that no price is needed.
Every account ends with its balance as our counters have it, on the day after the last entry.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ledger.dates import MIN_DATE
from ledger.errors import Language
from ledger.exports.figures import Account, Chosen, Entry, Rate
from ledger.exports.names import beancount_accounts, metadata_keys, quoted
from ledger.exports.page import META, Page, amount, pages
from ledger.journal.keyring import Text
from ledger.money import format_plain


def parts(chosen: Chosen, language: Language = "en") -> Iterator[str]:
    """Write books: concatenated, the parts are one file, in UTF-8."""
    yield f'option "title" {quoted("Juang Ledger")}\n'
    for code in chosen.base_currencies:
        yield f'option "operating_currency" "{code}"\n'
    yield "\n"
    for code in chosen.currencies:
        yield f"{MIN_DATE} commodity {code}\n"
    for page in pages(chosen, language, beancount_accounts):
        yield page.title
        yield from (_open(page, account) for account in page.book.accounts.values())
        yield from (_entry(page, entry) for entry in page.book.entries)
        yield from _balances(page)


def _balances(page: Page) -> Iterator[str]:
    last, accounts = page.book.last_day, page.book.accounts
    if last is None:
        return
    yield "\n"
    balances = _with_below(accounts, page.names)
    for account in accounts.values():
        # Without `~ 0`, beancount would let one minor unit pass.
        balance = format_plain(balances[account.no], account.currency)
        name = page.names[account.no]
        yield f"{last + timedelta(days=1)} balance {name}  {balance} ~ 0 {account.currency}\n"


def _with_below(accounts: Mapping[int, Account], names: Mapping[int, str]) -> dict[int, int]:
    """Add up each account and those below its name: beancount's `balance` covers them all."""
    sums: Counter[tuple[str, str]] = Counter()
    for account in accounts.values():
        name = names[account.no]
        while name:
            sums[(name, account.currency)] += account.balance
            name = name.rpartition(":")[0]
    return {no: sums[(names[no], account.currency)] for no, account in accounts.items()}


def _open(page: Page, account: Account) -> str:
    facts = {"name": account.name.in_language(page.language), "code": account.code}
    facts |= page.about(account)
    told = "".join(f"  {key}: {quoted(value)}\n" for key, value in facts.items())
    return f"{account.first_day} open {page.names[account.no]} {account.currency}\n{told}"


def _entry(page: Page, entry: Entry) -> str:
    narration = page.read(entry.narration or entry.kind)
    links = [each.hex() for each in (entry.id, entry.target, entry.amends) if each is not None]
    if entry.bundle is not None:
        links.append(f"bundle-{entry.bundle.hex()}")
    linked = " ".join(f"^{link}" for link in links)
    lines = [f"\n{entry.effective_date} * {quoted(narration)} #{entry.kind} {linked}"]
    lines += [f"  {key}: {value}" for key, value in _metadata(page, entry)]
    for line in entry.lines:
        lines.append(f"  {page.names[line.account_no]}  {page.of(line.account_no, line.net)}")
    return "\n".join(lines) + "\n"


def _metadata(page: Page, entry: Entry) -> Iterator[tuple[str, str]]:
    """Give what is known of an entry beside its postings, as keys and written values."""
    yield "seq", str(entry.seq)
    yield "book", quoted(page.path)
    yield "verb", quoted(entry.verb)
    yield "recorded-at", quoted(entry.recorded_at)
    yield "actor", quoted(entry.actor)
    if entry.value_date is not None:
        yield "value-date", str(entry.value_date)
    if entry.rate is not None:
        yield from _rate(entry.rate)
    if "narration" in entry.texts and "reason" in entry.texts:
        yield "reason", quoted(page.read(entry.texts["reason"]))
    yield from _own(page, entry.texts)


def _rate(rate: Rate) -> Iterator[tuple[str, str]]:
    yield "sold", amount(rate.sold, rate.sold_currency)
    yield "bought", amount(rate.bought, rate.bought_currency)
    if rate.mid_rate is not None:
        yield "mid-rate", format(rate.mid_rate, "f")
    if rate.mid_source is not None:
        yield "mid-source", quoted(rate.mid_source)
    if rate.mid_date is not None:
        yield "mid-date", str(rate.mid_date)


def _own(page: Page, texts: Mapping[str, Text]) -> Iterator[tuple[str, str]]:
    """Give the metadata that whoever posted the entry has given."""
    own = [field.removeprefix(META) for field in texts if field.startswith(META)]
    for key, name in metadata_keys(own).items():
        yield name, quoted(page.read(texts[META + key]))
