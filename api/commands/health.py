"""`juang health`: is it alive, is it ready?"""

import click

from api.commands import output
from api.commands.bilingual import command, option
from api.commands.deployment import Deployment
from api.commands.parameters import format_option
from api.health import Health, Level, liveness, readiness
from ledger.errors import Wording
from ledger.reports.report import Column, Ending, Fact, Note, Report, Row, Shown

LEVELS = {
    Level.OK: Wording("baik", "ok"),
    Level.WARNING: Wording("perhatikan", "look"),
    Level.FAILED: Wording("GAGAL", "FAILED"),
    Level.UNKNOWN: Wording("-", "-"),
}
CHECKS = {
    "process": Wording("Proses", "Process"),
    "database": Wording("Basis data", "Database"),
    "schema": Wording("Skema", "Schema"),
    "guards": Wording("Penjaga", "Guards"),
    "walls": Wording("Dinding", "Walls"),
    "key": Wording("Kunci teks", "Key of texts"),
    "verify": Wording("Pemeriksaan", "Verified"),
    "backup": Wording("Cadangan", "Backup"),
    "disk": Wording("Cakram", "Disk"),
}


@command(
    "health",
    id="Apakah program siap bekerja?\n\n"
    "Selesai dengan kode 1 bila ada yang gagal; yang hanya perlu diperhatikan tidak. Dengan "
    "--live hanya memastikan bahwa program menjawab, tanpa menyentuh basis data.",
    en="Tell whether everything is ready for work.\n\n"
    "Ends with code 1 if something failed; what only needs a look does not count. With --live "
    "it only tells that the program answers, and touches no database.",
)
@option("--live", is_flag=True, id="Hanya apakah program hidup.", en="Only whether it is alive.")
@option(
    "--timeout",
    type=click.IntRange(1, 600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    id="Waktu paling lama.",
    en="Longest time to take.",
)
@format_option
@click.pass_context
def health_command(ctx: click.Context, form: str, timeout: int, *, live: bool) -> None:
    """Show how it is."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    if live:
        health = liveness()
    else:
        health = readiness(
            deployment.url,
            file=deployment.file,
            key_path=deployment.key_path,
            now=deployment.now(),
            seconds=timeout,
        )
    output.show(report(health), form, deployment.language)
    if not health.ready:
        ctx.exit(1)


def report(health: Health) -> Report:
    """Make a report of what was looked at."""
    ready = Wording("Siap.", "Ready.") if health.ready else Wording("TIDAK SIAP.", "NOT READY.")
    return Report(
        name="health",
        title=Wording("Kesehatan", "Health"),
        columns=(
            Column("name", Wording("Apa", "What"), shown=Shown.DATA),
            Column("level", Wording("Keadaan", "State"), shown=Shown.DATA),
            Column("what", Wording("Apa", "What"), shown=Shown.TEXT),
            Column("state", Wording("Keadaan", "State"), shown=Shown.TEXT),
            Column("told", Wording("Ditemukan", "Found"), flexes=True),
        ),
        rows=[
            Row(
                {
                    "name": check.name,
                    "level": check.level.value,
                    "what": CHECKS[check.name],
                    "state": LEVELS[check.level],
                    "told": check.told,
                }
            )
            for check in health.checks
        ],
        ending=lambda: Ending((Fact("ready", health.ready),), (Note(ready, good=health.ready),)),
    )
