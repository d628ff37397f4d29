"""`juang officer list | begin | add | role | disable | enable | passphrase | totp`."""

import secrets
from datetime import date, timedelta
from typing import BinaryIO

import click

from api.commands import output, permissions
from api.commands.beginning import begin, confirm, show_secret
from api.commands.bilingual import Usage, command, group, option
from api.commands.changes import changes
from api.commands.coming_in import CODE, PASSPHRASE, ask, come_in, find_officer
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NAME, Text, format_option, tenant_argument
from api.commands.proposed import told
from api.logs import Event
from ledger.access import factors, operations, queries, roles
from ledger.access.actions import Action
from ledger.access.passphrases import SALT_BYTES
from ledger.access.roles import Role
from ledger.access.tables import EVERY_BOOK
from ledger.books import operations as books
from ledger.books import queries as book_queries
from ledger.errors import Wording
from ledger.parties import operations as people
from ledger.reports.report import Column, Report, Row, Shown

officer_command = group(
    "officer",
    id="Akun petugas: peran, frasa sandi, faktor kedua.",
    en="Look after officers: roles, passphrases, second factors.",
)
officer_argument = click.argument("path", metavar="TENANT/HANDLE", type=NAME)
role_argument = click.argument("role", type=click.Choice([role.value for role in roles.OFFICERS]))

_STATES = {"active": Wording("aktif", "active"), "disabled": Wording("nonaktif", "disabled")}


@command("list", id="Daftar petugas dan perannya hari ini.", en="List officers and today's roles.")
@click.argument("tenant", metavar="TENANT", type=NAME)
@format_option
@click.pass_obj
def list_command(deployment: Deployment, tenant: str, form: str) -> None:
    """List officers."""
    day = deployment.now().date()
    with deployment.reading() as session:
        found = book_queries.find_tenant(session, tenant)
        permissions.permit(session, found.id)
        rows = []
        for officer in queries.officers(session, found.id, limit=1_000):
            held = sorted(queries.roles_on(session, officer, day))
            own = queries.secret(session, found.id, officer.id)
            rows.append(
                Row(
                    {
                        "officer": officer.handle,
                        "state_word": _STATES[officer.state],
                        "state": officer.state,
                        "roles_word": _named(held),
                        "roles": " ".join(held),
                        "second_factor": own is not None and own.totp is not None,
                    }
                )
            )
        report = Report(
            name="officers",
            title=Wording("Petugas", "Officers"),
            columns=(
                Column("officer", Wording("Petugas", "Officer")),
                Column("state_word", Wording("Keadaan", "State"), shown=Shown.TEXT),
                Column("state", Wording("Keadaan", "State"), shown=Shown.DATA),
                Column("roles_word", Wording("Peran", "Roles"), flexes=True, shown=Shown.TEXT),
                Column("roles", Wording("Peran", "Roles"), shown=Shown.DATA),
                Column("second_factor", Wording("Faktor kedua", "Second factor")),
            ),
            rows=rows,
        )
        output.show(report, form, deployment.language)


def _named(held: list[Role]) -> Wording:
    """Name roles in both languages."""
    names = [roles.NAMES[role] for role in held]
    return Wording(", ".join(each.id for each in names), ", ".join(each.en for each in names))


@command(
    "begin",
    id="Buat administrator pertama atau kedua sebuah lembaga.\n\n"
    "Hanya sampai ada dua orang: sesudah itu peran diusulkan dan disetujui. Nama akun dan frasa "
    "sandi ditanyakan, atau dua baris pertama --file. Kunci faktor kedua ditampilkan sekali.",
    en="Make the first or the second administrator of a tenant.\n\n"
    "Only until there are two persons: after that roles are proposed and approved. Handle and "
    "passphrase are asked for, or the first two lines of --file. The key of the second factor is "
    "shown once.",
)
@tenant_argument
@option(
    "--file",
    type=click.File("rb"),
    metavar="PATH",
    id="Baca nama akun dan frasa sandi dari berkas; `-` masukan baku.",
    en="Read handle and passphrase from a file; `-` is the standard input.",
)
@option(
    "--person",
    type=Text(64),
    metavar="REF",
    id="Rujukan orangnya bila sudah tercatat, bukan nama atau NIK.",
    en="Reference of the person where she is registered; no name or NIK.",
)
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "begun")
def begin_command(
    deployment: Deployment, tenant: str, file: BinaryIO | None, person: str | None
) -> None:
    """Make an administrator."""
    begin(deployment, tenant, file, person)


