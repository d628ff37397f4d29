"""Tokens of phones and clients: what opens, what does not, and how soon it is over."""

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.http.access_tokens import Tokens
from ledger import db
from ledger.apps import operations as apps
from ledger.apps import tokens
from ledger.books import operations as books
from tests import builders
from tests.api.http.desk import MOBILE, Api, Phone, signed
from tests.ledger.apps.filled import public

MASTER = builders.keyring().master_key


def _claims(phone: Phone) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(phone.access, options={"verify_signature": False})
    return found


def _key(env: str = "live") -> Ed25519PrivateKey:
    seed = hmac.digest(MASTER, b"juang/access-token/1/" + env.encode(), "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _sign(phone: Phone, claims: dict[str, Any] | None = None, **headers: Any) -> str:
    """Sign with the right key what is not quite right."""
    header = {"typ": "at+jwt", "kid": phone.api.site.tokens.kid, **headers}
    given = {**_claims(phone), **(claims or {})}
    given = {name: value for name, value in given.items() if value is not ...}
    return jwt.encode(given, _key(), algorithm="EdDSA", headers=header)


def status(phone: Phone, token: str) -> int:
    return phone.api.send("GET", "/v1/books", token=token).status_code


def test_what_is_signed_right_is_let_in(siti: Phone) -> None:
    assert status(siti, _sign(siti)) == 200


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://elsewhere.test"},
    "several audiences": {"aud": ["https://juang.test", "https://elsewhere.test"]},
    "another issuer": {"iss": "https://elsewhere.test"},
    "a hundred years": {"exp": int(builders.NOW.timestamp()) + 100 * 365 * 86_400},
    "from the future": {
        "iat": int(builders.NOW.timestamp()) + 60,
        "exp": int(builders.NOW.timestamp()) + 120,
    },
    "expired by a second": {
        "iat": int(builders.NOW.timestamp()) - 300,
        "exp": int(builders.NOW.timestamp()) - 1,
    },
    "not before": {"nbf": int(builders.NOW.timestamp()) + 60},
    "exp is text": {"exp": "tomorrow"},
    "another session": {"sid": "0000000000000001"},
    "another tenant": {"tenant": "0000000000000001"},
    "another person": {"sub": "0000000000000001"},
    "no person": {"sub": "siti"},
    "a sandbox's": {"env": "sandbox"},
    **{f"without {name}": {name: ...} for name in ("iss", "aud", "sub", "jti", "iat", "exp")},
    **{f"without {name}": {name: ...} for name in ("tenant", "sid", "env")},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_a_claim_that_is_wrong_opens_nothing(siti: Phone, claims: dict[str, Any]) -> None:
    assert status(siti, _sign(siti, claims)) == 401


BAD_HEADERS: list[dict[str, Any]] = [
    {"typ": "JWT"},
    {"typ": "rt+jwt"},
    {"kid": "../../dev/null"},
    {"kid": "' OR 1=1 --"},
    {"kid": "https://evil.example/key"},
    {"kid": "0" * 16},
    {"crit": ["exp"]},
    {"jku": "https://evil.example/jwks"},
    {"x5u": "https://evil.example/x5u"},
    {"jwk": {"kty": "OKP"}},
    {"cty": "JWT"},
]


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=str)
def test_a_header_that_is_wrong_opens_nothing(siti: Phone, headers: dict[str, Any]) -> None:
    assert status(siti, _sign(siti, **headers)) == 401


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "ES256", "eddsa"])
def test_one_algorithm_is_taken(siti: Phone, algorithm: str) -> None:
    header, body, signature = siti.access.split(".")
    told = json.loads(base64.urlsafe_b64decode(header + "=="))
    told["alg"] = algorithm
    header = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    raw = _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mac = hmac.new(raw, f"{header}.{body}".encode(), hashlib.sha256).digest()
    confused = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    for end in ("", signature, confused):
        assert status(siti, f"{header}.{body}.{end}") == 401


