"""Column types that mean the same on SQLite and PostgreSQL.

Money is whole minor units in a BIGINT. Instants are UTC to the microsecond: `timestamptz` on
PostgreSQL, fixed-width text on SQLite, so that text order is time order. Identifiers and
hashes are plain bytes on both. Collation is C everywhere: order never depends on a locale.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, LargeBinary, MetaData, Numeric, String, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}

CITUS = "juang_citus"
"""Where a connection notes that its database runs Citus."""

Blob = LargeBinary
"""Identifiers (16 bytes), hashes (32 bytes) and ciphertext."""


class Base(DeclarativeBase):
    """Ground of every mapped class; names of constraints follow one pattern on both databases."""

    metadata = MetaData(naming_convention=NAMING)


def utc_text(instant: datetime) -> str:
    """Write an instant as SQLite stores it: UTC, microseconds, one fixed width.

    >>> utc_text(datetime(2026, 11, 24, 8, 25, tzinfo=UTC))
    '2026-11-24 08:25:00.000000+00:00'
    """
    return instant.astimezone(UTC).isoformat(" ", "microseconds")


def as_utc(value: datetime | str | None) -> datetime | None:
    """Read an instant from either database.

    >>> as_utc("2026-11-24 08:25:00.000000+00:00")
    datetime.datetime(2026, 11, 24, 8, 25, tzinfo=datetime.timezone.utc)
    """
    if value is None:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo is UTC else value.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC; a naive datetime is refused rather than guessed at."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose `timestamptz` on PostgreSQL and fixed-width text elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write UTC; refuse an instant without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return value if dialect.name == "postgresql" else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        return as_utc(value)


class ExactDecimal(TypeDecorator[Decimal]):
    """A rate, kept to its last digit: `numeric` on PostgreSQL, text on SQLite."""

    impl = String(40)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose `numeric` on PostgreSQL and text elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(30, 12))
        return dialect.type_descriptor(String(40))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write plain digits, never an exponent."""
        if value is None or dialect.name == "postgresql":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read a Decimal without trailing zeros, so that both databases answer alike."""
        return None if value is None else plain_decimal(Decimal(value))


def plain_decimal(value: Decimal) -> Decimal:
    """Drop trailing zeros without falling into exponents.

    >>> plain_decimal(Decimal("2070.500000000000")), plain_decimal(Decimal("100"))
    (Decimal('2070.5'), Decimal('100'))
    """
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else Decimal(text)