@command(
    "add",
    id="Buat akun untuk seseorang.\n\n"
    "Frasa sandi, faktor kedua dan peran menyusul; lihat perintah lainnya.",
    en="Open an account for a person.\n\n"
    "Passphrase, second factor and roles come after; see the other commands.",
)
@officer_argument
@option(
    "--person",
    type=Text(64),
    required=True,
    metavar="REF",
    id="Rujukan orangnya, bukan nama atau NIK; didaftarkan bila belum ada.",
    en="Reference of the person, no name or NIK; registered if it is new.",
)
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "added")
def add_command(deployment: Deployment, path: str, person: str) -> None:
    """Open an account."""
    code, _, handle = path.rpartition("/")
    now, actor = deployment.now(), deployment.actor
    with deployment.sessions().begin() as session:
        permissions.permit(session, books.tenant_id(code or "juang"))
        tenant = books.open_tenant(session, code or "juang", name=code or "juang")
        who = people.register(session, tenant, person, actor=actor, recorded_at=now)
        operations.add(session, tenant, handle, who, actor=actor, recorded_at=now)
    at = f"{code or 'juang'}/{handle}"
    deployment.say(Wording(f"Akun {at} ada.", f"The account {at} is there."))


@command(
    "role",
    id="Usulkan peran, atau akhiri.\n\n"
    "Administrator dari --officer mengusulkan; orang lain menyetujui. Dua administrator pertama: "
    "`juang officer begin`. Saat peran berubah, semua sesi petugas itu berakhir.",
    en="Propose a role, or end one.\n\n"
    "The administrator of --officer proposes; another person approves. The first two "
    "administrators: `juang officer begin`. With a change all sessions of the officer end.",
)
@officer_argument
@role_argument
@option("--from", "since", type=DAY, metavar="DATE", id="Hari pertama.", en="First day.")
@option("--until", type=DAY, metavar="DATE", id="Hari terakhir.", en="Last day.")
@option("--book", type=NAME, metavar="BOOK", id="Hanya buku ini.", en="For this book only.")
@option("--end", is_flag=True, id="Akhiri, kini atau pada --until.", en="End it, now or --until.")
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "role")
def role_command(
    deployment: Deployment,
    path: str,
    role: str,
    since: date | None,
    until: date | None,
    book: str | None,
    end: bool,  # noqa: FBT001 - click gives it by name
) -> None:
    """Propose a role, or end one."""
    now = deployment.now()
    if end and since is not None:
        raise Usage(Wording("--end tidak memakai --from.", "--end takes no --from."))
    with deployment.reading() as session:
        tenant, officer = find_officer(session, path)
        at = EVERY_BOOK if book is None else book_queries.find_book(session, book).id
    if not end:
        acting = come_in(deployment, tenant.id)
        operations.demand(acting, Action.ROLE_GRANT)
        with deployment.sessions(make=False).begin() as session:
            row = operations.propose_grant(
                session,
                tenant.id,
                officer.id,
                role,
                book=at,
                valid_from=since or now.date(),
                valid_through=until,
                by=acting.actor,
                recorded_at=now,
            )
            said = told(session, row)
        deployment.say(said)
        return
    with deployment.sessions(make=False).begin() as session:
        operations.end_role(
            session,
            tenant.id,
            officer.id,
            role,
            book=at,
            last_day=until or now.date() - timedelta(days=1),
            actor=deployment.actor,
            recorded_at=now,
        )
    deployment.say(Wording(f"{path}: peran {role} berakhir.", f"{path}: the role {role} ends."))


@command("disable", id="Nonaktifkan akun, seketika.", en="Disable an account, at once.")
@officer_argument
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "disabled")
def disable_command(deployment: Deployment, path: str) -> None:
    """Disable an account."""
    with deployment.sessions(make=False).begin() as session:
        tenant, officer = find_officer(session, path)
        operations.set_state(
            session,
            tenant.id,
            officer.id,
            "disabled",
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    word = _STATES["disabled"]
    deployment.say(Wording(f"{path}: {word.id}.", f"{path}: {word.en}."))


@command(
    "enable",
    id="Usulkan mengaktifkan kembali akun; orang lain yang menyetujui.",
    en="Propose to enable an account again; another person approves.",
)
@officer_argument
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "enabled")
def enable_command(deployment: Deployment, path: str) -> None:
    """Propose to enable an account again."""
    with deployment.reading() as session:
        tenant, officer = find_officer(session, path)
    acting = come_in(deployment, tenant.id)
    operations.demand(acting, Action.ROLE_GRANT)
    with deployment.sessions(make=False).begin() as session:
        row = operations.propose_enabling(
            session, tenant.id, officer.id, by=acting.actor, recorded_at=deployment.now()
        )
        said = told(session, row)
    deployment.say(said)