def test_an_altered_token_opens_nothing(siti: Phone) -> None:
    header, body, signature = siti.access.split(".")
    other = _sign(siti, {"jti": "other"}).split(".")[1]

    for token in (
        f"{header}.{other}.{signature}",
        f"{header}.{body}.{signature[:-4]}AAAA",
        f"{header}.{body}",
        f"{header}.{body}.{signature}.{signature}",
        siti.access + "x" * 3_000,
        siti.refresh,
        MOBILE.text,
        "",
    ):
        assert status(siti, token) == 401


def test_a_token_of_a_sandbox_or_of_another_deployment_opens_nothing(siti: Phone) -> None:
    claims = _claims(siti)
    who: dict[str, Any] = {
        "tenant": int(claims["tenant"], 16),
        "session_id": int(claims["sid"], 16),
        "person_id": int(claims["sub"], 16),
        "jti": "x",
        "now": builders.NOW,
    }

    for other in (
        Tokens(MASTER, "https://juang.test", sandbox=True),
        Tokens(b"z" * 32, "https://juang.test"),
        Tokens(MASTER, "https://elsewhere.test"),
    ):
        assert status(siti, other.sign(**who)) == 401


def test_a_token_in_the_address_is_no_token(siti: Phone) -> None:
    found = siti.api.send("GET", f"/v1/books?access_token={siti.access}")

    assert found.status_code == 401


@pytest.mark.parametrize("scheme", ["Basic", "Token", "DPoP", "Bearer  ", "bearer\t"])
def test_another_scheme_is_no_token(siti: Phone, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {siti.access}"}

    assert siti.api.send("GET", "/v1/books", headers=headers).status_code == 401


def test_no_cookie_is_set_or_read(siti: Phone) -> None:
    found = siti.api.send("GET", "/v1/books", headers={"Cookie": f"session={siti.access}"})

    assert found.status_code == 401
    assert "set-cookie" not in found.headers


def test_a_token_is_good_for_ten_minutes_and_renewed_by_the_phone(api: Api, siti: Phone) -> None:
    api.clock.forward(minutes=10, seconds=-1)
    assert siti.get("/books").status_code == 200
    api.clock.forward(seconds=1)

    expired = siti.get("/books")
    renewed = siti.renew()

    assert expired.status_code == 401
    assert expired.json()["code"] == "token_expired"
    assert expired.headers["www-authenticate"] == "Bearer"
    assert renewed.status_code == 200
    siti.take(renewed.json())
    assert siti.get("/books").status_code == 200


def test_a_lost_reply_is_given_again_to_the_same_request(siti: Phone) -> None:
    first = siti.renew(attempt="a" * 16)
    again = siti.renew(attempt="a" * 16)

    assert first.json()["refresh_token"] == again.json()["refresh_token"] != siti.refresh


def test_a_refresh_token_used_twice_ends_the_session_at_once(siti: Phone) -> None:
    renewed = siti.renew()
    assert renewed.status_code == 200

    replayed = siti.renew(siti.refresh)

    assert replayed.status_code == 401
    siti.take(renewed.json())
    assert siti.get("/books").status_code == 401
    assert siti.renew().status_code == 401


def test_a_refresh_token_without_the_phone_renews_nothing(siti: Phone) -> None:
    thief = Phone(siti.api, Ed25519PrivateKey.generate())

    assert thief.renew(siti.refresh).status_code == 401
    assert siti.renew().status_code == 200


def test_a_code_is_good_once_and_for_ten_minutes(api: Api) -> None:
    def code() -> str:
        made = api.send(
            "POST",
            "/v1/activations",
            json={"person": "siti"},
            token=MOBILE.text,
            headers={"Idempotency-Key": api.key()},
        )
        assert made.json()["expire_time"] == "2026-11-24T08:10:00Z"
        found: str = made.json()["code"]
        return found

    first, second = code(), code()
    phone = Phone(api, Ed25519PrivateKey.generate())
    other = Phone(api, Ed25519PrivateKey.generate())

    assert phone.come_in(first).status_code == 201
    assert other.come_in(first).json()["code"] == "code_wrong"
    api.clock.forward(minutes=10)
    assert other.come_in(second).status_code == 401


def test_the_same_activation_again_is_the_same_code_which_is_nowhere_kept(api: Api) -> None:
    wanted = {"token": MOBILE.text, "headers": {"Idempotency-Key": "k" * 16}}

    first = api.send("POST", "/v1/activations", json={"person": "siti"}, **wanted)
    again = api.send("POST", "/v1/activations", json={"person": "siti"}, **wanted)

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert first.json()["code"] not in everything(api)


def everything(api: Api) -> str:
    """Read every row of every table."""
    from ledger.db import Base

    with db.session_factory(api.engine)() as session:
        rows = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(table.select())
        ]
    return "\n".join(rows)


