"""The shape of every answer that is no problem, as JSON Schema: what is there is always there."""

from typing import Any, Final

from api.http.fields import DAY_SCHEMA, ID_SCHEMA, INSTANT_SCHEMA, MONEY_SCHEMA, UUID_SCHEMA

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
WHOLE: Final[Schema] = {"type": "integer"}
FLAG: Final[Schema] = {"type": "boolean"}
NOTHING: Final[Schema] = {}


def ref(name: str) -> Schema:
    """Point to a schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def of(**properties: Schema) -> Schema:
    """Describe an object that has exactly these members."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def maybe(schema: Schema) -> Schema:
    """Let a value be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def some(schema: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": schema}


def one_of(*words: str) -> Schema:
    """Describe a closed list of words."""
    return {"type": "string", "enum": list(words)}


BOTH: Final = of(id=TEXT, en=TEXT)
_NAMED: Final = of(id=ref("Id"))

SCHEMAS: Final[dict[str, Schema]] = {
    "Id": ID_SCHEMA,
    "Money": MONEY_SCHEMA,
    "Problem": of(
        type={"type": "string", "pattern": "^urn:juang:problem:[a-z_]+$"},
        title=TEXT,
        status=WHOLE,
        detail=TEXT,
        instance=TEXT,
        code=TEXT,
        retryable=FLAG,
        errors=some(of(pointer=TEXT, code=TEXT, detail=TEXT)),
    )
    | {"additionalProperties": {"type": "object"}},
    "Tokens": of(
        access_token=TEXT,
        token_type=one_of("Bearer"),
        expires_in=WHOLE,
        expire_time=INSTANT_SCHEMA,
        refresh_token=TEXT,
        refresh_expire_time=INSTANT_SCHEMA,
        person=_NAMED,
        device=_NAMED,
        books=some(_NAMED),
    ),
    "Device": of(
        id=ref("Id"),
        label=maybe(TEXT),
        state=one_of("active", "lost", "revoked", "signed_out"),
        current=FLAG,
        create_time=INSTANT_SCHEMA,
        end_time=maybe(INSTANT_SCHEMA),
        etag=TEXT,
    ),
    "Book": of(
        id=ref("Id"),
        name=TEXT,
        kind=one_of("household"),
        base_currency=TEXT,
        time_zone=TEXT,
        chart=TEXT,
        entry_count=WHOLE,
        closed_through_date=maybe(DAY_SCHEMA),
    ),
    "Account": of(
        **{
            "no": WHOLE,
            "code": TEXT,
            "name": BOTH,
            "class": one_of("asset", "liability", "equity", "income", "expense"),
            "currency": TEXT,
            "postable": FLAG,
            "state": one_of("open", "frozen", "closed"),
            "opened": FLAG,
        }
    ),
    "Accepted": of(
        id=UUID_SCHEMA,
        book=ref("Id"),
        outcome=one_of("posted", "exists"),
        seq=WHOLE,
        effective_date=DAY_SCHEMA,
        recorded_time=INSTANT_SCHEMA,
    ),
    "Entry": of(
        id=UUID_SCHEMA,
        seq=WHOLE,
        verb=TEXT,
        kind=TEXT,
        effective_date=DAY_SCHEMA,
        value_date=maybe(DAY_SCHEMA),
        recorded_time=INSTANT_SCHEMA,
        narration=maybe(TEXT),
        bundle=maybe(UUID_SCHEMA),
        about_seq=maybe(WHOLE),
        amends_seq=maybe(WHOLE),
        postings=some(
            of(
                line=WHOLE,
                account=TEXT,
                no=WHOLE,
                layer=one_of("posted", "held", "freed"),
                side=one_of("debit", "credit"),
                amount=ref("Money"),
            )
        ),
        exchange=maybe(
            of(
                sold=ref("Money"),
                bought=ref("Money"),
                mid_rate=maybe(TEXT),
                mid_source=maybe(TEXT),
                mid_date=maybe(DAY_SCHEMA),
            )
        ),
        assertion=maybe(of(account=TEXT, balance=ref("Money"), on=DAY_SCHEMA)),
    ),
    "StatementLine": of(
        entry=UUID_SCHEMA,
        seq=WHOLE,
        line=WHOLE,
        verb=TEXT,
        kind=TEXT,
        effective_date=DAY_SCHEMA,
        booked_date=DAY_SCHEMA,
        recorded_time=INSTANT_SCHEMA,
        narration=maybe(TEXT),
        debit=maybe(ref("Money")),
        credit=maybe(ref("Money")),
    ),
    "Consent": of(
        purpose=TEXT,
        tenant=maybe(ref("Id")),
        given=FLAG,
        outdated=FLAG,
        since_time=INSTANT_SCHEMA,
        version=maybe(WHOLE),
        language=maybe(one_of("id", "en")),
        means=one_of("app", "paper", "voice"),
    ),
    "DataRequest": of(
        no=WHOLE,
        kind=one_of("access", "correction", "restriction", "objection", "erasure"),
        about=maybe(TEXT),
        state=one_of("open", "done", "refused"),
        ground=maybe(TEXT),
        receive_time=INSTANT_SCHEMA,
        due_time=INSTANT_SCHEMA,
        source=TEXT,
        close_time=maybe(INSTANT_SCHEMA),
    ),
}
"""Schemas that have a name."""

_CONSENTS: Final = of(purpose=TEXT, consents=some(ref("Consent")))
_REQUESTS: Final = of(data_requests=some(ref("DataRequest")))
_NEXT: Final = maybe(TEXT)

REPLIES: Final[dict[str, dict[int, Schema | None]]] = {
    "get_health_live": {200: of(status=one_of("alive"))},
    "get_health_ready": {
        200: of(status=one_of("ready")),
        503: of(status=one_of("not_ready")),
    },
    "get_openapi": {200: {"type": "object"}},
    "get_documentation": {200: TEXT},
    "create_activation": {
        201: of(person=_NAMED, book=maybe(_NAMED), expire_time=INSTANT_SCHEMA, code=TEXT)
    },
    "create_tokens": {201: ref("Tokens")},
    "refresh_tokens": {200: ref("Tokens")},
    "revoke_tokens": {204: None},
    "list_devices": {200: of(devices=some(ref("Device")))},
    "get_device": {200: ref("Device")},
    "update_device": {200: ref("Device")},
    "lose_device": {200: ref("Device")},
    "sign_out_devices": {200: of(ended=WHOLE)},
    "list_books": {200: of(books=some(ref("Book")))},
    "get_book": {200: ref("Book")},
    "list_accounts": {200: of(accounts=some(ref("Account")))},
    "list_balances": {
        200: of(
            book=ref("Id"),
            on=maybe(DAY_SCHEMA),
            known_at=WHOLE,
            balances=some(of(no=WHOLE, code=TEXT, balance=ref("Money"), held=maybe(ref("Money")))),
        )
    },
    "list_statement_lines": {
        200: of(lines=some(ref("StatementLine")), account=ref("Account"), next_page_token=_NEXT)
    },
    "list_entries": {200: of(entries=some(ref("Entry")), next_page_token=_NEXT)},
    "get_entry": {200: ref("Entry")},
    "put_entry": {200: ref("Accepted"), 201: ref("Accepted")},
    "batch_entries": {
        200: of(
            items=some(
                of(
                    id=UUID_SCHEMA,
                    status=WHOLE,
                    entry=maybe(ref("Accepted")),
                    problem=maybe(ref("Problem")),
                )
            )
        )
    },
    "list_consent_texts": {
        200: of(
            texts=some(
                of(
                    purpose=TEXT,
                    title=BOTH,
                    names_tenant=FLAG,
                    version=WHOLE,
                    from_time=INSTANT_SCHEMA,
                    text=BOTH,
                    sha256=BOTH,
                )
            )
        )
    },
    "list_consents": {200: of(consents=some(ref("Consent")))},
    "get_consent": {200: _CONSENTS},
    "give_consent": {200: _CONSENTS},
    "withdraw_consent": {200: _CONSENTS},
    "list_data_requests": {200: _REQUESTS},
    "create_data_request": {201: ref("DataRequest")},
    "lift_data_stop": {200: _REQUESTS},
    "get_request": {
        200: of(
            key=TEXT,
            state=one_of("unknown", "completed"),
            answers=some(
                of(operation=TEXT, status=WHOLE, recorded_time=INSTANT_SCHEMA, body=NOTHING)
            ),
        )
    },
    "list_accesses": {
        200: of(
            accesses=some(
                of(
                    actor=TEXT,
                    role=TEXT,
                    what=TEXT,
                    purpose=TEXT,
                    why=maybe(BOTH),
                    book=maybe(ref("Id")),
                    recorded_time=INSTANT_SCHEMA,
                )
            )
        )
    },
    "get_archive": {200: {"type": "object"}},
}
"""By operation and status, what is answered; None is without a body."""