@command(
    "passphrase",
    id="Tetapkan frasa sandi; ditanyakan, tidak ditampilkan.\n\n"
    "Dari 12 sampai 128 karakter. Faktor kedua tetap, semua sesi berakhir.",
    en="Set a passphrase; it is asked for, and not shown.\n\n"
    "From 12 to 128 characters. The second factor stays, all sessions end.",
)
@officer_argument
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "passphrase")
def passphrase_command(deployment: Deployment, path: str) -> None:
    """Set a passphrase."""
    with deployment.reading() as session:
        tenant, officer = find_officer(session, path)
        whose, who = tenant.id, officer.id
    # Asked for in no transaction: nobody waits for what is being typed.
    passphrase = ask(deployment, PASSPHRASE, twice=True)
    with deployment.sessions(make=False).begin() as session:
        operations.set_passphrase(
            session,
            whose,
            who,
            passphrase,
            salt=secrets.token_bytes(SALT_BYTES),
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(Wording(f"{path}: frasa sandi ditetapkan.", f"{path}: the passphrase is set."))


@command(
    "totp",
    id="Daftarkan faktor kedua, atau minta ganti yang hilang.\n\n"
    "Menampilkan kunci untuk aplikasi autentikator, menanyakan kodenya, lalu menampilkan kode "
    "pemulihan. Dengan --reset, petugas dari --officer mengusulkan penggantian; petugas lain yang "
    "menyetujuinya.",
    en="Enrol a second factor, or ask for the reset of a lost one.\n\n"
    "Shows the key for an authenticator, asks for its code, then shows the recovery codes. With "
    "--reset the officer of --officer proposes a reset, which another one approves.",
)
@officer_argument
@option("--reset", is_flag=True, id="Usulkan penggantian yang hilang.", en="Propose a reset.")
@option(
    "--confirm",
    "begun",
    is_flag=True,
    id="Hanya tanyakan kode kunci yang sudah ditampilkan.",
    en="Only ask for a code of the key that was shown.",
)
@click.pass_obj
@changes(Event.OFFICER_CHANGED, "second_factor")
def totp_command(deployment: Deployment, path: str, *, reset: bool, begun: bool) -> None:
    """Enrol, confirm or reset a second factor."""
    if reset and begun:
        raise Usage(Wording("--reset atau --confirm.", "Either --reset or --confirm."))
    if reset:
        _propose_reset(deployment, path)
        return
    if deployment.acting is not None:
        deployment.action = Action.CREDENTIAL_CHANGE
    if begun:
        with deployment.reading() as session:
            tenant, officer = find_officer(session, path)
        confirm(deployment, f"{tenant.code}/{officer.handle}", ask(deployment, CODE))
        return
    secret = secrets.token_bytes(factors.SECRET_BYTES)
    with deployment.sessions(texts=True, make=False).begin() as session:
        tenant, officer = find_officer(session, path)
        address = operations.start_second_factor(
            session,
            tenant.id,
            officer.id,
            secret=secret,
            tenant_code=tenant.code,
            code=None,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    show_secret(deployment, secret, address)
    confirm(deployment, f"{tenant.code}/{officer.handle}", ask(deployment, CODE))


def _propose_reset(deployment: Deployment, path: str) -> None:
    with deployment.sessions(make=False).begin() as session:
        tenant, officer = find_officer(session, path)
    acting = come_in(deployment, tenant.id)
    operations.demand(acting, Action.SECOND_FACTOR_PROPOSE_RESET)
    with deployment.sessions(make=False).begin() as session:
        row = operations.propose_reset(
            session, tenant.id, officer.id, by=acting.actor, recorded_at=deployment.now()
        )
        said = told(session, row)
    deployment.say(said)


for each in (
    list_command,
    begin_command,
    add_command,
    role_command,
    disable_command,
    enable_command,
    passphrase_command,
    totp_command,
):
    officer_command.add_command(each)
