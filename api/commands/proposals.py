"""`juang proposal list | show | approve | execute | refuse | withdraw | expire | rule`."""

from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from api.commands import output, proposal_words, whose
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.coming_in import come_in
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, Text, format_option
from api.commands.proposal_rules import rule_command
from api.logs import Event
from ledger.access import operations as access
from ledger.access.acting import Acting
from ledger.approvals import operations, queries
from ledger.approvals.tables import Proposal
from ledger.books import queries as books
from ledger.errors import Wording
from ledger.money import format_plain
from ledger.reports.report import Column, Fact, Report, Row, Shown

proposal_command = group(
    "proposal",
    id="Lihat dan putuskan usulan yang menunggu.",
    en="See and decide what waits for approval.",
)
tenant_argument = click.argument("tenant", metavar="TENANT", type=NAME)
id_argument = click.argument("name", metavar="ID", type=NAME)

SHORTEST_HASH: Final = 16
"""Hexadecimal digits of a hash that somebody must have read."""

ERASING: Final = frozenset({"person_erasure", "text_erasure"})

STATES: Final = {
    "proposed": Wording("menunggu", "waiting"),
    "approved": Wording("disetujui", "approved"),
    "executed": Wording("dilaksanakan", "carried out"),
    "refused": Wording("ditolak", "refused"),
    "withdrawn": Wording("ditarik", "withdrawn"),
    "expired": Wording("kedaluwarsa", "expired"),
    "edited": Wording("diubah", "edited"),
}


@command("list", id="Usulan yang menunggu.", en="List what waits.")
@tenant_argument
@option("--all", "whole", is_flag=True, id="Juga yang sudah selesai.", en="What is decided, too.")
@format_option
@click.pass_obj
def list_command(deployment: Deployment, tenant: str, whole: bool, form: str) -> None:  # noqa: FBT001
    """List proposals."""
    states = tuple(STATES) if whole else queries.WAITING
    with deployment.reading() as session:
        found = books.find_tenant(session, tenant)
        rows = [
            row
            for row in queries.page(session, found.id, states=states, limit=1_000)
            if _seen(deployment, row)
        ]
        report = Report(
            name="proposals",
            title=Wording("Usulan", "Proposals"),
            columns=(
                Column("id", Wording("Id", "Id"), shown=Shown.DATA),
                Column("short", Wording("Id", "Id"), shown=Shown.TEXT),
                Column("kind_word", Wording("Jenis", "Kind"), flexes=True, shown=Shown.TEXT),
                Column("kind", Wording("Jenis", "Kind"), shown=Shown.DATA),
                Column("state_word", Wording("Keadaan", "State"), shown=Shown.TEXT),
                Column("state", Wording("Keadaan", "State"), shown=Shown.DATA),
                Column("maker", Wording("Pengusul", "Proposed by")),
                Column("expires_at", Wording("Sampai", "Until")),
            ),
            rows=[Row({**_cells(row), "short": row.id.hex()[:12]}) for row in rows],
        )
        output.show(report, form, deployment.language)


def _seen(deployment: Deployment, row: Proposal) -> bool:
    """Tell whether the officer who acts may see a proposal; the operator sees them all."""
    return deployment.acting is None or access.sees(deployment.acting, row)


def _cells(row: Proposal) -> dict[str, Any]:
    return {
        "id": row.id.hex(),
        "kind": row.kind,
        "kind_word": operations.find(row.kind).name,
        "state": row.state,
        "state_word": STATES[row.state],
        "maker": row.maker,
        "expires_at": row.expires_at,
    }


