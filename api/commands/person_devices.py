"""`juang person devices`, and `juang person device add | label | lost | revoke | sign-out`."""

import sys
from typing import BinaryIO

import click

from api.commands import looking, output, person_lists, whose
from api.commands.bilingual import Command, command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, format_option
from api.logs import Event
from ledger.errors import Wording
from ledger.parties import operations
from ledger.parties.device_keys import LONGEST
from ledger.parties.operations import Ending

person_argument = click.argument("person", metavar="PERSON", type=NAME)


@command("devices", id="Daftar perangkat seseorang.", en="List a person's devices.")
@person_argument
@looking.purpose_option
@format_option
@click.pass_obj
def devices_command(deployment: Deployment, person: str, purpose: str, form: str) -> None:
    """List devices."""
    with deployment.sessions(make=False).begin() as session:
        found = whose.found(session, person)
        report = person_lists.devices(session, found)
        looking.note(session, deployment, found.tenant_id, [found.id], "devices", purpose)
    output.show(report, form, deployment.language)


device_command = group(
    "device", id="Daftarkan dan akhiri perangkat.", en="Register and end devices."
)


@command(
    "add",
    id="Daftarkan perangkat dengan kunci publiknya (PEM atau DER).",
    en="Register a device by its public key (PEM or DER).",
)
@person_argument
@click.argument("key", metavar="FILE", type=click.File("rb"))
@click.pass_obj
@changes(Event.PERSON_CHANGED, "device_added")
def add_command(deployment: Deployment, person: str, key: BinaryIO) -> None:
    """Register a device."""
    content = key.read(LONGEST + 1)
    with deployment.sessions(make=False).begin() as session:
        found = whose.found(session, person)
        device = operations.register_device(
            session,
            found.tenant_id,
            found.id,
            content,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(Wording(f"Perangkat {device} terdaftar.", f"Device {device} is registered."))


def number_of(device: str) -> int:
    """Read a device's number.

    Raises: DeviceNotFound.
    """
    if not (device.isascii() and device.isdigit() and len(device) < 20):
        raise operations.DeviceNotFound(device)
    return int(device)


@command(
    "label",
    id="Beri nama perangkat, dari masukan baku atau berkas; tersimpan terenkripsi.",
    en="Name a device, from the standard input or a file; the name is kept encrypted.",
)
@person_argument
@click.argument("device", metavar="DEVICE", type=NAME)
@option(
    "--file",
    type=click.File("rb"),
    metavar="PATH",
    id="Baca nama dari berkas; `-` masukan baku.",
    en="Read the name from a file; `-` is the standard input.",
)
@click.pass_obj
@changes(Event.PERSON_CHANGED, "device_labelled")
def label_command(deployment: Deployment, person: str, device: str, file: BinaryIO | None) -> None:
    """Name a device."""
    number = number_of(device)
    if file is None and sys.stdin.isatty():
        asked = person_lists.LABEL.in_language(deployment.language)
        label = str(click.prompt(asked, err=True))
    else:
        label = (file or sys.stdin.buffer).read(LONGEST).decode(errors="replace")
    with deployment.sessions(texts=True, make=False).begin() as session:
        found = whose.found(session, person)
        operations.label_device(
            session,
            found.tenant_id,
            found.id,
            number,
            label,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(Wording(f"Perangkat {device} diberi nama.", f"Device {device} is named."))


def _ending(name: str, state: Ending, summary: Wording, done: Wording) -> Command:
    @command(name, id=summary.id, en=summary.en)
    @person_argument
    @click.argument("device", metavar="DEVICE", type=NAME)
    @click.pass_obj
    @changes(Event.PERSON_CHANGED, "device_ended")
    def change(deployment: Deployment, person: str, device: str) -> None:
        number = number_of(device)
        with deployment.sessions(make=False).begin() as session:
            found = whose.found(session, person)
            operations.end_device(
                session,
                found.tenant_id,
                found.id,
                number,
                state,
                actor=deployment.actor,
                recorded_at=deployment.now(),
            )
        deployment.say(Wording(*(text.format(device=device) for text in done)))

    return change


@command("sign-out", id="Keluarkan semua perangkat.", en="Sign out everywhere.")
@person_argument
@option("--but", type=NAME, metavar="DEVICE", id="Kecuali yang ini.", en="But for this one.")
@click.pass_obj
@changes(Event.PERSON_CHANGED, "signed_out")
def sign_out_command(deployment: Deployment, person: str, but: str | None) -> None:
    """End all devices."""
    with deployment.sessions(make=False).begin() as session:
        found = whose.found(session, person)
        count = operations.sign_out_everywhere(
            session,
            found.tenant_id,
            found.id,
            but=None if but is None else number_of(but),
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(Wording(f"{count} perangkat dikeluarkan.", f"Devices signed out: {count}."))


for each in (
    add_command,
    label_command,
    _ending(
        "lost",
        "lost",
        Wording("Perangkat hilang: berakhir seketika.", "A device is lost: it ends at once."),
        Wording("Perangkat {device} hilang, berakhir.", "Device {device} is lost and has ended."),
    ),
    _ending(
        "revoke",
        "revoked",
        Wording("Cabut perangkat: berakhir seketika.", "Revoke a device: it ends at once."),
        Wording("Perangkat {device} dicabut.", "Device {device} is revoked."),
    ),
    sign_out_command,
):
    device_command.add_command(each)
