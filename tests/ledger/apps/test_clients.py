"""Client keys: one name, one key, for ever."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ledger.apps import operations, queries, tokens
from ledger.apps.operations.keyed import KEPT_FOR
from tests.builders import NOW, PLATFORM
from tests.ledger.apps.filled import CLIENT

OTHER = tokens.ClientKey(b"d" * 32)


@pytest.mark.parametrize("name", ["", "a", "A-b", "a b", "-a", "a" * 33, "é1", "a\n"])
def test_a_name_has_small_letters_digits_and_hyphens(session: Session, name: str) -> None:
    with pytest.raises(operations.ClientNameMalformed):
        operations.add_client(session, PLATFORM, name, CLIENT, actor="test", recorded_at=NOW)


def test_a_name_means_one_key_for_ever(session: Session) -> None:
    add = {"actor": "test", "recorded_at": NOW}
    operations.add_client(session, PLATFORM, "mobile", CLIENT, **add)  # type: ignore[arg-type]
    operations.revoke_client(session, PLATFORM, "mobile", **add)  # type: ignore[arg-type]
    operations.revoke_client(session, PLATFORM, "mobile", **add)  # type: ignore[arg-type]

    with pytest.raises(operations.ClientTaken):
        operations.add_client(session, PLATFORM, "mobile", OTHER, **add)  # type: ignore[arg-type]

    (kept,) = queries.clients(session, PLATFORM)
    assert kept.revoked_at == NOW
    assert queries.client_of(session, CLIENT) is None


def test_a_client_that_is_not_there_is_not_revoked(session: Session) -> None:
    with pytest.raises(operations.ClientNotFound):
        operations.revoke_client(session, PLATFORM, "mobile", actor="test", recorded_at=NOW)


def test_answers_are_somebodys_own_and_forgotten_after_a_year(session: Session) -> None:
    def keep(actor: str) -> None:
        operations.keep_answer(
            session,
            tenant=PLATFORM,
            actor=actor,
            key="k" * 16,
            route="PUT /consents/{purpose}",
            person=None,
            fingerprint=bytes(32),
            status=200,
            etag=None,
            location=None,
            body=b"{}",
            recorded_at=NOW,
        )

    keep("person-1")
    keep("person-2")

    assert len(queries.answers(session, PLATFORM, "person-1", "k" * 16)) == 1
    assert queries.answers(session, PLATFORM + 1, "person-1", "k" * 16) == []
    operations.forget_answers(session, PLATFORM, recorded_at=NOW + KEPT_FOR)
    assert len(queries.answers(session, PLATFORM, "person-1", "k" * 16)) == 1
    late = NOW + KEPT_FOR + timedelta(seconds=1)
    operations.forget_answers(session, PLATFORM, recorded_at=late)
    assert queries.answers(session, PLATFORM, "person-1", "k" * 16) == []
