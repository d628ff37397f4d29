"""`juang person`: register, show, set, clear, find, merge and relate persons.

What identifies somebody is never an argument: it would stay in the shell's history and be seen
in the list of processes. It is read from a file, from the standard input, or asked for.
"""

import sys
from typing import Any, BinaryIO, Final, get_args

import click

from api.commands import looking, output, permissions, person_lists, whose
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, NUMBER, Text, format_option
from api.commands.person_devices import device_command, devices_command
from api.commands.person_erasing import (
    erase_command,
    erase_texts_command,
    erasures_command,
    hold_command,
    reapply_command,
)
from api.commands.person_links import link_command
from api.logs import Event
from ledger.books import operations as books
from ledger.errors import Wording
from ledger.parties import fields, operations, queries
from ledger.parties.fields import Field, FieldMalformed
from ledger.parties.operations import RelationKind

LONGEST: Final = 4_000
"""Bytes of a field as it is read; its letters are counted when it is kept."""

person_command = group(
    "person", id="Catat orang dan data pribadinya.", en="Keep persons and their personal data."
)
person_argument = click.argument("person", metavar="PERSON", type=NAME)
field_argument = click.argument(
    "field", metavar="FIELD", type=click.Choice([each.value for each in Field])
)
no_option = option(
    "--no",
    type=NUMBER,
    metavar="NUMBER",
    id="Ahli waris yang ke berapa; 1 bila tidak disebut.",
    en="Which of the heirs; 1 by default.",
)
file_option = option(
    "--file",
    type=click.File("rb"),
    metavar="PATH",
    id="Baca isian dari berkas; `-` masukan baku.",
    en="Read the value from a file; `-` is the standard input.",
)


def by(deployment: Deployment) -> dict[str, Any]:
    """Say who acts, and when."""
    return {"actor": deployment.actor, "recorded_at": deployment.now()}


