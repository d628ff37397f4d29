"""`juang person devices`, and `juang person device add | lost | revoke | sign-out`."""

from typing import BinaryIO

import click

from api.commands import output, person_lists
from api.commands.bilingual import Command, command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, format_option
from api.logs import Event
from ledger.errors import Wording
from ledger.parties import operations, queries
from ledger.parties.device_keys import LONGEST
from ledger.parties.operations import Ending

person_argument = click.argument("person", metavar="PERSON", type=NAME)


@command("devices", id="Daftar perangkat seseorang.", en="List a person's devices.")
@person_argument
@format_option
@click.pass_obj
def devices_command(deployment: Deployment, person: str, form: str) -> None:
    """List devices."""
    with deployment.reading() as session:
        found = queries.find_anywhere(session, person)
        output.show(person_lists.devices(session, found), form, deployment.language)


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
        found = queries.find_anywhere(session, person)
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


def _ending(name: str, state: Ending, summary: Wording, done: Wording) -> Command:
    @command(name, id=summary.id, en=summary.en)
    @person_argument
    @click.argument("device", metavar="DEVICE", type=NAME)
    @click.pass_obj
    @changes(Event.PERSON_CHANGED, "device_ended")
    def change(deployment: Deployment, person: str, device: str) -> None:
        number = number_of(device)
        with deployment.sessions(make=False).begin() as session:
            found = queries.find_anywhere(session, person)
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
        found = queries.find_anywhere(session, person)
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
