"""The table of participant facts; `models` may not import it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, UtcDateTime


class PersonFact(Base):
    """One fact, valid from a day until a newer one of its name and key, or through a day.

    No value means she took it back. `consent_*` is the answer in `consent_event` it rests on.
    """

    __tablename__ = "person_fact"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_through", name="window"),
        CheckConstraint("(scheme IS NULL) = (version IS NULL)", name="scheme"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(String(64))
    scheme: Mapped[str | None] = mapped_column(String(24))
    version: Mapped[str | None] = mapped_column(String(32))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_through: Mapped[date | None] = mapped_column(Date)
    consent_person_id: Mapped[int] = mapped_column(BigInteger)
    consent_purpose: Mapped[str] = mapped_column(String(16))
    consent_no: Mapped[int]
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
