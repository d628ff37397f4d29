"""Register, merge, relate and erase persons; keep their vault, devices and links.

A change locks the person's row and leaves a row in `person_event`, which never says what the data
was.
"""

from ledger.parties.identity import person_id
from ledger.parties.operations.devices import (
    DeviceEnded,
    DeviceNotFound,
    DeviceTaken,
    Ending,
    end_device,
    label_device,
    register_device,
    sign_out_everywhere,
)
from ledger.parties.operations.erasing import (
    HoldNotFound,
    RetentionHeld,
    check_erasure,
    erase,
    hold,
    lift_hold,
    reapply_erasures,
)
from ledger.parties.operations.events import (
    PersonNotActive,
    ReasonMalformed,
    lock_active,
    note_event,
)
from ledger.parties.operations.links import BookNotHers, LinkNotFound, add_link, remove_link
from ledger.parties.operations.merging import NikDiffers
from ledger.parties.operations.persons import (
    PersonRefMalformed,
    RelationKind,
    SamePersonTwice,
    end_relation,
    lock_two,
    merge,
    register,
    relate,
)
from ledger.parties.operations.vault import (
    FieldNotFound,
    NikTaken,
    clear_field,
    reindex,
    set_field,
)

__all__ = [
    "BookNotHers",
    "DeviceEnded",
    "DeviceNotFound",
    "DeviceTaken",
    "Ending",
    "FieldNotFound",
    "HoldNotFound",
    "LinkNotFound",
    "NikDiffers",
    "NikTaken",
    "PersonNotActive",
    "PersonRefMalformed",
    "ReasonMalformed",
    "RelationKind",
    "RetentionHeld",
    "SamePersonTwice",
    "add_link",
    "check_erasure",
    "clear_field",
    "end_device",
    "end_relation",
    "erase",
    "hold",
    "label_device",
    "lift_hold",
    "lock_active",
    "lock_two",
    "merge",
    "note_event",
    "person_id",
    "reapply_erasures",
    "register",
    "register_device",
    "reindex",
    "relate",
    "remove_link",
    "set_field",
    "sign_out_everywhere",
]