@command(
    "show",
    id="Isi sebuah usulan, tepat seperti yang akan dilaksanakan.",
    en="Show a proposal, exactly as it would be carried out.",
)
@tenant_argument
@id_argument
@format_option
@click.pass_obj
def show_command(deployment: Deployment, tenant: str, name: str, form: str) -> None:
    """Show a proposal and its history."""
    with deployment.reading() as session:
        row = queries.find(session, books.find_tenant(session, tenant).id, name)
        if not _seen(deployment, row):
            raise queries.ProposalNotFound(name)
        report = Report(
            name="proposal",
            title=operations.find(row.kind).name,
            facts=_facts(session, row),
            columns=(
                Column("recorded_at", Wording("Waktu", "Time")),
                Column("what_word", Wording("Peristiwa", "Event"), shown=Shown.TEXT),
                Column("what", Wording("Peristiwa", "Event"), shown=Shown.DATA),
                Column("revision", Wording("Revisi", "Revision"), right=True),
                Column("actor", Wording("Oleh", "By"), flexes=True),
                Column("reason", Wording("Alasan", "Reason"), optional=True),
            ),
            rows=[
                Row(
                    {
                        "recorded_at": event.recorded_at,
                        "what": event.what,
                        "what_word": _event_word(event.what),
                        "revision": event.revision,
                        "actor": event.actor,
                        "reason": event.reason,
                    }
                )
                for event in queries.events(session, row.tenant_id, row.id)
            ],
        )
        output.show(report, form, deployment.language)


def _event_word(what: str) -> Wording:
    return Wording("diusulkan", "proposed") if what == "proposed" else STATES[what]


def _facts(session: Session, row: Proposal) -> tuple[Fact, ...]:
    """Say what would be carried out: from the bytes whose hash is approved."""
    terms = queries.terms(session, row)
    facts = [
        Fact("id", row.id.hex(), Wording("Id", "Id")),
        Fact("hash", row.hash.hex(), Wording("Hash", "Hash")),
        Fact("state", row.state),
        Fact("state_word", STATES[row.state], Wording("Keadaan", "State")),
        Fact("revision", row.revision, Wording("Revisi", "Revision")),
        Fact("expires_at", row.expires_at, Wording("Sampai", "Until")),
    ]
    if terms.amount is not None:
        amount = (
            f"{terms.amount.currency} {format_plain(terms.amount.minor, terms.amount.currency)}"
        )
        facts.append(Fact("amount", amount, Wording("Jumlah", "Amount")))
    facts.extend(proposal_words.content(session, row.tenant_id, terms))
    return tuple(facts)


@command(
    "approve",
    id="Setujui usulan, tepat isi ini; lalu laksanakan.\n\n"
    "HASH adalah yang tertulis di `juang proposal show`, paling sedikit 16 angka. Petugas dari "
    "--officer ditanya frasa sandi dan kodenya.",
    en="Approve a proposal, exactly this content; then carry it out.\n\n"
    "HASH is what `juang proposal show` says, at least 16 digits of it. The officer of "
    "--officer is asked for passphrase and code.",
)
@tenant_argument
@id_argument
@click.argument("hash_", metavar="HASH", type=Text(64))
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "approved")
def approve_command(deployment: Deployment, tenant: str, name: str, hash_: str) -> None:
    """Approve a proposal, and carry it out if that was the last approval it needed."""
    acting, proposal = _enter(deployment, tenant, name)
    with deployment.sessions(make=False).begin() as session:
        row = queries.lock(session, acting.tenant, proposal)
        named = len(hash_) >= SHORTEST_HASH and row.hash.hex().startswith(hash_.lower())
        exactly = row.hash if named else bytes(32)
        row = access.approve(session, acting, proposal, exactly, recorded_at=deployment.now())
        kind, state = row.kind, row.state
    _tell(deployment, kind, state)
    if state == "approved":
        _execute(deployment, acting, proposal)


@command(
    "execute",
    id="Laksanakan usulan yang sudah disetujui, sekali.",
    en="Carry out what was approved, once.",
)
@tenant_argument
@id_argument
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "executed")
def execute_command(deployment: Deployment, tenant: str, name: str) -> None:
    """Carry a proposal out."""
    acting, proposal = _enter(deployment, tenant, name)
    _execute(deployment, acting, proposal)