def test_nothing_that_opens_is_in_the_database(api: Api, siti: Phone) -> None:
    siti.renew()
    kept = everything(api)

    for secret in (siti.access, siti.refresh, MOBILE.text, siti.access.rpartition(".")[2]):
        assert secret not in kept
    for raw in (MOBILE.secret, tokens.RefreshToken.read(siti.refresh).secret):  # type: ignore[union-attr]
        assert repr(raw) not in kept


def test_a_phone_that_signs_for_another_code_is_not_let_in(api: Api, siti: Phone) -> None:
    made = api.send(
        "POST",
        "/v1/activations",
        json={"person": "ani"},
        token=MOBILE.text,
        headers={"Idempotency-Key": api.key()},
    ).json()
    key = Ed25519PrivateKey.generate()
    body = {
        "code": made["code"],
        "device": {"public_key": base64.b64encode(public(key)).decode()},
        "proof": signed(key, tokens.activation_message("OTHER", "a" * 16)),
    }

    found = api.send("POST", "/v1/tokens", json=body, headers={"Idempotency-Key": "a" * 16})

    assert found.json()["code"] == "code_wrong"


def _lost(phone: Phone) -> None:
    other = phone.api.onboard("siti")
    assert other.person == phone.person
    assert other.post(f"/devices/{phone.device}:lose").status_code == 200


def _everywhere(phone: Phone) -> None:
    other = phone.api.onboard("siti")
    found = other.post("/devices:sign_out", {"keep_this": True})
    assert found.json() == {"ended": 1}
    assert other.get("/books").status_code == 200


def _out(phone: Phone) -> None:
    assert phone.send("POST", "/tokens:revoke").status_code == 204


@pytest.mark.parametrize("end", [_lost, _everywhere, _out])
def test_who_is_out_is_out_at_the_next_request(siti: Phone, end: Any) -> None:
    assert siti.put_entry(1).status_code == 201

    end(siti)

    assert siti.put_entry(2).status_code == 401
    assert siti.get("/books").status_code == 401
    assert siti.renew().status_code == 401


def test_a_revoked_client_is_out_at_once(api: Api) -> None:
    tenant = books.tenant_id("platform")
    with db.session_factory(api.engine).begin() as session:
        apps.revoke_client(session, tenant, "mobile", actor="test", recorded_at=builders.NOW)

    found = api.send(
        "POST",
        "/v1/activations",
        json={"person": "siti"},
        token=MOBILE.text,
        headers={"Idempotency-Key": api.key()},
    )

    assert found.status_code == 401


def test_a_client_is_not_a_person_nor_a_person_a_client(api: Api, siti: Phone) -> None:
    assert api.send("GET", "/v1/books", token=MOBILE.text).status_code == 401
    found = siti.send(
        "POST", "/activations", json={"person": "x"}, headers={"Idempotency-Key": "k" * 16}
    )
    assert found.status_code == 401


def test_all_who_come_at_once_are_asked_about_together(api: Api, siti: Phone) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: siti.get("/books").status_code, range(64)))

    assert found == [200] * 64


def test_a_book_is_opened_once_and_stays_hers(api: Api, siti: Phone) -> None:
    again = api.onboard("siti")
    ani = api.onboard("ani")

    assert again.book == siti.book
    assert ani.book != siti.book
