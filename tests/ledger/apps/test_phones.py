"""A phone comes in by a code once, stays in by its own key, and is out at the next question."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ledger import db
from ledger.apps import operations, queries, tokens
from ledger.apps.operations import Door, Opened
from ledger.apps.tables import AppSession
from ledger.parties import operations as parties
from ledger.parties.operations.devices import DeviceTaken
from tests import builders
from tests.builders import NOW, PLATFORM
from tests.ledger.apps.filled import CLIENT, PHONE, public

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
CODE = tokens.code_text(CLIENT.code("k" * 16))


@pytest.fixture
def session(session: Session) -> Session:
    session.info["keyring"] = builders.keyring()
    return session


@dataclass
class Desk:
    """A person with a code, and the phone in her hand."""

    session: Session
    person: int
    drawn: int = 0

    def draw(self) -> Door:
        self.drawn += 1
        return Door(salt=self.drawn.to_bytes(32, "big"), session_id=self.drawn)

    def exchange(
        self,
        code: str = CODE,
        *,
        phone: Ed25519PrivateKey = PHONE,
        signer: Ed25519PrivateKey | None = None,
        attempt: str = "a" * 16,
        at: datetime = NOW,
    ) -> Opened | None:
        proof = (signer or phone).sign(tokens.activation_message(code, attempt))
        return operations.exchange(
            self.session,
            code,
            public(phone),
            proof,
            attempt=attempt,
            label=None,
            door=self.draw(),
            recorded_at=at,
        )

    def come_in(self) -> Opened:
        opened = self.exchange()
        assert opened is not None
        return opened

    def refresh(
        self,
        token: tokens.RefreshToken | str,
        *,
        signer: Ed25519PrivateKey = PHONE,
        attempt: str = "r" * 16,
        at: datetime = NOW,
    ) -> Opened | None:
        text = token if isinstance(token, str) else token.text
        return operations.refresh(
            self.session,
            text,
            signer.sign(tokens.refresh_message(text, attempt)),
            attempt=attempt,
            door=self.draw(),
            recorded_at=at,
        )

    def stands(self, opened: Opened, at: datetime = NOW) -> bool:
        asked = (opened.tenant, opened.session_id)
        return asked in queries.standing(self.session, [asked], at)


@pytest.fixture
def desk(session: Session) -> Desk:
    return _desk(session)


def _desk(session: Session) -> Desk:
    builders.open_books(session)
    operations.add_client(session, PLATFORM, "mobile", CLIENT, actor="test", recorded_at=NOW)
    siti = parties.register(session, PLATFORM, "siti", actor="test", recorded_at=NOW)
    client = queries.client_of(session, CLIENT)
    assert client is not None
    operations.activate(session, client, siti, CLIENT.code("k" * 16), recorded_at=NOW)
    return Desk(session, siti)


def test_a_code_opens_one_session_of_the_phone_that_signed_it(desk: Desk) -> None:
    opened = desk.come_in()

    assert opened.person_id == desk.person
    assert desk.stands(opened)
    assert desk.exchange(phone=OTHER, attempt="b" * 16) is None
    assert desk.exchange(attempt="b" * 16) is None


def test_a_lost_answer_is_given_again_to_the_same_phone_and_request(desk: Desk) -> None:
    opened = desk.come_in()

    again = desk.exchange()

    assert again is not None
    assert again.token == opened.token
    assert again.session_id == opened.session_id
    desk.refresh(opened.token)
    assert desk.exchange() is None, "the token was used: the answer had arrived"


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("another code", {"code": tokens.code_text(bytes(20))}),
    ("no code", {"code": "x"}),
    ("no code in letters beyond ASCII", {"code": "é" * 32}),
    ("small letters", {"code": CODE.lower()}),
    ("signed by another key", {"signer": OTHER}),
    ("past due", {"at": NOW + timedelta(minutes=10)}),
]


@pytest.mark.parametrize(("why", "how"), WRONG, ids=[why for why, _ in WRONG])
def test_what_is_wrong_opens_nothing_and_spoils_nothing(
    desk: Desk, why: str, how: dict[str, Any]
) -> None:
    assert desk.exchange(**how) is None

    assert desk.exchange(at=NOW + timedelta(minutes=10, microseconds=-1)) is not None


def test_a_code_of_a_revoked_client_opens_nothing_and_its_phones_stay(desk: Desk) -> None:
    opened = desk.come_in()
    client = queries.client_of(desk.session, CLIENT)
    assert client is not None
    late = CLIENT.code("later" * 4)
    operations.activate(desk.session, client, desk.person, late, recorded_at=NOW)

    by = {"actor": "test", "recorded_at": NOW}
    operations.revoke_client(desk.session, PLATFORM, "mobile", **by)  # type: ignore[arg-type]

    assert queries.client_of(desk.session, CLIENT) is None
    assert desk.exchange(tokens.code_text(late), phone=OTHER, attempt="c" * 16) is None
    assert desk.stands(opened)


def test_a_code_of_somebody_erased_opens_nothing(desk: Desk) -> None:
    parties.erase(
        desk.session, PLATFORM, desk.person, reason="own_request", actor="test", recorded_at=NOW
    )

    with pytest.raises(parties.PersonNotActive):
        desk.exchange()


def test_a_phone_of_somebody_else_stays_hers(desk: Desk) -> None:
    by: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
    ani = parties.register(desk.session, PLATFORM, "ani", **by)
    parties.register_device(desk.session, PLATFORM, ani, public(), **by)

    with pytest.raises(DeviceTaken):
        desk.exchange()


def test_each_renewal_gives_another_token_and_the_same_request_the_same(desk: Desk) -> None:
    first = desk.come_in()

    second = desk.refresh(first.token, attempt="1" * 16)
    repeat = desk.refresh(first.token, attempt="1" * 16)

    assert second is not None
    assert repeat is not None
    assert first.token != second.token == repeat.token
    third = desk.refresh(second.token, attempt="2" * 16)
    assert third is not None
    assert third.token not in {first.token, second.token}
    assert desk.stands(third)


@pytest.mark.parametrize("which", ["the one before", "an old one", "an invented one"])
def test_a_token_used_twice_ends_its_family(desk: Desk, which: str) -> None:
    """One of two has stolen it, and nobody can tell which."""
    first = desk.come_in()
    second = desk.refresh(first.token, attempt="1" * 16)
    assert second is not None
    shown = first.token
    if which == "an old one":
        second = desk.refresh(second.token, attempt="2" * 16)
        assert second is not None
    if which == "an invented one":
        shown = tokens.RefreshToken(first.token.family, bytes(32))

    assert desk.refresh(shown, attempt="3" * 16, signer=OTHER) is None

    assert not desk.stands(second)
    assert desk.refresh(second.token, attempt="4" * 16) is None


def test_a_stolen_token_is_nothing_without_the_phone(desk: Desk) -> None:
    opened = desk.come_in()

    assert desk.refresh(opened.token, signer=OTHER) is None

    assert desk.refresh(opened.token) is not None


@pytest.mark.parametrize("text", ["", "jr_", "jr_AAAA", "jk_" + "A" * 64, "jr_" + "A" * 64, "é"])
def test_what_is_no_token_renews_nothing(desk: Desk, text: str) -> None:
    assert desk.refresh(text) is None


def test_a_session_unused_for_four_hundred_days_is_over(desk: Desk) -> None:
    opened = desk.come_in()
    late = NOW + timedelta(days=400)

    assert desk.stands(opened, late - timedelta(seconds=1))
    assert not desk.stands(opened, late)
    assert desk.refresh(opened.token, at=late) is None


def _lose(desk: Desk, opened: Opened) -> None:
    parties.end_device(
        desk.session,
        PLATFORM,
        desk.person,
        opened.device_id,
        "lost",
        actor="test",
        recorded_at=NOW,
    )


def _sign_out(desk: Desk, opened: Opened) -> None:
    parties.sign_out_everywhere(desk.session, PLATFORM, desk.person, actor="test", recorded_at=NOW)


def _end(desk: Desk, opened: Opened) -> None:
    operations.end_session(desk.session, PLATFORM, opened.session_id, "signed_out", recorded_at=NOW)


def _erase(desk: Desk, opened: Opened) -> None:
    parties.erase(
        desk.session, PLATFORM, desk.person, reason="own_request", actor="test", recorded_at=NOW
    )


def _merge(desk: Desk, opened: Opened) -> None:
    by: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
    other = parties.register(desk.session, PLATFORM, "siti-2", **by)
    parties.merge(desk.session, PLATFORM, desk.person, other, reason="same_nik", **by)


@pytest.mark.parametrize("end", [_lose, _sign_out, _end, _erase, _merge])
def test_it_is_over_at_the_next_question(desk: Desk, end: Callable[[Desk, Opened], None]) -> None:
    opened = desk.come_in()

    end(desk, opened)

    assert not desk.stands(opened)
    assert desk.refresh(opened.token) is None


def test_a_key_in_a_phones_hardware_is_taken_as_well(desk: Desk) -> None:
    phone = generate_private_key(SECP256R1())
    message = tokens.activation_message(CODE, "a" * 16)

    opened = operations.exchange(
        desk.session,
        CODE,
        phone.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        phone.sign(message, ECDSA(SHA256())),
        attempt="a" * 16,
        label="Oppo",
        door=desk.draw(),
        recorded_at=NOW,
    )

    assert opened is not None
    assert desk.stands(opened)


def test_nothing_that_opens_is_kept(desk: Desk) -> None:
    opened = desk.come_in()
    kept = desk.session.get(AppSession, (PLATFORM, opened.session_id))
    assert kept is not None

    values = {value for value in vars(kept).values() if isinstance(value, bytes)}

    opening = {opened.token.secret, opened.token.family, CLIENT.code("k" * 16), CLIENT.secret}
    assert not values & opening


def test_an_open_household_is_its_owners_whatever_record_owns_it(desk: Desk) -> None:
    from ledger.consents import operations as consents

    by: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
    consents.own_book(desk.session, PLATFORM, desk.person, builders.SITI, **by)
    assert queries.owned(desk.session, builders.BOOKS) == {(PLATFORM, builders.SITI, desk.person)}
    other = parties.register(desk.session, PLATFORM, "siti-2", **by)
    parties.merge(desk.session, PLATFORM, desk.person, other, reason="same_nik", **by)
    assert queries.owned(desk.session, builders.BOOKS) == {(PLATFORM, builders.SITI, other)}
    consents.end_ownership(desk.session, PLATFORM, other, builders.SITI, **by)
    assert queries.owned(desk.session, builders.BOOKS) == set()


def test_one_code_at_once_opens_one_session(engine: Engine) -> None:
    make = db.session_factory(engine, keyring=builders.keyring())
    with make.begin() as session:
        _desk(session)

    def come_in(number: int) -> bool:
        attempt = f"{number:016d}"
        with make.begin() as session:
            opened = operations.exchange(
                session,
                CODE,
                public(),
                PHONE.sign(tokens.activation_message(CODE, attempt)),
                attempt=attempt,
                label=None,
                door=Door(salt=bytes(32), session_id=number),
                recorded_at=NOW,
            )
        return opened is not None

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(come_in, range(8)))

    assert sorted(came) == [False] * 7 + [True]
    with make() as session:
        assert session.scalar(select(func.count()).select_from(AppSession)) == 1


def test_after_a_restore_every_phone_needs_a_new_code(desk: Desk) -> None:
    """What was lost since the backup would otherwise be in again."""
    opened = desk.come_in()
    client = queries.client_of(desk.session, CLIENT)
    assert client is not None
    waiting = CLIENT.code("later" * 4)
    operations.activate(desk.session, client, desk.person, waiting, recorded_at=NOW)

    assert operations.end_all_sessions(desk.session, "restored", recorded_at=NOW) == 1

    assert not desk.stands(opened)
    assert desk.refresh(opened.token) is None
    assert desk.exchange(tokens.code_text(waiting), phone=OTHER, attempt="c" * 16) is None
    assert operations.end_all_sessions(desk.session, "restored", recorded_at=NOW) == 0
