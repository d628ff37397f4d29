"""What `juang import` tells: how many lines became what, how balances compare, what is wrong."""

from dataclasses import dataclass, field, replace
from typing import Final, TextIO

import click

from api.commands.failures import HINT
from api.commands.outcome_words import sentence
from ledger.errors import Language, Wording
from ledger.imports.operations import Report as Found
from ledger.imports.operations import Settings
from ledger.imports.problems import HINTS, Problem, ProblemCode
from ledger.journal.outcomes import Code
from ledger.reports import sheet
from ledger.reports.report import Amount, Column, Ending, Fact, Kind, Note, Report, Row
from ledger.reports.writing import with_currency

SHOWN: Final = 30
"""Problems that are shown; `--problems` has them all."""


@dataclass
class Problems:
    """Notes problems: the first ones to show, all of them into a file."""

    language: Language
    file: TextIO | None = None
    first: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, problem: Problem) -> None:
        """Note one."""
        if self.file is not None:
            if not self.count:
                self.file.write(sheet.written(["line", "code", "message"]))
            message = self._message(problem)
            cells = [str(problem.line), problem.code.value, sheet.harmless(message)]
            self.file.write(sheet.written(cells))
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(problem)

    def show(self) -> None:
        """Show the first ones."""
        language = self.language
        label = Wording("baris", "line").in_language(language)
        for problem in self.first:
            click.echo(f"{label} {problem.line}: {self._message(problem)}")
        more = self.count - len(self.first)
        if more:
            told = Wording(
                f"… dan {more} lagi; --problems BERKAS menulis semuanya.",
                f"… and {more} more; --problems FILE writes them all.",
            )
            click.echo(told.in_language(language))
        for code in dict.fromkeys(problem.code for problem in self.first):
            if code in HINTS:
                click.echo(f"{HINT.in_language(language)}: {HINTS[code].in_language(language)}")

    def _message(self, problem: Problem) -> str:
        """Word a problem; what the books answered, as `juang post` words it."""
        language = self.language
        if problem.code is not ProblemCode.REFUSED:
            return problem.message(language)
        outcome = Code(str(problem.facts["outcome"]))
        said = f"{sentence(outcome).in_language(language)} [{outcome}]"
        return replace(problem, facts={"outcome": said}).message(language)


def report(found: Found, settings: Settings, *, assumed: bool = False) -> Report:
    """Sum up an import: how many lines became what, and how the balances compare."""
    title = Wording("Hasil impor", "What was imported")
    if settings.dry_run:
        title = Wording("Percobaan impor: tidak ada yang disimpan", "A trial: nothing was kept")
    period = Wording("-", "-")
    if found.first_day is not None and found.last_day is not None:
        period = Wording(
            f"{found.first_day} s.d. {found.last_day}", f"{found.first_day} to {found.last_day}"
        )
    return Report(
        name="import",
        title=title,
        facts=(
            Fact("lines", found.lines, Wording("Baris", "Lines")),
            Fact("posted", found.posted, Wording("Dibukukan", "Posted")),
            Fact("existing", found.existing, Wording("Sudah ada", "There already")),
            Fact("problems", found.problems, Wording("Bermasalah", "With problems")),
            Fact("accounts", found.accounts, Wording("Rekening", "Accounts")),
            Fact("currency", settings.currency, Wording("Mata uang", "Currency")),
            Fact("from", found.first_day),
            Fact("until", found.last_day),
            Fact("", period, Wording("Periode", "Period")),
        ),
        columns=(
            Column("account", Wording("Kategori", "Category"), flexes=True),
            Column("count", Wording("Baris", "Lines"), right=True),
        ),
        rows=[
            Row({"account": account, "count": count}, Kind.LINE)
            for account, count in sorted(found.categories.items(), key=lambda pair: -pair[1])
        ],
        ending=lambda: _ending(found, settings.currency, assumed=assumed),
    )


def _ending(found: Found, currency: str, *, assumed: bool) -> Ending:
    """Say what was assumed, and how the balances compare."""
    ending = _reconciled(found, currency)
    if not assumed:
        return ending
    told = Wording(
        f"Mata uang tidak disebut: dianggap {currency}. Sebut yang lain dengan --currency.",
        f"No currency is named: {currency} is assumed. Name another with --currency.",
    )
    return Ending(
        (Fact("currency_assumed", value=True), *ending.facts), (Note(told), *ending.notes)
    )


def _reconciled(found: Found, currency: str) -> Ending:
    """Compare the statement's own balances with ours."""
    compared = found.reconciliation
    if not compared.account_days:
        return Ending()
    worst = Amount(compared.worst, currency)
    told = Wording(
        f"Saldo harian: {compared.within_a_unit} dari {compared.account_days} sama (selisih paling "
        f"banyak satu {currency}).",
        f"Daily balances: {compared.within_a_unit} of {compared.account_days} agree (at most one "
        f"{currency} apart).",
    )
    if compared.worst:
        where = f"{compared.worst_account} {compared.worst_day}"
        told = Wording(
            f"{told.id} Selisih terbesar {with_currency(worst, 'id')} ({where}).",
            f"{told.en} The largest difference is {with_currency(worst, 'en')} ({where}).",
        )
    return Ending(
        (
            Fact("account_days", compared.account_days),
            Fact("within_a_unit", compared.within_a_unit),
            Fact("worst", worst),
            Fact("worst_account", compared.worst_account),
            Fact("worst_day", compared.worst_day),
        ),
        (
            Note(
                told,
                good=compared.worst == 0 or None,
            ),
        ),
    )
