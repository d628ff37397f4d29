"""A row in every table of apps, for tests of guards and migrations."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from ledger.apps import operations, queries, tokens
from ledger.apps.operations import Door
from ledger.parties import operations as parties
from tests.builders import NOW, PLATFORM

PHONE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CLIENT = tokens.ClientKey(b"c" * 32)


def public(key: Ed25519PrivateKey = PHONE) -> bytes:
    """Give a phone's public key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fill(session: Session) -> None:
    """Add a client, let Siti's phone in, renew its tokens, keep an answer."""
    operations.add_client(session, PLATFORM, "mobile", CLIENT, actor="test", recorded_at=NOW)
    client = queries.client_of(session, CLIENT)
    assert client is not None
    siti = parties.register(session, PLATFORM, "siti", actor="test", recorded_at=NOW)
    code = CLIENT.code("first-activation")
    operations.activate(session, client, siti, code, recorded_at=NOW)
    text = tokens.code_text(code)
    opened = operations.exchange(
        session,
        text,
        public(),
        PHONE.sign(tokens.activation_message(text, "first-exchange00")),
        attempt="first-exchange00",
        label=None,
        door=Door(salt=b"s" * 32, session_id=77),
        recorded_at=NOW,
    )
    assert opened is not None
    renewed = operations.refresh(
        session,
        opened.token.text,
        PHONE.sign(tokens.refresh_message(opened.token.text, "first-refresh-00")),
        attempt="first-refresh-00",
        door=Door(salt=b"t" * 32, session_id=78),
        recorded_at=NOW,
    )
    assert renewed is not None
    operations.keep_answer(
        session,
        tenant=PLATFORM,
        actor=f"person-{siti}",
        key="first-keyed-0000",
        route="PUT /consents/{purpose}",
        person=siti,
        fingerprint=bytes(32),
        status=200,
        etag=None,
        location=None,
        body=b"{}",
        recorded_at=NOW,
    )
