"""`juang rehearse`: is our backup worth anything, and how long would we be down?"""

from contextlib import ExitStack
from decimal import Decimal

import click

from api.commands import output
from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment, newest_revision
from api.commands.parameters import NUMBER, format_option
from api.commands.passing import passing
from api.commands.verify import conclusion
from api.logs import Event
from api.operating import rehearsal
from api.operating.rehearsal import Rehearsed
from ledger.errors import Wording
from ledger.reports.report import Amount, Column, Ending, Fact, Note, Report, Row


@command(
    "rehearse",
    id="Latih pemulihan cadangan.\n\n"
    "Membuat cadangan, memulihkannya ke basis data sementara, memeriksa dan membandingkan "
    "semuanya, lalu menghapusnya. Menyebut berapa lama, dan apa yang paling banyak hilang.",
    en="Rehearse the restoring of a backup.\n\n"
    "Makes a backup, restores it to a scratch database, verifies and compares all of it, and "
    "removes it. Says how long it took, and what could be lost at worst.",
)
@option(
    "--scratch",
    metavar="URL",
    id="Basis data kosong untuk latihan, lalu dikosongkan; dibuatkan bila tidak disebut.",
    en="An empty database to rehearse on, emptied afterwards; made for it by default.",
)
@option(
    "--every",
    type=NUMBER,
    default=24 * 60,
    show_default=True,
    metavar="MINUTES",
    id="Jarak antara dua cadangan, untuk menghitung RPO.",
    en="Time between two backups, to reckon the RPO.",
)
@format_option
@click.pass_context
@changes(Event.BACKUP_REHEARSED)
def rehearse_command(ctx: click.Context, scratch: str | None, every: int, form: str) -> None:
    """Rehearse."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    engine, ring = deployment.engine(), deployment.master()
    with ExitStack() as stack:
        if scratch is None:
            place = stack.enter_context(rehearsal.scratch_beside(deployment.url))
        else:
            other = Deployment(scratch, deployment.key_path, deployment.language)
            stack.callback(other.close)
            place = stack.enter_context(rehearsal.emptied(other.prepared()))
        tell = stack.enter_context(passing(deployment))
        done = rehearsal.rehearse(
            engine,
            place,
            ring,
            revision=newest_revision(),
            clock=deployment.now,
            passed=tell,
        )
    output.show(_report(done, Decimal(every * 60)), form, deployment.language)
    if not done.good:
        ctx.exit(1)


def _report(done: Rehearsed, every_s: Decimal) -> Report:
    seconds = Wording("detik", "seconds")
    measured = (
        ("backup_s", Wording("Membuat cadangan", "Making the backup"), done.backup_s, seconds),
        ("restore_s", Wording("Memulihkan", "Restoring it"), done.restore_s, seconds),
        ("verify_s", Wording("Memeriksa", "Verifying it"), done.verify_s, seconds),
        (
            "rto_s",
            Wording("Lama pemulihan (RTO)", "Time to recover (RTO)"),
            done.restore_s + done.verify_s,
            seconds,
        ),
        (
            "rpo_s",
            Wording("Yang hilang paling banyak (RPO)", "Lost at worst (RPO)"),
            every_s + done.backup_s,
            seconds,
        ),
        (
            "file_bytes",
            Wording("Besar cadangan", "Size of the backup"),
            done.file_bytes,
            Wording("bita", "bytes"),
        ),
        (
            "compared",
            Wording("Baris yang dibandingkan", "Rows compared"),
            sum(each.rows for each in done.sums.values()),
            Wording("baris", "rows"),
        ),
    )
    return Report(
        name="rehearsal",
        title=Wording("Latihan pemulihan", "Rehearsal"),
        columns=(
            Column("what", Wording("Yang diukur", "Measured"), flexes=True),
            Column("figure", Wording("Hasil", "Figure"), right=True),
            Column("unit", Wording("Satuan", "Unit")),
        ),
        rows=[
            Row({"what": what, "figure": figure, "unit": unit})
            for _key, what, figure, unit in measured
        ],
        facts=tuple(Fact(key, figure) for key, _what, figure, _unit in measured),
        ending=lambda: Ending((Fact("good", done.good), *_totals(done)), _notes(done)),
    )


def _totals(done: Rehearsed) -> list[Fact]:
    """Give the debits of each currency and fund: they are those of the snapshot."""
    return [
        Fact(f"debits_{currency}{f'_{fund}' if fund else ''}", Amount(debit, currency))
        for (currency, fund), (debit, _credit) in sorted(done.totals.items())
    ]


def _notes(done: Rehearsed) -> tuple[Note, ...]:
    notes = [Note(conclusion(done.found), good=done.found.clean)]
    if done.differing:
        names = ", ".join(done.differing)
        notes.append(
            Note(Wording(f"BERBEDA: tabel {names}.", f"DIFFERENT: tables {names}."), good=False)
        )
    else:
        notes.append(
            Note(
                Wording(
                    "Setiap baris, saldo dan hash sama dengan asalnya.",
                    "Every row, balance and hash is that of the original.",
                ),
                good=True,
            )
        )
    if not done.totals_agree:
        notes.append(
            Note(Wording("Jumlah saldo BERBEDA.", "The totals are DIFFERENT."), good=False)
        )
    return tuple(notes)
