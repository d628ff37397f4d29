"""`juang facts record | list`."""

import csv
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from api.commands import looking, output, permissions, whose
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, format_option, person_argument, tenant_argument
from api.logs import Event
from ledger.consents.facts import operations, queries
from ledger.consents.facts.operations import Told
from ledger.dates import parse_date
from ledger.errors import LedgerError, Malformed, Wording
from ledger.parties import queries as parties
from ledger.reports.report import Column, Report, Row

COLUMNS: Final = (
    "person",
    "name",
    "key",
    "value",
    "scheme",
    "version",
    "valid_from",
    "valid_through",
)
NEEDED: Final = {"person", "name", "value", "valid_from"}

facts_command = group(
    "facts",
    id="Keterangan peserta, untuk evaluasi saja.",
    en="What participants tell of themselves, for evaluation only.",
)


class FactsFileMalformed(Malformed):
    """The file is no table of facts."""

    code = "facts_file_malformed"
    wording = Wording("Ini bukan tabel keterangan.", "This is no table of facts.")
    hint = Wording(
        "CSV UTF-8 dengan judul person,name,key,value,scheme,version,valid_from,valid_through.",
        "CSV in UTF-8, headed person,name,key,value,scheme,version,valid_from,valid_through.",
    )


@command(
    "record",
    id="Catat keterangan dari CSV; perlu persetujuan untuk evaluasi.\n\n"
    "Kolom: person, name, key, value, scheme, version, valid_from, valid_through. Nilai kosong "
    "menarik keterangan kembali. Mencatat lagi tidak mengubah apa-apa.",
    en="Record facts from CSV; each needs her consent to evaluation.\n\n"
    "Columns: person, name, key, value, scheme, version, valid_from, valid_through. An empty "
    "value takes the fact back. Recording it again changes nothing.",
)
@tenant_argument
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.pass_context
@changes(Event.FACTS_RECORDED)
def record_command(ctx: click.Context, tenant: str, file: Path) -> None:
    """Record facts from a file."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    rows = _read(file)
    problems: dict[int, LedgerError] = {}
    with deployment.sessions(make=False).begin() as session:
        operator = whose.tenant(session, tenant)
        told: list[Told] = []
        lines: list[int] = []
        for line, row in rows:
            try:
                who = parties.find(session, operator, row["person"]).id
                permissions.permit(session, operator, who)
                told.append(_told(row, who))
                lines.append(line)
            except LedgerError as error:
                problems[line] = error
        done = operations.record(
            session, operator, told, actor=deployment.actor, recorded_at=deployment.now()
        )
    problems |= {lines[each.row]: each.error for each in done.problems}
    words = Wording("baris", "line").in_language(deployment.language)
    for line, problem in sorted(problems.items()):
        click.echo(f"{words} {line}: {problem.message(deployment.language)}")
    deployment.say(
        Wording(
            f"{done.recorded} dicatat, {done.existing} sudah ada, bermasalah: {len(problems)}.",
            f"{done.recorded} recorded, {done.existing} there already, problems: {len(problems)}.",
        )
    )
    ctx.exit(1 if problems else 0)


def _read(file: Path) -> list[tuple[int, dict[str, str]]]:
    """Read the rows of a file, each with its line.

    Raises: FactsFileMalformed.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            named = set(reader.fieldnames or ())
            if not named >= NEEDED or named - set(COLUMNS):
                raise FactsFileMalformed
            found = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FactsFileMalformed from error
    if any(None in row or None in row.values() for _, row in found):
        raise FactsFileMalformed
    return found


def _told(row: dict[str, str], person: int) -> Told:
    rest: dict[str, Any] = {name: row.get(name) or None for name in ("scheme", "version")}
    through = row.get("valid_through")
    return Told(
        person=person,
        name=row["name"],
        key=row.get("key", ""),
        value=row["value"] or None,
        valid_from=parse_date(row["valid_from"]),
        valid_through=parse_date(through) if through else None,
        **rest,
    )


@command(
    "list",
    id="Keterangan seseorang: seluruh riwayatnya, atau untuk evaluasi pada satu hari.\n\n"
    "Dengan --on: kosong bila ia tidak menyetujui evaluasi sekarang.",
    en="List a person's facts: all their history, or for evaluation as of a day.\n\n"
    "With --on: nothing, where she does not consent to evaluation now.",
)
@person_argument
@option("--on", "day", type=DAY, metavar="DATE", id="Yang berlaku hari itu.", en="As of this day.")
@looking.purpose_option
@format_option
@click.pass_obj
def list_command(
    deployment: Deployment, person: str, day: date | None, purpose: str, form: str
) -> None:
    """List facts."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        looking.note(session, deployment, tenant, [who], "facts", purpose)
        if day is None:
            rows = [
                _row(row.name, row.key, row, through=row.valid_through)
                for row in queries.history(session, tenant, who)
            ]
        else:
            read = queries.as_of(session, tenant, [who], day, at=deployment.now())
            facts = sorted((key, fact) for found in read.values() for key, fact in found.items())
            rows = [_row(name, key, fact) for (name, key), fact in facts]
    report = Report(
        name="facts",
        title=Wording("Keterangan", "Facts"),
        columns=(
            Column("name", Wording("Keterangan", "Fact")),
            Column("key", Wording("Kunci", "Key"), optional=True),
            Column("value", Wording("Isi", "Value"), flexes=True),
            Column("scheme", Wording("Skema", "Scheme"), optional=True),
            Column("version", Wording("Versi", "Version"), optional=True, gives_way=True),
            Column("valid_from", Wording("Sejak", "From")),
            Column("valid_through", Wording("Sampai", "Through"), optional=True),
        ),
        rows=rows,
    )
    output.show(report, form, deployment.language)


def _row(name: str, key: str, fact: Any, through: date | None = None) -> Row:
    return Row(
        {
            "name": name,
            "key": key or None,
            "value": fact.value,
            "scheme": fact.scheme,
            "version": fact.version,
            "valid_from": fact.valid_from,
            "valid_through": through,
        }
    )


facts_command.add_command(record_command)
facts_command.add_command(list_command)