@command("refuse", id="Tolak usulan.", en="Refuse a proposal.")
@tenant_argument
@id_argument
@option(
    "--reason",
    type=Text(64),
    required=True,
    metavar="WORD",
    id="Alasan singkat, tanpa data pribadi.",
    en="A short reason, without personal data.",
)
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "refused")
def refuse_command(deployment: Deployment, tenant: str, name: str, reason: str) -> None:
    """Refuse a proposal."""
    acting, proposal = _enter(deployment, tenant, name)
    with deployment.sessions(make=False).begin() as session:
        row = access.refuse(session, acting, proposal, reason=reason, recorded_at=deployment.now())
        kind, state = row.kind, row.state
    _tell(deployment, kind, state)


@command("withdraw", id="Tarik usulan sendiri.", en="Take one's own proposal back.")
@tenant_argument
@id_argument
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "withdrawn")
def withdraw_command(deployment: Deployment, tenant: str, name: str) -> None:
    """Withdraw a proposal."""
    acting, proposal = _enter(deployment, tenant, name)
    with deployment.sessions(make=False).begin() as session:
        row = operations.withdraw(
            session, acting.tenant, proposal, by=acting.actor, recorded_at=deployment.now()
        )
        kind, state = row.kind, row.state
    _tell(deployment, kind, state)


def _enter(deployment: Deployment, tenant: str, name: str) -> tuple[Acting, bytes]:
    """Find the proposal, then let the officer come in."""
    with deployment.reading() as session:
        found = books.find_tenant(session, tenant)
        proposal = queries.find(session, found.id, name).id
    return come_in(deployment, found.id), proposal


def _execute(deployment: Deployment, acting: Acting, proposal: bytes) -> None:
    with deployment.sessions(texts=True, make=False).begin() as session:
        row = access.execute(session, acting, proposal, recorded_at=deployment.now())
        kind, state = row.kind, row.state
    if kind in ERASING:
        deployment.leave_no_trace()
    _tell(deployment, kind, state)
    if kind == "person_erasure":
        deployment.say(
            Wording(
                "Simpan `juang person erasures` di luar cadangan.",
                "Keep `juang person erasures` apart from the backups.",
            )
        )


@command(
    "expire",
    id="Akhiri usulan yang lewat waktu, dan bebaskan dananya.\n\n"
    "Tanpa TENANT: semua lembaga. Boleh diulang kapan saja; pekerjaan malam melakukan hal yang "
    "sama.",
    en="End what is past due, and give back the money it holds.\n\n"
    "Without TENANT: of all tenants. It may be repeated at any time; a nightly job does the same.",
)
@click.argument("tenant", metavar="[TENANT]", type=NAME, required=False)
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "expired")
def expire_command(deployment: Deployment, tenant: str | None) -> None:
    """Expire what is past due, each in a transaction of its own."""
    now, actor = deployment.now(), deployment.actor
    with deployment.reading() as session:
        found = [books.find_tenant(session, tenant).id] if tenant else [*whose.codes(session)]
    sessions = deployment.sessions(make=False)
    count = 0
    for each in sorted(found):
        while due := _past_due(deployment, each, now):
            for proposal in due:
                with suppress(operations.ProposalNotWaiting), sessions.begin() as session:
                    operations.expire(session, each, proposal, actor=actor, recorded_at=now)
                    count += 1
    deployment.say(Wording(f"{count} usulan kedaluwarsa.", f"Proposals expired: {count}."))


def _past_due(deployment: Deployment, tenant: int, at: datetime) -> list[bytes]:
    with deployment.reading() as session:
        return queries.past_due(session, tenant, at)


def _tell(deployment: Deployment, kind: str, state: str) -> None:
    name, word = operations.find(kind).name, STATES[state]
    deployment.say(Wording(f"{name.id}: {word.id}.", f"{name.en}: {word.en}."))


for each in (
    list_command,
    show_command,
    approve_command,
    execute_command,
    refuse_command,
    withdraw_command,
    expire_command,
    rule_command,
):
    proposal_command.add_command(each)
