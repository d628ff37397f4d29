"""Books as an hledger journal (1.25 and later), part by part.

Debits are positive and credits negative; accounts keep their codes and say their type. The code
of a transaction is the entry's `seq`; its id, kind and links are tags. Money that crosses two
currencies passes through the trading accounts, as it did in the book. Each book ends with a
transaction that moves nothing and asserts every balance as our counters have it.
"""

from collections.abc import Iterator
from typing import Final

from ledger.errors import Language, Wording
from ledger.exports.figures import Account, Chosen, Entry
from ledger.exports.names import HLEDGER_TYPES, description, hledger_accounts, tag_value
from ledger.exports.page import META, Page, amount, pages
from ledger.money import format_plain

_CHECK: Final = Wording("Saldo diperiksa", "Balances checked")


def parts(chosen: Chosen, language: Language = "en") -> Iterator[str]:
    """Write books: concatenated, the parts are one file, in UTF-8."""
    yield "; Juang Ledger\ndecimal-mark .\n\n"
    for code in chosen.currencies:
        yield f"commodity {_example(code)} {code}\n"
    for page in pages(chosen, language, hledger_accounts):
        yield page.title
        yield from (_open(page, account) for account in page.book.accounts.values())
        yield from (_entry(page, entry) for entry in page.book.entries)
        yield from _balances(page)


def _balances(page: Page) -> Iterator[str]:
    last = page.book.last_day
    if last is None:
        return
    yield f"\n{last} * {_CHECK.in_language(page.language)}  ; book:{page.path}\n"
    for account in page.book.accounts.values():
        balance = amount(account.balance, account.currency)
        yield f"    {page.names[account.no]}  0 {account.currency} = {balance}\n"


def _open(page: Page, account: Account) -> str:
    facts = {
        "type": HLEDGER_TYPES[account.account_class],
        "name": account.name.in_language(page.language),
        "currency": account.currency,
    }
    told = ", ".join(
        f"{key}:{tag_value(value)}" for key, value in (facts | page.about(account)).items()
    )
    return f"account {page.names[account.no]}  ; {told}\n"


def _entry(page: Page, entry: Entry) -> str:
    narration = page.read(entry.narration or entry.kind)
    said = description(narration)
    lines = [f"\n{entry.effective_date} * ({entry.seq}) {said}".rstrip()]
    tags = dict(_tags(page, entry))
    if said != narration:
        tags["narration"] = narration
    lines += [f"    ; {key}:{tag_value(value)}" for key, value in tags.items()]
    for line in entry.lines:
        lines.append(f"    {page.names[line.account_no]}  {page.of(line.account_no, line.net)}")
    return "\n".join(lines) + "\n"


def _tags(page: Page, entry: Entry) -> Iterator[tuple[str, str]]:
    """Give what is known of an entry beside its postings."""
    yield "id", entry.id.hex()
    yield "book", page.path
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
        yield "sold", amount(rate.sold, rate.sold_currency)
        yield "bought", amount(rate.bought, rate.bought_currency)
        told = {"mid-source": rate.mid_source, "mid-date": rate.mid_date}
        if rate.mid_rate is not None:
            yield "mid-rate", format(rate.mid_rate, "f")
        yield from ((name, str(value)) for name, value in told.items() if value is not None)
    if "narration" in entry.texts and "reason" in entry.texts:
        yield "reason", page.read(entry.texts["reason"])
    for field, text in entry.texts.items():
        if field.startswith(META):
            yield f"meta-{field.removeprefix(META)}", page.read(text)


def _example(currency: str) -> str:
    """Write an amount that shows the decimals of a currency: hledger insists on the point.

    >>> _example("IDR"), _example("JPY")
    ('1000.00', '1000.')
    """
    written = format_plain(100_000, currency)
    return written if "." in written else "1000."
