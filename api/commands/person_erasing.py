"""`juang person hold | erase | erase-texts | erasures | reapply`: kept or gone."""

from datetime import date
from typing import BinaryIO

import click

from api.commands import output, person_lists, whose
from api.commands.bilingual import Usage, command, option
from api.commands.changes import changes
from api.commands.coming_in import come_in
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NAME, Text, book_argument, format_option
from api.commands.proposed import told
from api.logs import Event
from ledger.access import operations as access
from ledger.access.actions import Action
from ledger.approvals import operations as approvals
from ledger.books import queries as books
from ledger.errors import Wording
from ledger.parties import erasures, operations, queries, retention

person_argument = click.argument("person", metavar="PERSON", type=NAME)


@command(
    "hold",
    id="Catat kewajiban menyimpan data menurut undang-undang.",
    en="Note that a statute makes us keep a person's data.",
)
@person_argument
@click.argument(
    "ground",
    metavar="GROUND",
    type=click.Choice(sorted({ground.code for ground in retention.grounds()})),
)
@option("--since", type=DAY, metavar="DATE", id="Mulai dihitung.", en="From which day it counts.")
@option("--lift", is_flag=True, id="Usulkan mencabut: keliru.", en="Propose to lift it: an error.")
@click.pass_context
@changes(Event.PERSON_CHANGED, "held")
def hold_command(
    ctx: click.Context, person: str, ground: str, since: date | None, *, lift: bool
) -> None:
    """Note a hold, or propose to lift it."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    if lift == (since is not None):
        raise Usage(Wording("Sebut --since atau --lift.", "Name --since or --lift."), ctx)
    if since is None:
        _propose_lifting(deployment, person, ground)
        return
    with deployment.sessions(make=False).begin() as session:
        found = whose.found(session, person)
        until = operations.hold(
            session,
            found.tenant_id,
            found.id,
            ground,
            since,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(
        Wording(
            f"Data {person} disimpan sampai {until}: {ground}.",
            f"The data of {person} is kept until {until}: {ground}.",
        )
    )


def _propose_lifting(deployment: Deployment, person: str, ground: str) -> None:
    with deployment.reading() as session:
        found = whose.found(session, person)
        tenant, who = found.tenant_id, found.id
    acting = come_in(deployment, tenant)
    access.demand(acting, Action.PERSON_HOLD)
    with deployment.sessions(make=False).begin() as session:
        row = approvals.propose_lifting(
            session, tenant, who, ground, by=acting.actor, recorded_at=deployment.now()
        )
        said = told(session, row)
    deployment.say(said)


@command(
    "erase",
    id="Usulkan menghapus seseorang untuk selamanya; orang lain yang menyetujui.\n\n"
    "Kuncinya dihancurkan: data pribadi dan teks tentang dirinya di semua buku tidak terbaca lagi. "
    "Entri, saldo dan hash tetap. --book menghapus juga teks buku rumah tangganya sendiri. Petugas "
    "dari --officer yang mengusulkan.",
    en="Propose to erase a person for ever; another person approves.\n\n"
    "Her keys are destroyed: her data and the texts about her in every book can never be read "
    "again. Entries, balances and hashes stay. --book erases her household's own texts too. The "
    "officer of --officer proposes.",
)
@person_argument
@option(
    "--reason",
    type=Text(64),
    required=True,
    metavar="WORD",
    id="Satu kata alasan, misalnya permintaan_sendiri.",
    en="A word for the reason, for instance own_request.",
)
@option(
    "--book",
    "names",
    multiple=True,
    type=NAME,
    metavar="BOOK",
    id="Buku rumah tangga miliknya seorang.",
    en="A household's book that is wholly hers.",
)
@click.pass_obj
@changes(Event.PERSON_ERASED, "erased")
def erase_command(deployment: Deployment, person: str, reason: str, names: tuple[str, ...]) -> None:
    """Propose to erase a person."""
    with deployment.reading() as session:
        found = whose.found(session, person)
        tenant, who = found.tenant_id, found.id
        hers = [books.find_book(session, name).id for name in names]
    acting = come_in(deployment, tenant)
    access.demand(acting, Action.PERSON_ERASE)
    with deployment.sessions(make=False).begin() as session:
        row = approvals.propose_erasure(
            session,
            tenant,
            who,
            reason=reason,
            books=hers,
            by=acting.actor,
            recorded_at=deployment.now(),
        )
        said = told(session, row)
    deployment.say(said)


@command(
    "erase-texts",
    id="Usulkan menghapus teks di sebuah buku; orang lain yang menyetujui.\n\n"
    "Tanpa --about: teks buku itu sendiri. Yang dihapus tidak terbaca lagi, dan tidak ada teks "
    "baru tentangnya di buku itu.",
    en="Propose to erase texts in a book; another person approves.\n\n"
    "Without --about: the book's own. What is erased can never be read again, and the book takes "
    "no new text of the kind.",
)
@book_argument
@option("--about", type=NAME, metavar="PERSON", id="Teks tentang siapa.", en="About whom.")
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "erasing_texts")
def erase_texts_command(deployment: Deployment, book: str, about: str | None) -> None:
    """Propose to erase texts."""
    with deployment.reading() as session:
        found = books.find_book(session, book)
        tenant = found.tenant_id
        subject = ""
        if about is not None:
            who = whose.found(session, about)
            subject = queries.text_subject(session, who.tenant_id, who.id)
    acting = come_in(deployment, tenant)
    access.demand(acting, Action.PERSON_ERASE)
    with deployment.sessions(make=False).begin() as session:
        row = approvals.propose_text_erasure(
            session, found.id, subject, by=acting.actor, recorded_at=deployment.now()
        )
        said = told(session, row)
    deployment.say(said)


@command(
    "erasures",
    id="Daftar penghapusan: siapa, kapan, oleh siapa; tanpa data pribadi.",
    en="The erasure list: who, when, by whom; no personal data.",
)
@format_option
@click.pass_obj
def erasures_command(deployment: Deployment, form: str) -> None:
    """List erasures."""
    with deployment.reading() as session:
        report = person_lists.erasure_list(queries.erasures(session))
        output.show(report, form, deployment.language)


@command(
    "reapply",
    id="Terapkan lagi daftar penghapusan, setelah memulihkan cadangan lama.",
    en="Apply an erasure list again, after an older backup was restored.",
)
@click.argument("file", metavar="FILE", type=click.File("rb"))
@click.pass_obj
@changes(Event.PERSON_ERASED, "erased_again")
def reapply_command(deployment: Deployment, file: BinaryIO) -> None:
    """Apply an erasure list."""
    rows = erasures.read(file.read().decode(errors="replace"))
    with deployment.sessions(make=False).begin() as session:
        count = operations.reapply_erasures(session, rows)
    deployment.leave_no_trace()
    deployment.say(
        Wording(
            f"{len(rows)} baris diterapkan, {count} di antaranya baru.",
            f"{len(rows)} lines applied, {count} of them new.",
        )
    )
