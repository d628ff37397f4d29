"""`juang consent texts | text | give | withdraw | list`."""

from datetime import datetime
from typing import cast

import click

from api.commands import looking, output, permissions, whose
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import (
    INSTANT,
    NAME,
    NUMBER,
    Text,
    format_option,
    means_option,
    person_argument,
)
from api.logs import Event
from ledger.books.operations import open_tenant, tenant_id
from ledger.consents import operations, queries, texts
from ledger.consents.answers import Means
from ledger.consents.queries import Standing
from ledger.errors import Language, Wording
from ledger.parties import operations as parties
from ledger.reports.report import Column, Report, Row, Shown

consent_command = group(
    "consent",
    id="Persetujuan seseorang, per tujuan.",
    en="What a person consents to, by purpose.",
)
purpose_argument = click.argument("purpose", metavar="PURPOSE", type=NAME)
to_option = option(
    "--to",
    "other",
    type=NAME,
    metavar="TENANT",
    id="Kepada siapa dibagikan.",
    en="Whom it is shared with.",
)

PURPOSE = Wording("Tujuan", "Purpose")
VERSION = Wording("Versi", "Version")
GIVEN = Wording("diberikan", "given")
WITHDRAWN = Wording("tidak", "no")
OUTDATED = Wording("perlu ditanya lagi", "to be asked again")
WITH = Wording("Dengan", "With")


@command("texts", id="Naskah persetujuan yang ada.", en="List the texts of consent.")
@format_option
@click.pass_obj
def texts_command(deployment: Deployment, form: str) -> None:
    """List the texts."""
    report = Report(
        name="consent_texts",
        title=Wording("Naskah persetujuan", "Texts of consent"),
        columns=(
            Column("purpose", PURPOSE),
            Column("version", VERSION, right=True),
            Column("title", Wording("Judul", "Title"), flexes=True),
            Column("from", Wording("Berlaku sejak", "In force since")),
            Column("again_from", Wording("Ditanya lagi", "Asked again"), optional=True),
            Column("sha256_id", Wording("Hash", "Hash"), shown=Shown.DATA),
            Column("sha256_en", Wording("Hash", "Hash"), shown=Shown.DATA),
        ),
        rows=(
            Row(
                {
                    "purpose": purpose.code,
                    "version": version.no,
                    "title": purpose.title,
                    "from": version.valid_from,
                    "again_from": version.again_from,
                    "sha256_id": version.hash_id.hex(),
                    "sha256_en": version.hash_en.hex(),
                }
            )
            for purpose in texts.shipped().purposes
            for version in purpose.versions
        ),
    )
    output.show(report, form, deployment.language)


@command("text", id="Tampilkan satu naskah untuk dibaca.", en="Show one text, to be read.")
@purpose_argument
@option(
    "--version", type=NUMBER, id="Versi; yang berlaku bila kosong.", en="By default, the present."
)
@click.pass_obj
def text_command(deployment: Deployment, purpose: str, version: int | None) -> None:
    """Show a text."""
    asked = texts.shipped().purpose(purpose)
    now = deployment.now()
    found = asked.current(now) if version is None else asked.version(version, now)
    click.echo(found.text.in_language(deployment.language))


