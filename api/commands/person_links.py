"""`juang person link add | list | remove`: a household's book and its owner's membership.

The link is sealed on her side alone; nothing of it is written on the cooperative's.
"""

import click

from api.commands import looking, output, whose
from api.commands.bilingual import command, group
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, NUMBER, book_argument, format_option
from api.logs import Event
from ledger.books import queries as books
from ledger.consents.queries.persons import owners
from ledger.errors import Wording
from ledger.parties import operations, queries
from ledger.reports.report import Column, Report, Row

link_command = group(
    "link",
    id="Tautan buku rumah tangga ke keanggotaan pemiliknya.",
    en="Links of a household's book to its owner's memberships.",
)


@command(
    "add",
    id="Tautkan buku rumah tangga dengan keanggotaan.\n\n"
    "Hanya bila pemiliknya meminta: tautan tersegel di sisinya; koperasi tidak mengetahuinya.",
    en="Link a household's book to a membership.\n\n"
    "Only where its owner asks: it is sealed on her side, and the cooperative hears nothing.",
)
@book_argument
@click.argument("owner", metavar="OWNER", type=NAME)
@click.argument("member", metavar="MEMBER", type=NAME)
@click.pass_obj
@changes(Event.PERSON_CHANGED, "linked")
def add_command(deployment: Deployment, book: str, owner: str, member: str) -> None:
    """Add a link."""
    with deployment.sessions(texts=True, make=False).begin() as session:
        found = books.find_book(session, book)
        no = operations.add_link(
            session,
            found.id,
            whose.person(session, owner),
            whose.person(session, member),
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(Wording(f"{book}: tautan {no}.", f"{book}: link {no}."))


@command(
    "list",
    id="Tautan sebuah buku. Pemiliknya dapat membaca siapa yang melihat.",
    en="List a book's links. Its owner can read who looked.",
)
@book_argument
@looking.purpose_option
@format_option
@click.pass_obj
@changes(Event.PERSON_SEEN, "links")
def list_command(deployment: Deployment, book: str, purpose: str, form: str) -> None:
    """List links."""
    with deployment.sessions(make=False).begin() as session:
        found = books.find_book(session, book)
        tenants = whose.codes(session)
        rows = [
            Row(
                {
                    "no": each.no,
                    "member": f"{tenants[each.tenant]}/"
                    f"{queries.find(session, each.tenant, str(each.person)).ref}",
                }
            )
            for each in queries.memberships(session, found.id)
        ]
        hers = {*queries.link_owners(session, found.id)}
        hers.update(owners(session, found.tenant_id, [found.id]).get(found.id, ()))
        looking.note(
            session, deployment, found.tenant_id, sorted(hers), "links", purpose, book=found.id
        )
    report = Report(
        name="links",
        title=Wording("Tautan", "Links"),
        columns=(
            Column("no", Wording("No.", "No."), right=True),
            Column("member", Wording("Keanggotaan", "Membership"), flexes=True),
        ),
        rows=rows,
    )
    output.show(report, form, deployment.language)


@command("remove", id="Cabut tautan.", en="Take a link back.")
@book_argument
@click.argument("no", metavar="NO", type=NUMBER)
@click.pass_obj
@changes(Event.PERSON_CHANGED, "unlinked")
def remove_command(deployment: Deployment, book: str, no: int) -> None:
    """Remove a link."""
    with deployment.sessions(make=False).begin() as session:
        found = books.find_book(session, book)
        operations.remove_link(
            session, found.id, no, actor=deployment.actor, recorded_at=deployment.now()
        )
    deployment.say(Wording(f"{book}: tautan {no} dicabut.", f"{book}: link {no} is taken back."))


for each in (add_command, list_command, remove_command):
    link_command.add_command(each)