def value_of(deployment: Deployment, field: Field, file: BinaryIO | None) -> str:
    """Read a field's value from where it is seen by nobody else.

    Raises: FieldMalformed.
    """
    if file is None and sys.stdin.isatty():
        label = fields.WORDS[field].in_language(deployment.language)
        return str(click.prompt(label, err=True, hide_input=field is Field.NIK))
    content = (file or sys.stdin.buffer).read(LONGEST + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise FieldMalformed(field.value) from None
    if len(content) > LONGEST:
        raise FieldMalformed(field.value)
    return text


def slot(field: Field, no: int | None) -> int:
    """Number the value: heirs from 1, the only value of other fields 0."""
    if no is None:
        return 1 if field in fields.SEVERAL else 0
    return no


@command(
    "register",
    id="Catat seorang.\n\n"
    "PATH adalah TENANT/RUJUKAN. Rujukan tidak boleh berisi NIK atau nama: misalnya nomor anggota.",
    en="Register a person.\n\n"
    "PATH is TENANT/REFERENCE. The reference must say nothing of her: a member's number, say.",
)
@click.argument("path", metavar="PATH", type=NAME)
@click.pass_obj
@changes(Event.PERSON_CHANGED, "registered")
def register_command(deployment: Deployment, path: str) -> None:
    """Register a person."""
    tenant, ref = whose.split(path)
    with deployment.sessions().begin() as session:
        permissions.permit(session, books.tenant_id(tenant))
        operator = books.open_tenant(session, tenant, name=tenant)
        operations.register(session, operator, ref, **by(deployment))
    at = f"{tenant}/{ref}"
    deployment.say(Wording(f"Orang {at} tercatat.", f"Person {at} is registered."))


@command(
    "show",
    id="Tampilkan data seseorang, tersamar. Ia dapat membaca siapa yang melihat.",
    en="Show what is kept of a person, masked. She can read who looked.",
)
@person_argument
@looking.purpose_option
@format_option
@click.pass_obj
@changes(Event.PERSON_SEEN, "shown")
def show_command(deployment: Deployment, person: str, purpose: str, form: str) -> None:
    """Show a person, masked."""
    with deployment.sessions(make=False).begin() as session:
        found = whose.root(session, person)
        report = person_lists.person(session, found)
        looking.note(session, deployment, found.tenant_id, [found.id], "person", purpose)
    output.show(report, form, deployment.language)


@command(
    "set",
    id="Isi atau perbaiki data seseorang, dari masukan baku atau berkas.",
    en="Set or correct a person's data, from the standard input or a file.",
)
@person_argument
@field_argument
@no_option
@file_option
@click.pass_obj
@changes(Event.PERSON_CHANGED, "set")
def set_command(
    deployment: Deployment, person: str, field: str, no: int | None, file: BinaryIO | None
) -> None:
    """Set a field."""
    kind = Field(field)
    value = fields.normal(kind, value_of(deployment, kind, file))
    place = slot(kind, no)
    sessions = deployment.sessions(texts=True, make=False)
    with sessions.begin() as session:
        found = whose.root(session, person)
        tenant, who = found.tenant_id, found.id
    try:
        with sessions.begin() as session:
            version = operations.set_field(
                session, tenant, who, kind, value, no=place, **by(deployment)
            )
    except operations.NikTaken as error:
        # The refusal tells whose the NIK is: that is a look at her, and stays though nothing else.
        with sessions.begin() as session:
            holder = [int(error.person)]
            looking.note(session, deployment, tenant, holder, "find.nik", "correction")
        raise
    named = fields.WORDS[kind]
    deployment.say(
        Wording(
            f"{named.id} tercatat, versi {version}: {fields.masked(kind, value)}",
            f"{named.en} is kept, version {version}: {fields.masked(kind, value)}",
        )
    )


@command("clear", id="Hapus satu isian.", en="Take a field out.")
@person_argument
@field_argument
@no_option
@click.pass_obj
@changes(Event.PERSON_CHANGED, "cleared")
def clear_command(deployment: Deployment, person: str, field: str, no: int | None) -> None:
    """Clear a field."""
    kind = Field(field)
    with deployment.sessions(make=False).begin() as session:
        found = whose.root(session, person)
        operations.clear_field(
            session, found.tenant_id, found.id, kind, no=slot(kind, no), **by(deployment)
        )
    named = fields.WORDS[kind]
    deployment.say(Wording(f"{named.id} dihapus.", f"{named.en} is taken out."))


@command(
    "find",
    id="Cari orang menurut NIK atau telepon, dari masukan baku atau berkas.\n\n"
    "Nomor telepon berpindah tangan: siapa yang memakainya bukan bukti siapa orangnya. Yang "
    "ditemukan dapat membaca siapa yang mencari.",
    en="Find persons by NIK or telephone, from the standard input or a file.\n\n"
    "Numbers change hands: who has one now is no proof of who somebody is. Who is found can read "
    "who searched.",
)
@click.argument("tenant", metavar="TENANT", type=Text(64))
@click.argument(
    "field", metavar="FIELD", type=click.Choice([each.value for each in fields.INDEXED])
)
@file_option
@looking.purpose_option
@format_option
@click.pass_obj
@changes(Event.PERSON_SEEN, "found")
def find_command(
    deployment: Deployment,
    tenant: str,
    field: str,
    file: BinaryIO | None,
    purpose: str,
    form: str,
) -> None:
    """Find persons."""
    kind = Field(field)
    value = fields.normal(kind, value_of(deployment, kind, file))
    with deployment.sessions(make=False).begin() as session:
        operator = whose.tenant(session, tenant)
        found = queries.holders(session, operator, kind, value)
        report = person_lists.persons(session, operator, found)
        looking.note(session, deployment, operator, found, f"find.{field}", purpose)
    output.show(report, form, deployment.language)


@command(
    "merge",
    id="Gabungkan dua catatan orang yang sama.\n\n"
    "Data yang belum ada pada INTO dipindahkan; perangkat DUPLICATE keluar semua.",
    en="Merge two records of one human being.\n\n"
    "What INTO lacks moves over; all devices of DUPLICATE are signed out.",
)
@click.argument("duplicate", metavar="DUPLICATE", type=NAME)
@click.argument("into", metavar="INTO", type=NAME)
@option(
    "--reason",
    type=Text(64),
    required=True,
    metavar="WORD",
    id="Satu kata alasan, misalnya nik_sama.",
    en="A word for the reason, for instance same_nik.",
)
@click.pass_obj
@changes(Event.PERSON_CHANGED, "merged")
def merge_command(deployment: Deployment, duplicate: str, into: str, reason: str) -> None:
    """Merge two records."""
    with deployment.sessions(make=False).begin() as session:
        kept = whose.found(session, into)
        gone = whose.found(session, duplicate)
        if gone.tenant_id != kept.tenant_id:
            raise queries.PersonNotFound(duplicate)
        operations.merge(session, kept.tenant_id, gone.id, kept.id, reason=reason, **by(deployment))
    deployment.say(
        Wording(
            f"{duplicate} digabung ke {into}.",
            f"{duplicate} is merged into {into}.",
        )
    )


@command("relate", id="Nyatakan hubungan dua orang.", en="Declare two persons related.")
@click.argument("one", metavar="ONE", type=NAME)
@click.argument("other", metavar="OTHER", type=NAME)
@option(
    "--kind",
    type=click.Choice(list(get_args(RelationKind))),
    default="family",
    show_default=True,
    id="Keluarga, serumah, atau usaha.",
    en="Family, one household, or business.",
)
@option("--end", is_flag=True, id="Hubungan itu berakhir.", en="The relation has ended.")
@click.pass_obj
@changes(Event.PERSON_CHANGED, "related")
def relate_command(
    deployment: Deployment, one: str, other: str, kind: RelationKind, *, end: bool
) -> None:
    """Relate two persons, or end it."""
    with deployment.sessions(make=False).begin() as session:
        first, second = whose.found(session, one), whose.found(session, other)
        if first.tenant_id != second.tenant_id:
            raise queries.PersonNotFound(other)
        change = operations.end_relation if end else operations.relate
        change(session, first.tenant_id, first.id, second.id, kind, **by(deployment))
    done = Wording("tidak lagi berhubungan", "are no longer related")
    if not end:
        done = Wording("berhubungan", "are related")
    deployment.say(
        Wording(f"{one} dan {other} {done.id}: {kind}.", f"{one} and {other} {done.en}: {kind}.")
    )


@command(
    "events",
    id="Apa yang terjadi pada catatan seseorang, tanpa isinya.",
    en="What was done to a person's record, never what it said.",
)
@person_argument
@format_option
@click.pass_obj
def events_command(deployment: Deployment, person: str, form: str) -> None:
    """List events."""
    with deployment.reading() as session:
        found = whose.found(session, person)
        output.show(person_lists.events(session, found), form, deployment.language)


for each in (
    register_command,
    show_command,
    set_command,
    clear_command,
    find_command,
    merge_command,
    relate_command,
    events_command,
    devices_command,
    device_command,
    hold_command,
    link_command,
    erase_command,
    erase_texts_command,
    erasures_command,
    reapply_command,
):
    person_command.add_command(each)