@command(
    "give",
    id="Catat persetujuan seseorang.\n\n"
    "PERSON adalah TENANT/ORANG, atau ORANG saja. Tanyakan dengan naskah yang berlaku, "
    "dalam bahasanya sendiri.",
    en="Record that a person consents.\n\n"
    "PERSON is TENANT/PERSON, or PERSON alone. Ask her by the text in force, in her own language.",
)
@person_argument
@purpose_argument
@to_option
@means_option
@option("--witness", type=Text(64), id="Siapa yang menyaksikan.", en="Who bore witness.")
@option(
    "--text-language",
    type=click.Choice(["id", "en"]),
    id="Bahasa naskah yang dibacanya; bahasa perintah ini bila kosong.",
    en="Language of the text she read; this command's by default.",
)
@option("--version", type=NUMBER, id="Versi naskah.", en="Version of the text.")
@option(
    "--at", type=INSTANT, id="Kapan diberikan; sekarang bila kosong.", en="When; now by default."
)
@option("--register", is_flag=True, id="Daftarkan orangnya bila baru.", en="Register her if new.")
@click.pass_obj
@changes(Event.CONSENT_CHANGED, "given")
def give_command(
    deployment: Deployment,
    person: str,
    purpose: str,
    other: str | None,
    means: str,
    witness: str | None,
    text_language: str | None,
    version: int | None,
    at: datetime | None,
    register: bool,  # noqa: FBT001 - as above
) -> None:
    """Record a consent."""
    now = deployment.now()
    language = cast("Language", text_language or deployment.language)
    given = operations.Given(
        language=language, means=Means(means), version=version, witness=witness, at=at
    )
    with deployment.sessions().begin() as session:
        if register:
            code, ref = whose.split(person)
            permissions.permit(session, tenant_id(code))
            person = f"{code}/{ref}"
            made = open_tenant(session, code, name=code)
            parties.register(session, made, ref, actor=deployment.actor, recorded_at=now)
        tenant, who = whose.person(session, person)
        operations.give(
            session,
            tenant,
            who,
            purpose,
            given,
            other=None if other is None else whose.tenant(session, other),
            actor=deployment.actor,
            recorded_at=now,
        )
    deployment.say(Wording(f"{person}: {purpose} disetujui.", f"{person}: consents to {purpose}."))


@command(
    "withdraw",
    id="Cabut persetujuan, seketika.\n\n"
    "Ia tidak perlu memberi alasan. Tanpa --to, berbagi dengan siapa pun berhenti.",
    en="Take a consent back, at once.\n\n"
    "She needs no reason. Without --to, sharing with everybody stops.",
)
@person_argument
@purpose_argument
@to_option
@means_option
@click.pass_obj
@changes(Event.CONSENT_CHANGED, "withdrawn")
def withdraw_command(
    deployment: Deployment, person: str, purpose: str, other: str | None, means: str
) -> None:
    """Take a consent back."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        operations.withdraw(
            session,
            tenant,
            who,
            purpose,
            other=None if other is None else whose.tenant(session, other),
            means=Means(means),
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(
        Wording(f"{person}: {purpose} dicabut.", f"{person}: no longer consents to {purpose}.")
    )


@command("list", id="Persetujuan seseorang sekarang.", en="List where a person stands now.")
@person_argument
@looking.purpose_option
@format_option
@click.pass_obj
def list_command(deployment: Deployment, person: str, purpose: str, form: str) -> None:
    """List where a person stands."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        looking.note(session, deployment, tenant, [who], "consents", purpose)
        found = queries.standing(session, tenant, who, deployment.now())
        tenants = whose.codes(session)
    report = Report(
        name="consents",
        title=Wording("Persetujuan", "Consents"),
        columns=(
            Column("purpose", PURPOSE),
            Column("other", WITH, optional=True),
            Column("state", Wording("Keadaan", "State"), shown=Shown.TEXT),
            Column("given", Wording("Diberikan", "Given"), shown=Shown.DATA),
            Column("outdated", OUTDATED, shown=Shown.DATA),
            Column("since", Wording("Sejak", "Since")),
            Column("version", VERSION, right=True),
            Column("language", Wording("Bahasa", "Language"), gives_way=True),
            Column("means", Wording("Cara", "Means"), gives_way=True),
            Column("witness", Wording("Saksi", "Witness"), optional=True, gives_way=True),
        ),
        rows=[_row(each, tenants) for each in found],
    )
    output.show(report, form, deployment.language)


def _row(found: Standing, tenants: dict[int, str]) -> Row:
    state = GIVEN if found.given else OUTDATED if found.outdated else WITHDRAWN
    return Row(
        {
            "purpose": found.purpose,
            "other": None if found.other is None else tenants.get(found.other),
            "state": state,
            "given": found.given,
            "outdated": found.outdated,
            "since": found.since,
            "version": found.version,
            "language": found.language,
            "means": found.means,
            "witness": found.witness,
        }
    )


for each in (texts_command, text_command, give_command, withdraw_command, list_command):
    consent_command.add_command(each)
