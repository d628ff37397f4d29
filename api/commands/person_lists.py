"""Reports of `juang person`: what is kept of her, masked; devices; what was done; the erased."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from ledger.books.tables import Tenant
from ledger.errors import Wording
from ledger.parties import erasures, fields, queries, retention
from ledger.parties.erasures import ErasureLine
from ledger.parties.tables import Person
from ledger.reports.report import Column, Fact, Report, Row, Shown

STATES = {
    "active": Wording("aktif", "active"),
    "merged": Wording("digabung", "merged"),
    "erased": Wording("dihapus", "erased"),
}
DEVICE_STATES = {
    "active": Wording("aktif", "active"),
    "lost": Wording("hilang", "lost"),
    "revoked": Wording("dicabut", "revoked"),
    "signed_out": Wording("keluar", "signed out"),
}
PERSON = Wording("Orang", "Person")
WHEN = Wording("Waktu", "When")
WHAT = Wording("Apa", "What")
ACTOR = Wording("Oleh", "By")
STATE = Wording("Keadaan", "State")
LABEL = Wording("Nama", "Label")


def path(session: Session, found: Person) -> str:
    """Name a person as TENANT/REFERENCE."""
    tenant = session.get(Tenant, found.tenant_id)
    return f"{'#' if tenant is None else tenant.code}/{found.ref}"


def person(session: Session, found: Person) -> Report:
    """Show what is kept of a person, masked, with what holds it and to whom she is related."""
    rows = [
        Row(
            {
                "field_word": _numbered(kept),
                "field": kept.field.value,
                "no": kept.no,
                "version": kept.version,
                "value": kept.masked,
            }
        )
        for kept in queries.vault(session, found.tenant_id, found.id)
    ]
    return Report(
        name="person",
        title=PERSON,
        facts=(
            Fact("person", path(session, found), PERSON),
            Fact("id", str(found.id), Wording("Id", "Id")),
            Fact("state", STATES[found.state], STATE),
            *_holds(session, found),
            *_relations(session, found),
        ),
        columns=(
            Column("field_word", Wording("Isian", "Field"), shown=Shown.TEXT),
            Column("field", Wording("Isian", "Field"), shown=Shown.DATA),
            Column("no", Wording("Ke", "No."), shown=Shown.DATA),
            Column("value", Wording("Tersamar", "Masked"), flexes=True),
            Column("version", Wording("Versi", "Version"), right=True),
        ),
        rows=rows,
    )


def _numbered(kept: queries.Kept) -> Wording:
    word = fields.WORDS[kept.field]
    return Wording(*(f"{text} {kept.no}" for text in word)) if kept.no else word


def _holds(session: Session, found: Person) -> Iterator[Fact]:
    for hold in queries.holds(session, found.tenant_id, found.id):
        source = retention.ground_on(hold.ground, hold.since).source
        label = Wording("Wajib simpan", "Held")
        until = f"{hold.until} ({source})"
        yield Fact(f"held_{hold.ground}", until, label)


def _relations(session: Session, found: Person) -> Iterator[Fact]:
    related = queries.related(session, found.tenant_id, found.id)
    for other, kinds in sorted(related.items()):
        told = queries.find(session, found.tenant_id, str(other))
        label = Wording("Hubungan", "Related")
        yield Fact(f"related_{other}", f"{path(session, told)}: {', '.join(sorted(kinds))}", label)


def persons(session: Session, tenant: int, found: Sequence[int]) -> Report:
    """List persons by reference and id."""
    known = [queries.find(session, tenant, str(each)) for each in found]
    return Report(
        name="persons",
        title=PERSON,
        columns=(
            Column("person", PERSON, flexes=True),
            Column("id", Wording("Id", "Id")),
            Column("state_word", STATE, shown=Shown.TEXT),
            Column("state", STATE, shown=Shown.DATA),
        ),
        rows=[
            Row(
                {
                    "person": path(session, each),
                    "id": str(each.id),
                    "state_word": STATES[each.state],
                    "state": each.state,
                }
            )
            for each in known
        ],
    )


def events(session: Session, found: Person) -> Report:
    """List what was done to a person's record."""
    return Report(
        name="person_events",
        title=Wording("Jejak", "What was done"),
        facts=(Fact("person", path(session, found), PERSON),),
        columns=(
            Column("at", WHEN),
            Column("what", WHAT, flexes=True),
            Column("before", Wording("Dari", "From"), optional=True),
            Column("after", Wording("Ke", "To"), optional=True),
            Column("by", ACTOR),
        ),
        rows=[
            Row(
                {
                    "at": event.recorded_at,
                    "what": event.what,
                    "before": event.before,
                    "after": event.after,
                    "by": event.actor,
                }
            )
            for event in queries.events(session, found.tenant_id, found.id)
        ],
    )


def devices(session: Session, found: Person) -> Report:
    """List a person's devices."""
    return Report(
        name="devices",
        title=Wording("Perangkat", "Devices"),
        facts=(Fact("person", path(session, found), PERSON),),
        columns=(
            Column("device", Wording("Perangkat", "Device")),
            Column("label", LABEL, flexes=True, optional=True),
            Column("state_word", STATE, shown=Shown.TEXT),
            Column("state", STATE, shown=Shown.DATA),
            Column("registered_at", Wording("Terdaftar", "Registered"), gives_way=True),
            Column("ended_at", Wording("Berakhir", "Ended"), gives_way=True, optional=True),
        ),
        rows=[
            Row(
                {
                    "device": str(each.id),
                    "label": each.label,
                    "state_word": DEVICE_STATES[each.state],
                    "state": each.state,
                    "registered_at": each.registered_at,
                    "ended_at": each.ended_at,
                }
            )
            for each in queries.devices(session, found.tenant_id, found.id)
        ],
    )


def erasure_list(lines: Iterable[ErasureLine]) -> Report:
    """List who was erased; in JSON this is what is applied again after a restore."""
    return Report(
        name="erasures",
        title=Wording("Daftar penghapusan", "Erasures"),
        columns=(
            Column("at", WHEN),
            Column("subject", WHAT, flexes=True),
            Column("tenant", Wording("Tenant", "Tenant"), shown=Shown.DATA),
            Column("person", PERSON, shown=Shown.DATA),
            Column("book", Wording("Buku", "Book"), shown=Shown.DATA),
            Column("reason", Wording("Alasan", "Reason")),
            Column("by", ACTOR),
        ),
        rows=(Row(erasures.cells(line)) for line in lines),
    )
