"""A row in every table of persons, for tests of guards, migrations and backups."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from ledger.parties import operations as parties
from ledger.parties.fields import Field
from tests import builders
from tests.builders import NOW, TELLER
from tests.ledger.parties.test_devices import public_key


def fill(session: Session, *, erasing: Sequence[int] = ()) -> None:
    """Write a person with data, a device, a link and a hold, one merged and one erased."""
    by: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
    platform, cooperative = builders.PLATFORM, builders.COOPERATIVE
    siti, old, gone = (parties.register(session, platform, ref, **by) for ref in ("a", "b", "c"))
    for who, field, value in (
        (siti, Field.NIK, "7309015406950001"),
        (old, Field.PHONE, "081234567890"),
        (gone, Field.NAME, "Ani"),
    ):
        parties.set_field(session, platform, who, field, value, **by)
    parties.register_device(session, platform, siti, public_key(1), label="Oppo", **by)
    member = cooperative, parties.register(session, cooperative, "m-1", **by)
    parties.add_link(session, builders.SITI, (platform, siti), member, **by)
    parties.hold(session, platform, siti, "tax", builders.TODAY, **by)
    parties.relate(session, platform, siti, gone, "family", **by)
    parties.merge(session, platform, old, siti, reason="same_nik", **by)
    parties.erase(session, platform, gone, reason="own_request", books=erasing, **by)
